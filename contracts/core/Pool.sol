// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Parameters} from "../interfaces/ICore.sol";
import {RewardMath} from "../libraries/RewardMath.sol";
import {PostState} from "../types/PostState.sol";
import {VoteState} from "../types/VoteState.sol";
import {Posts} from "./Posts.sol";
import {Stake} from "./Stake.sol";

/// @dev The reward pool: Steem's recent-claims rule, applied once a day; then payouts from it.
abstract contract Pool is Posts, Stake {
    using SafeCast for uint256;

    uint256 private constant CONTENT_PERCENT = 65;
    uint256 private constant TREASURY_PERCENT = 20;
    uint256 private constant POOL_BUDGETS = 30; // the pool holds no more than so many days' budgets
    uint256 private constant LEAST_PAYOUT = 0.02 ether;

    /// @dev Two slots: pool, recent and nextDay; virtualSupply.
    struct Reserve {
        uint96 pool; // wei
        uint128 recent; // claims
        uint32 nextDay; // the first day not closed
        uint128 virtualSupply; // wei
    }

    /// @dev One slot. `claims` moves with votes; `paid` is written once, when the day closes.
    struct Day {
        uint128 claims;
        uint128 paid; // wei
    }

    Reserve public poolState;
    mapping(uint256 day => Day) public dayState;
    mapping(bytes32 id => mapping(uint40 account => VoteState)) internal _votes;

    constructor(Parameters memory p) {
        poolState = Reserve(0, p.seed, GENESIS_DAY.toUint32(), p.genesisSupply);
    }

    // ---------------------------------------------------------------- days

    function close(uint256 n) external returns (uint256 closed) {
        Reserve memory r = poolState;
        uint256 emitted;
        while (closed < n && block.timestamp >= (uint256(r.nextDay) + 1) * DAY) {
            uint256 emission = RewardMath.emissionDown(r.virtualSupply, r.nextDay - GENESIS_DAY);
            emitted += emission;
            r.virtualSupply += emission.toUint128();
            _closeDay(r, (emission * CONTENT_PERCENT) / 100);
            ++r.nextDay;
            ++closed;
        }
        if (closed == 0) return 0;
        poolState = r;
        TOKEN.mint(TREASURY, (emitted * TREASURY_PERCENT) / 100);
    }

    function _closeDay(Reserve memory r, uint256 budget) private {
        Day storage day = dayState[r.nextDay];
        uint256 claims = day.claims;
        uint256 pool = Math.min(r.pool + budget, POOL_BUDGETS * budget);
        uint256 recent = Math.max((uint256(r.recent) * 14) / 15, SEED) + claims;
        uint256 paid;
        if (claims != 0) {
            paid = Math.mulDiv(pool, claims, recent);
            pool -= paid;
            day.paid = paid.toUint128();
        }
        r.pool = pool.toUint96();
        r.recent = recent.toUint128();
        emit DayClosed(r.nextDay, claims, paid, pool, recent);
    }

    // ---------------------------------------------------------------- payouts

    function settle(bytes32[] calldata ids) external {
        uint256 minted;
        for (uint256 i = 0; i < ids.length; ++i) minted += _settle(ids[i]);
        if (minted != 0) TOKEN.mint(address(this), minted);
    }

    function claimAsVoter(uint40 account, bytes32[] calldata ids) external {
        uint256 vests;
        for (uint256 i = 0; i < ids.length; ++i) {
            PostState p = _settled(ids[i]);
            vests += _claim(ids[i], account, p, _curationOf(p));
        }
        if (vests != 0) {
            _addStake(account, vests);
            TOKEN.mint(address(this), vests * WEI_PER_VEST);
        }
    }

    function claimOfPost(bytes32 id, uint40[] calldata accounts) external {
        PostState p = _settled(id);
        uint256 curation = _curationOf(p);
        uint256 minted;
        for (uint256 i = 0; i < accounts.length; ++i) {
            uint256 vests = _claim(id, accounts[i], p, curation);
            if (vests == 0) continue;
            _addStake(accounts[i], vests);
            minted += vests * WEI_PER_VEST;
        }
        if (minted != 0) TOKEN.mint(address(this), minted);
    }

    function payoutOf(bytes32 id) external view returns (uint256) {
        return _payoutDown(_existing(id));
    }

    /// @return minted wei; rounding dust and what is left unearned stay unminted
    function _settle(bytes32 id) private returns (uint256 minted) {
        PostState p = _existing(id);
        if (p.settled()) return 0;
        uint256 payout = _payoutDown(p);
        postState[id] = p.withSettled();

        uint256 curation = payout / 2;
        uint256 author = payout - curation;
        if (p.weight() == 0) {
            poolState.pool += uint96(curation);
            curation = 0;
        }
        uint256 liquid = author / 2;
        uint256 vests = _toVestsDown(author - liquid);
        uint40 account = _authorOf(id);
        emit Settled(id, account, liquid, vests, curation);
        if (author == 0) return 0;
        balanceOf[account] += liquid;
        _addStake(account, vests);
        return liquid + vests * WEI_PER_VEST;
    }

    /// @return vests micro-vests of one vote's curation reward; 0 if there is none or it has been paid
    function _claim(
        bytes32 id,
        uint40 account,
        PostState p,
        uint256 curation
    ) private returns (uint256 vests) {
        VoteState v = _votes[id][account];
        if (v.claimed() || v.weight() == 0) return 0;
        vests = _toVestsDown((curation * v.weight()) / p.weight());
        _votes[id][account] = v.withClaimed();
        emit CurationClaimed(id, account, vests);
    }

    function _settled(bytes32 id) private view returns (PostState p) {
        p = _existing(id);
        if (!p.settled()) revert NotSettled(id);
    }

    function _curationOf(PostState p) private view returns (uint256) {
        return _payoutDown(p) / 2;
    }

    /// @dev paid[day] * claim / claims[day]: no iteration, and no choice of moment for whoever settles.
    function _payoutDown(PostState p) private view returns (uint256) {
        uint256 number = _cashoutOf(p) / DAY;
        if (number >= poolState.nextDay) revert DayOpen(number);
        uint256 claim = _claimOf(p);
        if (claim == 0) return 0;
        Day memory day = dayState[number];
        uint256 payout = Math.mulDiv(day.paid, claim, day.claims);
        return payout < LEAST_PAYOUT ? 0 : payout;
    }

    function _claimOf(PostState p) internal view returns (uint256) {
        return RewardMath.claimDown(p.net(), CURVE_CONSTANT);
    }
}
