// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Keys} from "../core/Keys.sol";
import {Handles} from "../libraries/Handles.sol";
import {Kinds} from "../libraries/Kinds.sol";
import {Signatures} from "../libraries/Signatures.sol";
import {ICoreMain} from "../interfaces/ICoreMain.sol";
import {AccountState} from "../types/AccountState.sol";
import {Key, Role} from "../types/Key.sol";

/// @dev Accounts are made; their keys are added and revoked.
abstract contract Accounts is Keys, ICoreMain {
    function register(
        Registration calldata r,
        bytes calldata ownerSignature,
        bytes calldata postingSignature
    ) external returns (uint40 account) {
        return _register(msg.sender, msg.sender, r, ownerSignature, postingSignature);
    }

    function addKey(KeyGrant calldata g, bytes calldata proof) external {
        _addKey(msg.sender, g, keccak256(abi.encode(Kinds.ADD_KEY_TYPEHASH, g)), proof);
    }

    function revokeKey(uint40 account, address key) external {
        _revokeKey(msg.sender, account, key);
    }

    // ---------------------------------------------------------------- views

    function accountCount() external view returns (uint40) {
        return _count;
    }

    function accountOf(bytes32 handle) external view returns (uint40) {
        return _accountOf[handle];
    }

    function keyOf(address key) external view returns (Key) {
        return _keyOf[key];
    }

    function requireRole(address key, uint40 account, Role needs) external view {
        _authorize(key, account, needs);
    }

    function accountState(uint40 account) external view returns (AccountState) {
        return _state[account];
    }

    // ---------------------------------------------------------------- what direct calls and the relay share

    /// @param payer whose LRL pays the handle fee
    /// @param caller needs no signature for itself; the relay passes 0
    function _register(
        address payer,
        address caller,
        Registration calldata r,
        bytes calldata ownerSignature,
        bytes calldata postingSignature
    ) internal returns (uint40 account) {
        uint256 length = Handles.lengthOf(r.handle);
        if (length == 0) revert MalformedHandle(r.handle);
        if (_accountOf[r.handle] != 0) revert HandleTaken(r.handle);
        if (r.recovery > _count) revert UnknownAccount(r.recovery);
        Signatures.checkDeadline(r.deadline);
        _burnHandleFee(payer, r.maxFee);

        account = ++_count;
        _accountOf[r.handle] = account;
        _identity[account] = Identity(bytes16(r.handle), r.recovery, 0, 0);
        emit Registered(account, r.handle, r.recovery);

        bytes32 structHash = keccak256(
            abi.encode(
                Kinds.REGISTER_TYPEHASH,
                Handles.hashOf(r.handle, length),
                r.ownerKey,
                r.postingKey,
                r.postingExpiry,
                r.recovery,
                r.maxFee,
                r.deadline
            )
        );
        if (r.ownerKey == address(0)) revert NotPossessed(r.ownerKey);
        if (r.ownerKey != caller) _checkPossession(r.ownerKey, structHash, ownerSignature);
        _putKey(account, r.ownerKey, Role.Owner, 0);
        if (r.postingKey != address(0)) {
            _checkPossession(r.postingKey, structHash, postingSignature);
            _putKey(account, r.postingKey, Role.Posting, r.postingExpiry);
        }
    }

    /// @param structHash of AddKey, which the new key signed
    function _addKey(
        address signer,
        KeyGrant calldata g,
        bytes32 structHash,
        bytes calldata proof
    ) internal {
        if (g.role == Role.None) revert BadRole(uint8(g.role));
        Signatures.checkDeadline(g.deadline);
        _authorize(signer, g.account, Role.Owner);
        _checkPossession(g.key, structHash, proof);
        _putKey(g.account, g.key, g.role, g.expiry);
    }

    function _revokeKey(address signer, uint40 account, address key) internal {
        _authorize(signer, account, signer == key ? Role.Posting : Role.Owner);
        Key k = _keyOf[key];
        if (k.account() != account) revert UnknownKey(key);
        if (k.revoked()) revert KeyVoid(key);
        _keyOf[key] = k.revoke(block.timestamp);
        emit KeyRevoked(account, key);
    }

    function _burnHandleFee(address payer, uint256 maxFee) private {
        if (HANDLE_FEE == 0) return;
        if (HANDLE_FEE > maxFee) revert FeeTooHigh(HANDLE_FEE, maxFee);
        // The token is made by the core and calls nobody.
        // slither-disable-next-line reentrancy-no-eth,reentrancy-benign,reentrancy-events
        TOKEN.burnFrom(payer, HANDLE_FEE);
    }
}
