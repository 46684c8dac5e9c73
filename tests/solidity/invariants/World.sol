// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICore} from "../../../contracts/interfaces/ICore.sol";
import {IGraph} from "../../../contracts/interfaces/IGraph.sol";
import {LaurelToken} from "../../../contracts/LaurelToken.sol";
import {Away} from "../../../contracts/types/Away.sol";
import {PostState} from "../../../contracts/types/PostState.sol";
import {Keyring} from "./Keyring.sol";

/// @dev Time; what the contracts do not keep, to be held against them; and what there is to choose from.
abstract contract World is Keyring {
    struct Cast {
        bytes32 post;
        uint40 account;
    }

    /// @dev Of a post that has not been removed.
    enum Phase {
        Any,
        Open, // for votes
        Fresh, // may be removed
        Ripe, // to be settled
        Settled
    }

    error Nothing(); // that could be done

    uint256 internal constant DAY = 1 days;
    uint256 internal constant BAR = 5 * DAY; // in which mana grows from nothing to full
    uint256 internal constant MOST_ACCOUNTS = 6;

    IGraph internal immutable graph;
    LaurelToken internal immutable token;

    bytes32[] internal posts;
    bytes32[] internal settled;
    uint256[] internal days_; // on which posts cash out
    Cast[] internal casts;
    mapping(uint40 account => uint256) internal requested; // index of the key that recovery will put in

    mapping(uint256 day => uint256) public paidOn; // wei, to all posts of the day
    mapping(bytes32 post => uint256) public claimedOf; // micro-vests, by all curators
    mapping(bytes32 post => PostState) public settledAs;
    mapping(uint256 day => bytes32) public closedAs;
    uint256 public noted; // the first day not in closedAs
    uint256 internal spent; // micro-vests of mana, by all votes
    uint256 private grown; // micro-vest seconds: stake that was not powering down, by how long
    int256 public leastPotential = type(int256).max;

    constructor(ICore core_, IGraph graph_) Keyring(core_) {
        graph = graph_;
        (token, , , noted, , , ) = core.settings();
    }

    // ---------------------------------------------------------------- time, and what one stake can vote

    /// @dev Whatever is done, this does not rise, but for rounding: only stake that votes twice would raise it. It is,
    ///      in micro-vests of mana by 4 DAY, what all bars hold, and what was spent, less what has grown. Stake that
    ///      returns counts as far as it is on its way. All stake that is not powering down grows 5/4 of itself in
    ///      5 DAY (voting mana, and a quarter of downvote mana), so a fourth in a DAY.
    ///      Hence, from any moment to any other, all votes together spend no more than what all bars held at the
    ///      first (5/4 of the stake at most), and 5/4 of the stake for each 5 DAY between the two.
    function potential() public view returns (int256) {
        uint256 mana = spent;
        for (uint40 account = 1; account <= _count(); ++account) {
            (uint256 voting, uint256 downvote) = core.manaOf(account);
            Away memory away = core.awayOf(account);
            uint256 left = clock < away.returnAt ? away.returnAt - clock : 0;
            uint256 full = uint256(away.returning) + away.returning / 4;
            mana += voting + downvote + (full * (BAR - left)) / BAR;
        }
        return int256(mana * 4 * DAY) - int256(grown);
    }

    function _pass(uint256 time) internal {
        int256 now_ = potential();
        if (now_ < leastPotential) leastPotential = now_;
        (, , uint256 nextDay, , , ) = core.poolState();
        for (; noted < nextDay; ++noted) closedAs[noted] = day(noted);

        uint256 stake = _totalVests();
        for (uint40 account = 1; account <= _count(); ++account) {
            stake -= core.awayOf(account).leaving;
        }
        grown += stake * time;
        clock += time;
        vm.warp(clock);
    }

    /// @return what a closed day must keep
    function day(uint256 number) public view returns (bytes32) {
        (uint128 claims, uint128 paid) = core.dayState(number);
        return keccak256(abi.encode(claims, paid));
    }

    function settledPosts() external view returns (bytes32[] memory) {
        return settled;
    }

    function cashoutDays() external view returns (uint256[] memory) {
        return days_;
    }

    // ---------------------------------------------------------------- accounts

    function _count() internal view returns (uint256) {
        return core.accountCount();
    }

    function _account(uint256 seed) internal view returns (uint40) {
        return uint40(1 + (seed % _count()));
    }

    /// @return wei, some of the account's balance
    function _partOf(uint40 account, uint256 much) internal view returns (uint256) {
        return bound(much, 1, core.balanceOf(account));
    }

    /// @return micro-vests
    function _free(uint40 account) internal view returns (uint256) {
        Away memory away = core.awayOf(account);
        return core.stakeState(account).own() - away.delegated - away.returning - away.leaving;
    }

    function _totalVests() internal view returns (uint256 totalVests) {
        (, , , , totalVests, ) = core.poolState();
    }

    /// @return an account whose recovery has been requested, or is due
    function _requested(uint256 seed, bool due) internal view returns (uint40) {
        for (uint256 i = 0; i < _count(); ++i) {
            uint40 account = _account((seed % MOST_ACCOUNTS) + i);
            (, uint40 readyAt) = core.recoveryRequestOf(account);
            if (readyAt != 0 && (!due || clock >= readyAt)) return account;
        }
        revert Nothing();
    }

    // ---------------------------------------------------------------- posts and votes

    function _author(bytes32 id) internal pure returns (uint40) {
        return uint40(uint256(id) >> 216);
    }

    function _twice(bytes32 id) internal pure returns (bytes32[] memory ids) {
        ids = new bytes32[](2);
        (ids[0], ids[1]) = (id, id);
    }

    function _written(uint40 account, bytes32 digest) internal {
        posts.push(bytes32((uint256(account) << 216) | (uint256(digest) >> 40)));
        uint256 cashout = clock / DAY + 7;
        if (days_.length == 0 || days_[days_.length - 1] != cashout) days_.push(cashout);
    }

    function _is(bytes32 id, Phase phase) internal view returns (bool) {
        PostState p = core.postState(id);
        if (p.removed()) return false;
        uint256 cashout = p.createdAt() + 7 * DAY;
        bool open = clock < cashout;
        if (phase == Phase.Open) return open && !p.votesDeclined();
        if (phase == Phase.Fresh) return open && !p.replied() && p.weight() == 0 && p.net() <= 0;
        if (phase == Phase.Ripe) return !p.settled() && clock >= (cashout / DAY + 1) * DAY;
        return phase == Phase.Any || p.settled();
    }

    function _post(uint256 seed, Phase phase) internal view returns (bytes32) {
        for (uint256 i = 0; i < posts.length; ++i) {
            bytes32 id = posts[((seed % posts.length) + i) % posts.length];
            if (_is(id, phase)) return id;
        }
        revert Nothing();
    }

    /// @return a vote that has not been claimed
    function _cast(uint256 seed, Phase phase) internal view returns (Cast memory) {
        for (uint256 i = 0; i < casts.length; ++i) {
            Cast memory c = casts[((seed % casts.length) + i) % casts.length];
            if (_is(c.post, phase) && core.voteState(c.post, c.account).signedAt() != 0) return c;
        }
        revert Nothing();
    }
}
