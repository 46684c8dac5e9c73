// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {RewardMath} from "../../../contracts/libraries/RewardMath.sol";
import {Test} from "../Test.sol";

/// @dev Proved by Halmos for every input within the assumptions, which are the widths that the rules have:
///      stake and mana have 64 bits, times 40, a DAY (a week at most) 20. Words with a bound, and not uint64, because
///      the solver sees numbers then, where it would see pieces of words.
contract ManaProofs is Test {
    uint256 private constant VESTS = 2 ** 64;
    uint256 private constant TIME = 2 ** 40;
    uint256 private constant DAY = 2 ** 20;

    function check_manaIsNeverAboveFullNorBelowWhatItWas(
        uint256 mana,
        uint256 full,
        uint256 elapsed,
        uint256 day
    ) public pure {
        vm.assume(full < VESTS && mana <= full && elapsed < TIME && 0 < day && day < DAY);
        uint256 later = RewardMath.manaDown(mana, full, elapsed, day);
        assert(mana <= later && later <= full);
    }

    function check_manaGrowsWithTime(
        uint256 mana,
        uint256 full,
        uint256 elapsed,
        uint256 longer,
        uint256 day
    ) public pure {
        vm.assume(full < VESTS && mana <= full && 0 < day && day < DAY);
        vm.assume(elapsed <= longer && longer < TIME);
        assert(
            RewardMath.manaDown(mana, full, elapsed, day) <=
                RewardMath.manaDown(mana, full, longer, day)
        );
    }

    function check_usedIsNoLessThanAFiftieth(uint256 effective, uint256 bps) public pure {
        vm.assume(effective < VESTS && bps <= 10_000);
        assert(RewardMath.usedUp(effective, bps) * 500_000 >= effective * bps);
    }

    function check_usedIsRoundedUpByLessThanOne(uint256 effective, uint256 bps) public pure {
        vm.assume(effective < VESTS && bps <= 10_000);
        assert(RewardMath.usedUp(effective, bps) * 500_000 < effective * bps + 500_000);
    }

    /// @dev So at most 50 full votes come from a full bar.
    function check_fiftyVotesUseAFullBar(uint256 effective) public pure {
        vm.assume(effective < VESTS);
        assert(50 * RewardMath.usedUp(effective, 10_000) >= effective);
    }
}
