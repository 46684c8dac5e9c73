// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Relay} from "../core/Relay.sol";
import {SignedActions} from "../core/SignedActions.sol";
import {Kinds} from "../libraries/Kinds.sol";
import {Accounts} from "./Accounts.sol";
import {Votes} from "./Votes.sol";

/// @dev The kinds of signed action that the core performs itself, each read and handed to what the direct call
///      ends in.
abstract contract Actions is Relay, Accounts, Votes {
    uint256 private constant REGISTER_WORDS = 7;
    uint256 private constant ADD_KEY_WORDS = 5;
    uint256 private constant VOTES_WORDS = 3;
    uint256 private constant BALLOT_WORDS = 2;

    function post(
        uint40 account,
        bytes32 digest,
        bytes32 parent,
        uint40 community
    ) external returns (bytes32 id) {
        return _post(msg.sender, account, digest, parent, community);
    }

    function _perform(
        uint8 kind,
        bytes calldata action,
        bytes calldata signature,
        address payer
    ) internal override {
        if (kind == Kinds.VOTE) {
            (uint40 account, bytes32 id, int16 bps, uint40 signedAt) = abi.decode(
                action,
                (uint40, bytes32, int16, uint40)
            );
            _vote(_signer(action, signature, Kinds.VOTE_TYPEHASH, 4), account, id, bps, signedAt);
        } else if (kind == Kinds.POST) {
            (uint40 account, bytes32 digest, bytes32 parent, uint40 community) = abi.decode(
                action,
                (uint40, bytes32, bytes32, uint40)
            );
            address signer = _signerInTime(action, signature, Kinds.POST_TYPEHASH, 5);
            _post(signer, account, digest, parent, community);
        } else if (kind == Kinds.VOTES) {
            _votesSigned(action, signature);
        } else if (kind == Kinds.REGISTER) {
            (bytes calldata words, bytes calldata proof) = _split(action, REGISTER_WORDS);
            // A static struct's calldata form is its words in a row, as the action has them.
            Registration calldata r;
            assembly ("memory-safe") {
                r := words.offset
            }
            _register(payer, address(0), r, signature, proof);
        } else if (kind == Kinds.ADD_KEY) {
            (bytes calldata words, bytes calldata proof) = _split(action, ADD_KEY_WORDS);
            KeyGrant calldata g;
            assembly ("memory-safe") {
                g := words.offset
            }
            bytes32 structHash = _hash(Kinds.ADD_KEY_TYPEHASH, words);
            _addKey(_signerOf(structHash, signature), g, structHash, proof);
        } else if (kind == Kinds.REVOKE_KEY) {
            (uint40 account, address key) = abi.decode(action, (uint40, address));
            _revokeKey(
                _signerInTime(action, signature, Kinds.REVOKE_KEY_TYPEHASH, 3),
                account,
                key
            );
        } else {
            _extend();
        }
    }

    /// @dev Has the extension do the whole call.
    function _extend() internal virtual;

    function _votesSigned(bytes calldata action, bytes calldata signature) private {
        (bytes calldata elements, uint256 n) = _elements(action, VOTES_WORDS, 1, BALLOT_WORDS);
        Ballot[] calldata ballots;
        assembly ("memory-safe") {
            ballots.offset := elements.offset
            ballots.length := n
        }
        bytes32[] memory hashes = new bytes32[](n);
        for (uint256 i = 0; i < n; ++i) {
            hashes[i] = keccak256(abi.encode(Kinds.BALLOT_TYPEHASH, ballots[i]));
        }
        (uint40 account, , uint40 signedAt) = abi.decode(action, (uint40, uint256, uint40));
        bytes32 structHash = keccak256(
            abi.encode(Kinds.VOTES_TYPEHASH, account, keccak256(abi.encodePacked(hashes)), signedAt)
        );
        _voteMany(_signerOf(structHash, signature), account, ballots, signedAt);
    }

    function _gasOf(uint8 kind, uint256 size) internal pure override returns (uint256) {
        return Kinds.gasOf(kind, size);
    }
}
