// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Mana} from "../libraries/Mana.sol";
import {RewardMath} from "../libraries/RewardMath.sol";
import {Signatures} from "../libraries/Signatures.sol";
import {AccountState} from "../types/AccountState.sol";
import {Role} from "../types/Key.sol";
import {PostState} from "../types/PostState.sol";
import {VoteState, VoteStateLib} from "../types/VoteState.sol";
import {Payouts} from "./Payouts.sol";

/// @dev Votes: Hive's rules. A second vote replaces the first; weight 0 takes it back.
abstract contract Votes is Payouts {
    using Mana for AccountState;
    using SafeCast for uint256;
    using SafeCast for int256;

    function vote(uint40 account, bytes32 id, int16 bps) external {
        _vote(msg.sender, account, id, bps, uint40(block.timestamp));
    }

    function voteMany(uint40 account, Ballot[] calldata ballots) external {
        _voteMany(msg.sender, account, ballots, uint40(block.timestamp));
    }

    function voteState(bytes32 id, uint40 account) external view returns (VoteState) {
        return _votes[id][account];
    }

    function postState(bytes32 id) external view returns (PostState) {
        return _posts[id];
    }

    function manaOf(uint40 account) external view returns (uint256 voting, uint256 downvote) {
        return _state[account].regenerated(DAY);
    }

    // ---------------------------------------------------------------- what direct calls and the relay share

    /// @param signedAt when the voter signed, in seconds
    function _vote(
        address signer,
        uint40 account,
        bytes32 id,
        int16 bps,
        uint40 signedAt
    ) internal {
        AccountState state = _authorize(signer, account, Role.Posting);
        _checkTime(signedAt);
        _state[account] = _voteOn(account, state, id, bps, signedAt);
    }

    function _voteMany(
        address signer,
        uint40 account,
        Ballot[] calldata ballots,
        uint40 signedAt
    ) internal {
        AccountState state = _authorize(signer, account, Role.Posting);
        _checkSize(ballots.length);
        _checkTime(signedAt);
        for (uint256 i = 0; i < ballots.length; ++i) {
            Ballot calldata b = ballots[i];
            bytes4 late = _tooLate(account, b.post, signedAt);
            if (late != 0) emit BallotSkipped(b.post, account, late);
            else state = _voteOn(account, state, b.post, b.weight, signedAt);
        }
        _state[account] = state;
    }

    /// @dev What time or others can do to one ballot must not void the rest.
    /// @return the selector of the error that a single vote would meet, or 0
    function _tooLate(uint40 account, bytes32 id, uint40 signedAt) private view returns (bytes4) {
        VoteState old = _votes[id][account];
        PostState p = _posts[id];
        if (!p.exists()) return 0;
        if (signedAt <= old.signedAt()) return StaleVote.selector;
        if (p.removed()) return PostRemoved.selector;
        uint256 cashout = _cashoutOf(p);
        if (block.timestamp >= cashout) return VotingClosed.selector;
        bool locked = block.timestamp + DAY / 2 >= cashout && old.signedAt() != 0;
        return locked ? VoteLocked.selector : bytes4(0);
    }

    // ---------------------------------------------------------------- one vote

    /// @return the voter's slot, to be stored
    function _voteOn(
        uint40 account,
        AccountState state,
        bytes32 id,
        int16 bps,
        uint40 signedAt
    ) private returns (AccountState) {
        VoteState old = _votes[id][account];
        if (signedAt <= old.signedAt()) revert StaleVote(signedAt, old.signedAt());
        if (bps == 0 && old.signedAt() == 0) revert NothingToTakeBack(id);

        PostState p = _existing(id);
        if (p.votesDeclined()) revert VotesDeclined(id);
        uint256 cashout = _cashoutOf(p);
        if (block.timestamp >= cashout) revert VotingClosed(id);
        uint256 left = cashout - block.timestamp;
        // Else a vote damped in the last half day could be answered by an undamped withdrawal.
        if (left <= DAY / 2 && old.signedAt() != 0) revert VoteLocked(id);

        VoteState next;
        (next, state) = _cast(state, bps, signedAt, left);
        _votes[id][account] = next;
        _replace(id, p, old, next, cashout / DAY);
        emit Voted(id, account, next, state);
        return state;
    }

    function _checkTime(uint256 signedAt) private view {
        if (signedAt > block.timestamp) revert VoteFromFuture(signedAt);
        uint256 deadline = signedAt + Signatures.MAX_DEADLINE;
        if (block.timestamp > deadline) revert Expired(deadline);
    }

    /// @param left seconds until cashout
    function _cast(
        AccountState state,
        int16 bps,
        uint40 signedAt,
        uint256 left
    ) private view returns (VoteState, AccountState) {
        bool against = bps < 0;
        uint256 magnitude = uint256(against ? -int256(bps) : int256(bps));
        if (magnitude > RewardMath.BPS) revert BadWeight(bps);
        uint256 used = RewardMath.usedUp(state.effective(), magnitude);
        state = _spend(state, used, against);
        uint256 rshares = RewardMath.rsharesDown(used, left, DAY);
        uint256 weight =
            against ? 0 : RewardMath.weightDown(rshares, CASHOUT_DAYS * DAY - left, DAY);
        int256 net = against ? -int256(rshares) : int256(rshares);
        return (VoteStateLib.pack(net, weight, signedAt, bps), state);
    }

    /// @dev Takes the old vote out of the post whole, puts the new one in, and moves the day's claims.
    function _replace(bytes32 id, PostState p, VoteState old, VoteState next, uint256 day) private {
        uint256 claim = _claimOf(p);
        p = p.withVotes(
            (p.net() - old.rshares() + next.rshares()).toInt64(),
            (p.weight() - old.weight() + next.weight()).toUint64()
        );
        _posts[id] = p;
        uint256 moved = _claimOf(p);
        if (moved != claim) {
            Day storage d = _days[day];
            d.claims = (uint256(d.claims) + moved - claim).toUint128();
        }
    }

    /// @dev A vote against spends downvote mana first, then voting mana.
    function _spend(
        AccountState state,
        uint256 used,
        bool against
    ) private view returns (AccountState) {
        (uint256 voting, uint256 downvote) = state.regenerated(DAY);
        uint256 available = against ? voting + downvote : voting;
        if (used > available) revert NotEnoughMana(used, available);
        if (against) {
            uint256 first = used < downvote ? used : downvote;
            downvote -= first;
            used -= first;
        }
        return state.with(state.effective(), voting - used, downvote, block.timestamp);
    }
}
