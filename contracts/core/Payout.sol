// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {RewardMath} from "../libraries/RewardMath.sol";
import {PostState} from "../types/PostState.sol";
import {Pool} from "./Pool.sol";
import {Posts} from "./Posts.sol";

/// @dev What a post earns of its day.
abstract contract Payout is Posts, Pool {
    uint256 private constant LEAST_PAYOUT = 0.02 ether;

    /// @dev paid[day] * claim / claims[day]: no iteration, and no choice of moment for whoever settles.
    /// @return wei
    function _payoutDown(PostState p) internal view returns (uint256) {
        uint256 number = _cashoutOf(p) / DAY;
        if (number >= _reserve.nextDay) revert DayOpen(number);
        uint256 claim = _claimOf(p);
        if (claim == 0) return 0;
        Day memory day = _days[number];
        uint256 payout = Math.mulDiv(day.paid, claim, day.claims);
        return payout < LEAST_PAYOUT ? 0 : payout;
    }

    function _claimOf(PostState p) internal view returns (uint256) {
        return RewardMath.claimDown(p.net(), CURVE_CONSTANT);
    }
}
