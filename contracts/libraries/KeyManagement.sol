// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICore} from "../interfaces/ICore.sol";
import {Key, KeyLib, Role} from "../types/Key.sol";
import {Handles} from "./Handles.sol";
import {Keys} from "./Keys.sol";
import {Kinds} from "./Kinds.sol";
import {Signatures} from "./Signatures.sol";

/// @notice The rare actions on accounts and keys, in a linked library to keep the core under its size limit.
///         It runs in the core's storage, and its events are the core's.
library KeyManagement {
    using Keys for Keys.Book;

    /// @param domain EIP-712 domain separator
    /// @param caller needs no signature for itself; the relay passes 0
    function register(
        Keys.Book storage book,
        bytes32 domain,
        address caller,
        ICore.Registration calldata r,
        bytes calldata ownerSignature,
        bytes calldata postingSignature
    ) external returns (uint40 account) {
        uint256 length = Handles.lengthOf(r.handle);
        if (length == 0) revert ICore.MalformedHandle(r.handle);
        if (book.accountOf[r.handle] != 0) revert ICore.HandleTaken(r.handle);
        if (r.recovery > book.count) revert ICore.UnknownAccount(r.recovery);
        Keys.checkDeadline(r.deadline);

        account = ++book.count;
        book.accountOf[r.handle] = account;
        book.identity[account] = r.handle | bytes32(uint256(r.recovery));
        emit ICore.Registered(account, r.handle, r.recovery);

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
        if (r.ownerKey == address(0)) revert ICore.NotPossessed(r.ownerKey);
        if (r.ownerKey != caller) _checkPossession(r.ownerKey, domain, structHash, ownerSignature);
        _setKey(book, account, r.ownerKey, Role.Owner, 0);
        if (r.postingKey != address(0)) {
            _checkPossession(r.postingKey, domain, structHash, postingSignature);
            _setKey(book, account, r.postingKey, Role.Posting, r.postingExpiry);
        }
    }

    function addKey(
        Keys.Book storage book,
        bytes32 domain,
        address signer,
        ICore.KeyGrant calldata g,
        bytes calldata proof
    ) external {
        if (g.role == Role.None) revert ICore.BadRole(uint8(g.role));
        Keys.checkDeadline(g.deadline);
        book.authorize(signer, g.account, Role.Owner);
        bytes32 structHash = keccak256(abi.encode(Kinds.ADD_KEY_TYPEHASH, g));
        _checkPossession(g.key, domain, structHash, proof);
        _setKey(book, g.account, g.key, g.role, g.expiry);
    }

    function revokeKey(
        Keys.Book storage book,
        address signer,
        uint40 account,
        address key
    ) external {
        book.authorize(signer, account, signer == key ? Role.Posting : Role.Owner);
        Key k = book.keyOf[key];
        if (k.account() != account) revert ICore.UnknownKey(key);
        if (k.revoked()) revert ICore.KeyVoid(key);
        book.keyOf[key] = k.revoke();
        emit ICore.KeyRevoked(account, key);
    }

    function _checkPossession(
        address key,
        bytes32 domain,
        bytes32 structHash,
        bytes calldata signature
    ) private view {
        if (Signatures.signerOf(domain, structHash, signature) != key) {
            revert ICore.NotPossessed(key);
        }
    }

    function _setKey(
        Keys.Book storage book,
        uint40 account,
        address key,
        Role role,
        uint40 expiry
    ) private {
        if (expiry != 0 && expiry <= block.timestamp) revert ICore.BadExpiry(expiry);
        if (Key.unwrap(book.keyOf[key]) != 0) revert ICore.KeyTaken(key);
        book.keyOf[key] = KeyLib.pack(account, role, expiry, book.state[account].keyEpoch());
        emit ICore.KeyAdded(account, key, role, expiry);
    }
}
