// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Signed} from "../interfaces/ICore.sol";
import {Kinds} from "../libraries/Kinds.sol";
import {Signatures} from "../libraries/Signatures.sol";
import {Role} from "../types/Key.sol";
import {Votes} from "./Votes.sol";

/// @dev Signed actions of any kind, from anyone who pays the gas.
abstract contract Relay is Votes {
    mapping(uint40 account => mapping(uint256 word => uint256)) private _nonces;

    function relay(Signed[] calldata batch) external {
        for (uint256 i = 0; i < batch.length; ++i) {
            // Else a relayer could make an action fail for want of gas, and burn it.
            if ((gasleft() * 63) / 64 < Kinds.gasOf(batch[i].kind)) revert TooLittleGas(i);
            try this.perform(batch[i]) {} catch (bytes memory reason) {
                emit Skipped(i, bytes4(reason));
            }
        }
    }

    /// @notice For the core itself: checks and the action roll back together.
    function perform(Signed calldata s) external {
        if (msg.sender != address(this)) revert OnlySelf();
        uint8 kind = s.kind;
        if (kind == Kinds.VOTE) {
            (uint40 account, bytes32 id, int16 bps, uint32 signedAt) = abi.decode(
                s.action,
                (uint40, bytes32, int16, uint32)
            );
            _vote(_signer(s, Kinds.VOTE_TYPEHASH, 4), account, id, bps, signedAt);
        } else if (kind == Kinds.POST) {
            (uint40 account, bytes32 digest, bytes32 parent, uint40 community, uint40 deadline) = abi
                .decode(s.action, (uint40, bytes32, bytes32, uint40, uint40));
            _checkDeadline(deadline);
            _post(_signer(s, Kinds.POST_TYPEHASH, 5), account, digest, parent, community);
        } else if (kind == Kinds.REGISTER) {
            _checkLength(s.action, 7, true);
            Registration calldata r;
            bytes calldata action = s.action;
            assembly ("memory-safe") {
                r := action.offset
            }
            _register(address(0), r, s.signature, action[7 * 32:]);
        } else if (kind == Kinds.ADD_KEY) {
            _addKeySigned(s);
        } else if (kind == Kinds.REVOKE_KEY) {
            (uint40 account, address key, uint40 deadline) = abi.decode(
                s.action,
                (uint40, address, uint40)
            );
            _checkDeadline(deadline);
            _revokeKey(_signer(s, Kinds.REVOKE_KEY_TYPEHASH, 3), account, key);
        } else if (kind == Kinds.POWER_UP) {
            (uint40 account, uint40 to, uint256 amount, uint256 nonce, uint40 deadline) = abi.decode(
                s.action,
                (uint40, uint40, uint256, uint256, uint40)
            );
            _checkDeadline(deadline);
            _useNonce(account, nonce);
            _powerUp(_signer(s, Kinds.POWER_UP_TYPEHASH, 5), account, to, amount);
        } else if (kind == Kinds.WITHDRAW) {
            (uint40 account, address to, uint256 amount, uint256 nonce, uint40 deadline) = abi.decode(
                s.action,
                (uint40, address, uint256, uint256, uint40)
            );
            _checkDeadline(deadline);
            _useNonce(account, nonce);
            _withdraw(_signer(s, Kinds.WITHDRAW_TYPEHASH, 5), account, to, amount);
        } else {
            revert UnknownKind(kind);
        }
    }

    function nonceUsed(uint40 account, uint256 nonce) external view returns (bool) {
        return _nonces[account][nonce >> 8] & (1 << (nonce & 255)) != 0;
    }

    function _addKeySigned(Signed calldata s) private {
        _checkLength(s.action, 5, true);
        (uint40 account, address key, Role role, uint40 expiry, uint40 deadline) = abi.decode(
            s.action,
            (uint40, address, Role, uint40, uint40)
        );
        bytes32 structHash = keccak256(bytes.concat(Kinds.ADD_KEY_TYPEHASH, s.action[:5 * 32]));
        address signer = Signatures.signerOf(_domainSeparatorV4(), structHash, s.signature);
        _addKey(signer, account, key, role, expiry, deadline, s.action[5 * 32:]);
    }

    /// @dev The words of `action` are the struct's EIP-712 encoding as they stand.
    function _signer(
        Signed calldata s,
        bytes32 typehash,
        uint256 words
    ) private view returns (address) {
        _checkLength(s.action, words, false);
        bytes32 structHash = keccak256(bytes.concat(typehash, s.action));
        return Signatures.signerOf(_domainSeparatorV4(), structHash, s.signature);
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
