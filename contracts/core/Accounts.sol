// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Handles} from "../libraries/Handles.sol";
import {Kinds} from "../libraries/Kinds.sol";
import {Signatures} from "../libraries/Signatures.sol";
import {AccountState} from "../types/AccountState.sol";
import {Key, KeyLib, Role} from "../types/Key.sol";
import {Settings} from "./Settings.sol";

/// @dev Accounts, their handles and their keys: who may do what.
abstract contract Accounts is Settings, EIP712("Laurel", "1") {
    uint256 private constant MAX_DEADLINE = 1 hours;

    uint40 public accountCount;
    mapping(bytes32 handle => uint40) public accountOf;
    mapping(address key => Key) public keyOf;
    mapping(uint40 account => AccountState) public accountState;
    /// @dev handle (16 bytes, highest) | recovery account (40 bits, lowest)
    mapping(uint40 account => bytes32) private _identities;

    // ---------------------------------------------------------------- actions

    function register(
        Registration calldata r,
        bytes calldata ownerSignature,
        bytes calldata postingSignature
    ) external returns (uint40 account) {
        return _register(msg.sender, r, ownerSignature, postingSignature);
    }

    function addKey(
        uint40 account,
        address key,
        Role role,
        uint40 expiry,
        uint40 deadline,
        bytes calldata proof
    ) external {
        _addKey(msg.sender, account, key, role, expiry, deadline, proof);
    }

    function revokeKey(uint40 account, address key) external {
        _revokeKey(msg.sender, account, key);
    }

    function identityOf(uint40 account) external view returns (bytes32 handle, uint40 recovery) {
        bytes32 identity = _identities[account];
        return (bytes32(bytes16(identity)), uint40(uint256(identity)));
    }

    // ---------------------------------------------------------------- what direct calls and the relay share

    /// @dev `caller` needs no signature for itself; the relay passes 0.
    function _register(
        address caller,
        Registration calldata r,
        bytes calldata ownerSignature,
        bytes calldata postingSignature
    ) internal returns (uint40 account) {
        uint256 length = Handles.lengthOf(r.handle);
        if (length == 0) revert MalformedHandle(r.handle);
        if (accountOf[r.handle] != 0) revert HandleTaken(r.handle);
        if (r.recovery > accountCount) revert UnknownAccount(r.recovery);
        _checkDeadline(r.deadline);

        account = ++accountCount;
        accountOf[r.handle] = account;
        _identities[account] = r.handle | bytes32(uint256(r.recovery));
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
        if (r.ownerKey != caller) _checkPossession(r.ownerKey, structHash, ownerSignature);
        _setKey(account, r.ownerKey, Role.Owner, 0);
        if (r.postingKey != address(0)) {
            _checkPossession(r.postingKey, structHash, postingSignature);
            _setKey(account, r.postingKey, Role.Posting, r.postingExpiry);
        }
    }

    function _addKey(
        address signer,
        uint40 account,
        address key,
        Role role,
        uint40 expiry,
        uint40 deadline,
        bytes calldata proof
    ) internal {
        if (role == Role.None) revert BadRole(uint8(role));
        _checkDeadline(deadline);
        _authorize(signer, account, Role.Owner);
        bytes32 structHash = keccak256(
            abi.encode(Kinds.ADD_KEY_TYPEHASH, account, key, role, expiry, deadline)
        );
        _checkPossession(key, structHash, proof);
        _setKey(account, key, role, expiry);
    }

    function _revokeKey(address signer, uint40 account, address key) internal {
        _authorize(signer, account, signer == key ? Role.Posting : Role.Owner);
        Key k = keyOf[key];
        if (k.account() != account) revert UnknownKey(key);
        if (k.revoked()) revert KeyVoid(key);
        keyOf[key] = k.revoke();
        emit KeyRevoked(account, key);
    }

    // ---------------------------------------------------------------- checks

    /// @return state of the account, so that its slot is read once
    function _authorize(
        address signer,
        uint40 account,
        Role needs
    ) internal view returns (AccountState state) {
        Key k = keyOf[signer];
        if (k.account() != account || account == 0) revert UnknownKey(signer);
        state = accountState[account];
        bool expired = k.expiry() != 0 && block.timestamp >= k.expiry();
        if (k.revoked() || expired || k.epoch() < state.keyEpoch()) revert KeyVoid(signer);
        if (k.role() < needs) revert RoleTooLow(signer, k.role(), needs);
    }

    function _checkExists(uint40 account) internal view {
        if (account == 0 || account > accountCount) revert UnknownAccount(account);
    }

    function _checkDeadline(uint256 deadline) internal view {
        if (block.timestamp > deadline) revert Expired(deadline);
        if (deadline > block.timestamp + MAX_DEADLINE) revert DeadlineTooFar(deadline);
    }

    function _checkPossession(
        address key,
        bytes32 structHash,
        bytes calldata signature
    ) private view {
        if (Signatures.signerOf(_domainSeparatorV4(), structHash, signature) != key) {
            revert NotPossessed(key);
        }
    }

    function _setKey(uint40 account, address key, Role role, uint40 expiry) private {
        if (expiry != 0 && expiry <= block.timestamp) revert BadExpiry(expiry);
        if (Key.unwrap(keyOf[key]) != 0) revert KeyTaken(key);
        keyOf[key] = KeyLib.pack(account, role, expiry, accountState[account].keyEpoch());
        emit KeyAdded(account, key, role, expiry);
    }
}
