// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Keys} from "../core/Keys.sol";
import {ICoreExtension} from "../interfaces/ICoreExtension.sol";
import {Kinds} from "../libraries/Kinds.sol";
import {Signatures} from "../libraries/Signatures.sol";
import {AccountState} from "../types/AccountState.sol";
import {Key, Role} from "../types/Key.sol";

/// @dev Lost and stolen owner keys.
abstract contract Recovery is Keys, ICoreExtension {
    using SafeCast for uint256;

    uint256 private constant CHANGE_DAYS = 30; // until a new recovery account may act
    uint256 private constant REQUEST_DAYS = 3; // in which an owner key may cancel
    uint256 private constant FORMER_DAYS = 30; // in which a former owner key may restore

    function setRecovery(uint40 account, uint40 recovery) external {
        _setRecovery(msg.sender, account, recovery);
    }

    function requestRecovery(
        uint40 account,
        address newOwner,
        uint256 nonce,
        uint40 deadline,
        bytes calldata proof
    ) external {
        bytes32 structHash = keccak256(
            abi.encode(Kinds.REQUEST_RECOVERY_TYPEHASH, account, newOwner, nonce, deadline)
        );
        _requestRecovery(msg.sender, account, newOwner, nonce, deadline, structHash, proof);
    }

    function cancelRecovery(uint40 account) external {
        _cancelRecovery(msg.sender, account);
    }

    function completeRecovery(uint40 account) external {
        RecoveryRequest memory r = _request[account];
        if (r.readyAt == 0) revert NoRequest(account);
        if (block.timestamp < r.readyAt) revert TooEarly(r.readyAt);
        _recover(account, r.newOwner);
    }

    function restore(
        uint40 account,
        address newOwner,
        uint40 deadline,
        bytes[3] calldata signatures
    ) external {
        _restore(msg.sender, account, newOwner, deadline, signatures);
    }

    // ---------------------------------------------------------------- views

    function handleOf(uint40 account) external view returns (bytes32) {
        return _identity[account].handle;
    }

    function recoveryOf(
        uint40 account
    ) external view returns (uint40 recovery, uint40 next, uint40 effectiveAt) {
        Identity memory identity = _identity[account];
        recovery = _current(identity);
        if (block.timestamp < identity.effectiveAt) {
            (next, effectiveAt) = (identity.nextRecovery, identity.effectiveAt);
        }
    }

    function recoveryRequestOf(
        uint40 account
    ) external view returns (address newOwner, uint40 readyAt) {
        RecoveryRequest memory r = _request[account];
        return (r.newOwner, r.readyAt);
    }

    // ---------------------------------------------------------------- what direct calls and the relay share

    function _setRecovery(address signer, uint40 account, uint40 recovery) internal {
        _authorize(signer, account, Role.Owner);
        if (recovery != 0) _checkExists(recovery);
        Identity memory identity = _identity[account];
        identity.recovery = _current(identity);
        identity.nextRecovery = recovery;
        identity.effectiveAt = (block.timestamp + CHANGE_DAYS * DAY).toUint40();
        _identity[account] = identity;
        emit RecoverySet(account, recovery, identity.effectiveAt);
    }

    /// @param signer an owner key of the recovery account, whose nonce it is
    /// @param structHash of RequestRecovery, which the new owner key signed
    function _requestRecovery(
        address signer,
        uint40 account,
        address newOwner,
        uint256 nonce,
        uint40 deadline,
        bytes32 structHash,
        bytes calldata proof
    ) internal {
        Signatures.checkDeadline(deadline);
        _authorize(signer, _recoveryOf(account), Role.Owner);
        _useNonce(signer, nonce);
        _checkPossession(newOwner, structHash, proof);
        uint40 readyAt = (block.timestamp + REQUEST_DAYS * DAY).toUint40();
        _request[account] = RecoveryRequest(newOwner, readyAt);
        emit RecoveryRequested(account, newOwner, readyAt);
    }

    function _cancelRecovery(address signer, uint40 account) internal {
        _authorize(signer, account, Role.Owner);
        if (_request[account].readyAt == 0) revert NoRequest(account);
        delete _request[account];
        emit RecoveryCancelled(account);
    }

    /// @param caller signs for itself with an empty signature; the relay passes 0
    function _restore(
        address caller,
        uint40 account,
        address newOwner,
        uint40 deadline,
        bytes[3] calldata signatures
    ) internal {
        Signatures.checkDeadline(deadline);
        bytes32 structHash = keccak256(
            abi.encode(Kinds.RESTORE_TYPEHASH, account, newOwner, deadline)
        );
        address former = _signerOr(caller, structHash, signatures[0]);
        if (!_ownedWithin(former, account, FORMER_DAYS * DAY)) revert NotFormerOwner(former);
        address helper = _signerOr(caller, structHash, signatures[1]);
        _authorize(helper, _recoveryOf(account), Role.Owner);
        address possessor = _signerOr(caller, structHash, signatures[2]);
        if (possessor != newOwner || newOwner == address(0)) revert NotPossessed(newOwner);
        _recover(account, newOwner);
    }

    function _signerOr(
        address caller,
        bytes32 structHash,
        bytes calldata signature
    ) private view returns (address) {
        return signature.length == 0 ? caller : _signerOf(structHash, signature);
    }

    /// @dev Raises the key epoch, so that whoever holds older keys holds nothing, and takes back what a thief
    ///      could have prepared: a request, and a change of the recovery account.
    function _recover(uint40 account, address newOwner) private {
        Identity memory identity = _identity[account];
        identity.recovery = _current(identity);
        (identity.nextRecovery, identity.effectiveAt) = (0, 0);
        _identity[account] = identity;
        delete _request[account];

        AccountState state = _state[account];
        uint16 epoch = (state.keyEpoch() + 1).toUint16();
        _epochStart[account][epoch] = block.timestamp.toUint40();
        _state[account] = state.withKeyEpoch(epoch);
        _putKey(account, newOwner, Role.Owner, 0);
        emit Recovered(account, newOwner, epoch);
    }

    /// @dev Whether `key` was an owner key of the account at some time in the last `period` seconds.
    function _ownedWithin(address key, uint40 account, uint256 period) private view returns (bool) {
        Key k = _keyOf[key];
        if (k.account() != account || account == 0 || k.role() != Role.Owner) return false;
        uint256 end = type(uint256).max;
        if (k.revoked()) end = k.revokedAt();
        if (k.expiry() != 0) end = Math.min(end, k.expiry());
        if (k.epoch() < _state[account].keyEpoch()) {
            end = Math.min(end, _epochStart[account][k.epoch() + 1]);
        }
        return block.timestamp < Math.saturatingAdd(end, period);
    }

    function _recoveryOf(uint40 account) private view returns (uint40 recovery) {
        recovery = _current(_identity[account]);
        if (recovery == 0) revert NoRecovery(account);
    }

    function _current(Identity memory identity) private view returns (uint40) {
        bool changed = identity.effectiveAt != 0 && block.timestamp >= identity.effectiveAt;
        return changed ? identity.nextRecovery : identity.recovery;
    }
}
