// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {RewardMath} from "../libraries/RewardMath.sol";
import {Keys} from "./Keys.sol";

/// @dev The reward pool: Steem's recent-claims rule, applied once a day; and the emission that feeds it.
abstract contract Pool is Keys {
    using SafeCast for uint256;

    uint256 private constant CONTENT_PERCENT = 65;
    uint256 private constant STAKERS_PERCENT = 15;
    uint256 private constant TREASURY_PERCENT = 20;
    uint256 private constant POOL_BUDGETS = 30; // the pool holds no more than so many days' budgets
    uint256 private constant MOST_OPEN_DAYS = 8; // that a change of stake closes by itself
    uint256 internal constant WEI_PER_VEST = 1e9; // wei in a micro-vest: 1 LRL = 1,000 vests

    /// @dev Before every change of stake: nobody stakes into the emission of days gone by.
    function _closeElapsed() internal {
        uint256 open = _openDays();
        if (open > MOST_OPEN_DAYS) revert CloseFirst(open);
        if (open != 0) _close(open);
    }

    /// @return how many days are over and not closed
    function _openDays() internal view returns (uint256) {
        return block.timestamp / DAY - _reserve.nextDay;
    }

    function _close(uint256 n) internal returns (uint256) {
        if (n == 0) return 0;
        Reserve memory r = _reserve;
        uint256 toTreasury;
        uint256 toStakers; // micro-vests
        for (uint256 i = 0; i < n; ++i) {
            uint256 emission = RewardMath.emissionDown(r.virtualSupply, r.nextDay - GENESIS_DAY);
            r.virtualSupply += emission.toUint128();
            toTreasury += (emission * TREASURY_PERCENT) / 100;
            toStakers += _accrue(r, _toVestsDown((emission * STAKERS_PERCENT) / 100));
            _closeDay(r, (emission * CONTENT_PERCENT) / 100);
            ++r.nextDay;
        }
        _reserve = r;
        // The token is made by the core and calls nobody, so nothing comes back in between.
        // slither-disable-next-line reentrancy-no-eth,reentrancy-benign,reentrancy-events
        if (toTreasury != 0) TOKEN.mint(TREASURY, toTreasury);
        // slither-disable-next-line reentrancy-no-eth,reentrancy-benign,reentrancy-events
        if (toStakers != 0) TOKEN.mint(address(this), toStakers * WEI_PER_VEST);
        return n;
    }

    /// @return vests, or 0 while nobody has stake
    function _accrue(Reserve memory r, uint256 vests) private pure returns (uint256) {
        if (r.totalVests == 0) return 0;
        r.index += ((vests << 64) / r.totalVests).toUint128();
        return vests;
    }

    function _closeDay(Reserve memory r, uint256 budget) private {
        Day storage day = _days[r.nextDay];
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
        emit DayClosed(r.nextDay, claims, paid, pool, recent, r.index);
    }

    function _toVestsDown(uint256 amount) internal pure returns (uint256) {
        return amount / WEI_PER_VEST;
    }
}
