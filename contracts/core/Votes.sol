// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Keys} from "../libraries/Keys.sol";
import {RewardMath} from "../libraries/RewardMath.sol";
import {AccountState} from "../types/AccountState.sol";
import {Role} from "../types/Key.sol";
import {PostState} from "../types/PostState.sol";
import {VoteState, VoteStateLib} from "../types/VoteState.sol";
import {Pool} from "./Pool.sol";

/// @dev Votes: Hive's rules. A second vote replaces the first; weight 0 takes it back.
abstract contract Votes is Pool {
    using SafeCast for uint256;
    using SafeCast for int256;

    function vote(uint40 account, bytes32 id, int16 bps) external {
        _vote(msg.sender, account, id, bps, uint40(block.timestamp));
    }

    function voteState(bytes32 id, uint40 account) external view returns (VoteState) {
        return _votes[id][account];
    }

    /// @param signedAt when the voter signed, in seconds
    function _vote(
        address signer,
        uint40 account,
        bytes32 id,
        int16 bps,
        uint40 signedAt
    ) internal {
        AccountState state = _authorize(signer, account, Role.Posting);
        VoteState old = _votes[id][account];
        _checkOrder(signedAt, old);
        if (bps == 0 && old.signedAt() == 0) revert NothingToTakeBack(id);

        PostState p = _existing(id);
        uint256 cashout = _cashoutOf(p);
        if (block.timestamp >= cashout) revert VotingClosed(id);
        uint256 left = cashout - block.timestamp;
        // Else a vote damped in the last half day could be answered by an undamped withdrawal.
        if (left <= DAY / 2 && old.signedAt() != 0) revert VoteLocked(id);

        VoteState next;
        (next, state) = _cast(state, bps, signedAt, left);
        _book.state[account] = state;
        _votes[id][account] = next;
        _replace(id, p, old, next, cashout / DAY);
        emit Voted(id, account, next, state);
    }

    function _checkOrder(uint256 signedAt, VoteState old) private view {
        if (signedAt > block.timestamp) revert VoteFromFuture(signedAt);
        if (block.timestamp > signedAt + Keys.MAX_DEADLINE)
            revert Expired(signedAt + Keys.MAX_DEADLINE);
        if (signedAt <= old.signedAt()) revert StaleVote(signedAt, old.signedAt());
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
        uint256 weight = against ? 0 : RewardMath.weightDown(rshares, 7 * DAY - left, DAY);
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
        postState[id] = p;
        uint256 moved = _claimOf(p);
        if (moved != claim) {
            dayState[day].claims = (dayState[day].claims + moved - claim).toUint128();
        }
    }

    /// @dev A vote against spends downvote mana first, then voting mana.
    function _spend(
        AccountState state,
        uint256 used,
        bool against
    ) private view returns (AccountState) {
        (uint256 voting, uint256 downvote) = _regenerated(state);
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
