// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Relay} from "../core/Relay.sol";
import {SignedActions} from "../core/SignedActions.sol";
import {Signed} from "../interfaces/IRelay.sol";
import {Kinds} from "../libraries/Kinds.sol";
import {Accounts} from "./Accounts.sol";
import {Votes} from "./Votes.sol";

/// @dev The kinds of signed action that the core performs itself, each read and handed to what the direct call
///      ends in.
abstract contract Actions is Relay, Accounts, Votes {
    uint256 private constant REGISTER_WORDS = 7;
    uint256 private constant ADD_KEY_WORDS = 5;

    function post(
        uint40 account,
        bytes32 digest,
        bytes32 parent,
        uint40 community
    ) external returns (bytes32 id) {
        return _post(msg.sender, account, digest, parent, community);
    }

    function _perform(Signed calldata s, address payer) internal override {
        uint8 kind = s.kind;
        if (kind == Kinds.VOTE) {
            (uint40 account, bytes32 id, int16 bps, uint40 signedAt) = abi.decode(
                s.action,
                (uint40, bytes32, int16, uint40)
            );
            _vote(_signer(s, Kinds.VOTE_TYPEHASH, 4), account, id, bps, signedAt);
        } else if (kind == Kinds.POST) {
            (uint40 account, bytes32 digest, bytes32 parent, uint40 community) = abi.decode(
                s.action,
                (uint40, bytes32, bytes32, uint40)
            );
            address signer = _signerInTime(s, Kinds.POST_TYPEHASH, 5);
            _post(signer, account, digest, parent, community);
        } else if (kind == Kinds.VOTES) {
            _votesSigned(s);
        } else if (kind == Kinds.REGISTER) {
            (bytes calldata words, bytes calldata proof) = _split(s.action, REGISTER_WORDS);
            // A static struct's calldata form is its words in a row, as the action has them.
            Registration calldata r;
            assembly ("memory-safe") {
                r := words.offset
            }
            _register(payer, address(0), r, s.signature, proof);
        } else if (kind == Kinds.ADD_KEY) {
            (bytes calldata words, bytes calldata proof) = _split(s.action, ADD_KEY_WORDS);
            KeyGrant calldata g;
            assembly ("memory-safe") {
                g := words.offset
            }
            bytes32 structHash = _hash(Kinds.ADD_KEY_TYPEHASH, words);
            _addKey(_signerOf(structHash, s.signature), g, structHash, proof);
        } else if (kind == Kinds.REVOKE_KEY) {
            (uint40 account, address key) = abi.decode(s.action, (uint40, address));
            _revokeKey(_signerInTime(s, Kinds.REVOKE_KEY_TYPEHASH, 3), account, key);
        } else {
            _extend();
        }
    }

    /// @dev Has the extension do the whole call.
    function _extend() internal virtual;

    function _votesSigned(Signed calldata s) private {
        (uint40 account, Ballot[] memory ballots, uint40 signedAt) = abi.decode(
            s.action,
            (uint40, Ballot[], uint40)
        );
        bytes32[] memory hashes = new bytes32[](ballots.length);
        for (uint256 i = 0; i < hashes.length; ++i) {
            hashes[i] = keccak256(abi.encode(Kinds.BALLOT_TYPEHASH, ballots[i]));
        }
        bytes32 votes = keccak256(abi.encodePacked(hashes));
        bytes32 structHash = keccak256(abi.encode(Kinds.VOTES_TYPEHASH, account, votes, signedAt));
        _voteMany(_signerOf(structHash, s.signature), account, ballots, signedAt);
    }

    function _gasOf(uint8 kind, uint256 size) internal pure override returns (uint256) {
        return Kinds.gasOf(kind, size);
    }
}
