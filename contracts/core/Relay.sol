// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Signed} from "../interfaces/ICore.sol";
import {KeyManagement} from "../libraries/KeyManagement.sol";
import {Keys} from "../libraries/Keys.sol";
import {Kinds} from "../libraries/Kinds.sol";
import {Signatures} from "../libraries/Signatures.sol";
import {Votes} from "./Votes.sol";

/// @dev Signed actions of any kind, from anyone who pays the gas.
abstract contract Relay is Votes {
    using KeyManagement for Keys.Book;

    uint256 private constant REGISTER_WORDS = 7;
    uint256 private constant ADD_KEY_WORDS = 5;

    mapping(uint40 account => mapping(uint256 word => uint256)) private _nonces;

    function relay(Signed[] calldata batch) external {
        for (uint256 i = 0; i < batch.length; ++i) {
            // Else a relayer could make an action fail for want of gas, and burn it.
            if ((gasleft() * 63) / 64 < Kinds.gasOf(batch[i].kind)) revert TooLittleGas(i);
            try this.perform(batch[i]) {} catch (bytes memory reason) {
                // Words that are not of their types fail in decoding, without a reason.
                emit Skipped(i, reason.length < 4 ? MalformedAction.selector : bytes4(reason));
            }
        }
    }

    /// @notice For the core itself: checks and the action roll back together.
    function perform(Signed calldata s) external {
        if (msg.sender != address(this)) revert OnlySelf();
        uint8 kind = s.kind;
        if (kind == Kinds.VOTE) {
            (uint40 account, bytes32 id, int16 bps, uint40 signedAt) = abi.decode(
                s.action,
                (uint40, bytes32, int16, uint40)
            );
            _vote(_signer(s, Kinds.VOTE_TYPEHASH, 4), account, id, bps, signedAt);
        } else if (kind == Kinds.POST) {
            (
                uint40 account,
                bytes32 digest,
                bytes32 parent,
                uint40 community,
                uint40 deadline
            ) = abi.decode(s.action, (uint40, bytes32, bytes32, uint40, uint40));
            Keys.checkDeadline(deadline);
            _post(_signer(s, Kinds.POST_TYPEHASH, 5), account, digest, parent, community);
        } else if (kind == Kinds.REGISTER) {
            _registerSigned(s);
        } else if (kind == Kinds.ADD_KEY) {
            _addKeySigned(s);
        } else if (kind == Kinds.REVOKE_KEY) {
            (uint40 account, address key, uint40 deadline) = abi.decode(
                s.action,
                (uint40, address, uint40)
            );
            Keys.checkDeadline(deadline);
            _book.revokeKey(_signer(s, Kinds.REVOKE_KEY_TYPEHASH, 3), account, key);
        } else if (kind == Kinds.POWER_UP) {
            (uint40 account, uint40 to, uint256 amount, uint256 nonce, uint40 deadline) = abi
                .decode(s.action, (uint40, uint40, uint256, uint256, uint40));
            Keys.checkDeadline(deadline);
            _useNonce(account, nonce);
            _powerUp(_signer(s, Kinds.POWER_UP_TYPEHASH, 5), account, to, amount);
        } else if (kind == Kinds.WITHDRAW) {
            (uint40 account, address to, uint256 amount, uint256 nonce, uint40 deadline) = abi
                .decode(s.action, (uint40, address, uint256, uint256, uint40));
            Keys.checkDeadline(deadline);
            _useNonce(account, nonce);
            _withdraw(_signer(s, Kinds.WITHDRAW_TYPEHASH, 5), account, to, amount);
        } else {
            revert UnknownKind(kind);
        }
    }

    function nonceUsed(uint40 account, uint256 nonce) external view returns (bool) {
        return _nonces[account][nonce >> 8] & (1 << (nonce & 255)) != 0;
    }

    // A static struct's calldata form is its words in a row, as the action has them.

    function _registerSigned(Signed calldata s) private {
        _checkLength(s.action, REGISTER_WORDS, true);
        bytes calldata action = s.action;
        Registration calldata r;
        assembly ("memory-safe") {
            r := action.offset
        }
        bytes calldata proof = action[32 * REGISTER_WORDS:];
        _book.register(_domainSeparatorV4(), address(0), r, s.signature, proof);
    }

    function _addKeySigned(Signed calldata s) private {
        _checkLength(s.action, ADD_KEY_WORDS, true);
        bytes calldata words = s.action[:32 * ADD_KEY_WORDS];
        KeyGrant calldata g;
        assembly ("memory-safe") {
            g := words.offset
        }
        address signer = _signerOf(words, Kinds.ADD_KEY_TYPEHASH, s.signature);
        _book.addKey(_domainSeparatorV4(), signer, g, s.action[32 * ADD_KEY_WORDS:]);
    }

    function _signer(
        Signed calldata s,
        bytes32 typehash,
        uint256 words
    ) private view returns (address) {
        _checkLength(s.action, words, false);
        return _signerOf(s.action, typehash, s.signature);
    }

    /// @dev The words of an action are its struct's EIP-712 encoding as they stand.
    function _signerOf(
        bytes calldata words,
        bytes32 typehash,
        bytes calldata signature
    ) private view returns (address) {
        bytes32 structHash = keccak256(bytes.concat(typehash, words));
        return Signatures.signerOf(_domainSeparatorV4(), structHash, signature);
    }

    function _checkLength(bytes calldata action, uint256 words, bool more) private pure {
        if (action.length < 32 * words || (action.length > 32 * words && !more)) {
            revert MalformedAction();
        }
    }

    function _useNonce(uint40 account, uint256 nonce) private {
        uint256 bit = 1 << (nonce & 255);
        uint256 word = _nonces[account][nonce >> 8];
        if (word & bit != 0) revert NonceUsed(account, nonce);
        _nonces[account][nonce >> 8] = word | bit;
    }
}
