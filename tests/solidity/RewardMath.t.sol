// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "./Test.sol";
import {RewardMath} from "../../contracts/libraries/RewardMath.sol";

/// @dev Amounts of stake and mana are below 2^64 by the bounds of the supply; a DAY is 60 seconds to 7 days.
contract RewardMathTest is Test {
    uint256 private constant BPS = 10_000;
    uint256 private constant DUST = 50_000_000;
    uint256 private constant EIGHTY_YEARS = 80 * 365 days; // elapsed time, in seconds, is not bounded by the rules

    // ---------------------------------------------------------------- mana

    function testFuzz_manaIsNeverAboveFullNorBelowWhatItWas(
        uint64 mana,
        uint64 full,
        uint256 elapsed,
        uint256 day
    ) public pure {
        (mana, elapsed, day) = (uint64(bound(mana, 0, full)), _elapsed(elapsed), _day(day));
        uint256 later = RewardMath.manaDown(mana, full, elapsed, day);
        vm.assertLe(later, full);
        vm.assertGe(later, mana);
    }

    function testFuzz_manaGrowsWithTimeManaAndStake(
        uint64 mana,
        uint64 more,
        uint64 full,
        uint64 fuller,
        uint256 elapsed,
        uint256 longer,
        uint256 day
    ) public pure {
        full = uint64(bound(full, 0, fuller));
        more = uint64(bound(more, 0, full));
        mana = uint64(bound(mana, 0, more));
        day = _day(day);
        longer = _elapsed(longer);
        elapsed = bound(elapsed, 0, longer);
        uint256 base = RewardMath.manaDown(mana, full, elapsed, day);
        vm.assertLe(base, RewardMath.manaDown(mana, full, longer, day), "time");
        vm.assertLe(base, RewardMath.manaDown(more, full, elapsed, day), "mana");
        vm.assertLe(base, RewardMath.manaDown(mana, fuller, elapsed, day), "stake");
    }

    /// @dev Touching an account often never gains mana, and loses less than one micro-vest a touch.
    function testFuzz_waitingTwiceIsNoBetterThanOnceAndOneUnitWorseAtMost(
        uint64 mana,
        uint64 full,
        uint256 first,
        uint256 second,
        uint256 day
    ) public pure {
        (first, second, day) = (_elapsed(first), _elapsed(second), _day(day));
        mana = uint64(bound(mana, 0, full));
        uint256 once = RewardMath.manaDown(mana, full, first + second, day);
        uint256 between = RewardMath.manaDown(mana, full, first, day);
        uint256 twice = RewardMath.manaDown(between, full, second, day);
        vm.assertLe(twice, once);
        vm.assertLe(once, twice + 1);
    }

    function testFuzz_anEmptyBarIsFullAfterFiveDaysAndNoSooner(
        uint64 full,
        uint256 day
    ) public pure {
        day = _day(day);
        vm.assertEq(RewardMath.manaDown(0, full, 5 * day, day), full);
        if (full != 0) vm.assertLt(RewardMath.manaDown(0, full, 5 * day - 1, day), full);
    }

    // ---------------------------------------------------------------- votes

    function testFuzz_usedIsAFiftiethRoundedUp(uint64 effective, uint256 bps) public pure {
        bps = bound(bps, 0, BPS);
        uint256 used = RewardMath.usedUp(effective, bps);
        vm.assertGe(used * BPS * 50, effective * bps);
        if (used != 0) vm.assertLt((used - 1) * BPS * 50, effective * bps);
    }

    /// @dev So a vote cannot be had for less by splitting it.
    function testFuzz_twoVotesUseNoLessThanOneOfBothWeights(
        uint64 effective,
        uint256 a,
        uint256 b
    ) public pure {
        a = bound(a, 0, BPS);
        b = bound(b, 0, BPS - a);
        uint256 together = RewardMath.usedUp(effective, a + b);
        vm.assertGe(RewardMath.usedUp(effective, a) + RewardMath.usedUp(effective, b), together);
    }

    function testFuzz_rsharesAreNeverAboveWhatWasUsed(
        uint64 used,
        uint256 left,
        uint256 day
    ) public pure {
        (left, day) = (_elapsed(left), _day(day));
        uint256 undamped = used > DUST ? used - DUST : 0;
        uint256 rshares = RewardMath.rsharesDown(used, left, day);
        vm.assertLe(rshares, undamped);
        if (left >= day / 2) vm.assertEq(rshares, undamped);
        if (left == 0) vm.assertEq(rshares, 0);
    }

    function testFuzz_rsharesOnlyFallAsCashoutNears(
        uint64 used,
        uint256 left,
        uint256 later,
        uint256 day
    ) public pure {
        day = _day(day);
        left = bound(left, 0, 7 * day);
        later = bound(later, 0, left);
        vm.assertLe(
            RewardMath.rsharesDown(used, later, day),
            RewardMath.rsharesDown(used, left, day)
        );
    }

    function testFuzz_weightIsAllAHalfOrAnEighth(
        uint64 rshares,
        uint256 age,
        uint256 day
    ) public pure {
        (age, day) = (_elapsed(age), _day(day));
        uint256 divisor =
            age < day
                ? 1
                : age < 3 * day
                    ? 2
                    : 8;
        vm.assertEq(RewardMath.weightDown(rshares, age, day), rshares / divisor);
    }

    // ---------------------------------------------------------------- the reward curve

    function testFuzz_claimGrowsWithNetAndIsNeverAboveIt(
        int64 net,
        int64 more,
        uint256 s
    ) public pure {
        s = bound(s, 0, 1e18);
        if (more < net) (net, more) = (more, net);
        uint256 claim = RewardMath.claimDown(net, s);
        vm.assertLe(claim, RewardMath.claimDown(more, s), "monotone");
        if (net <= 0) vm.assertEq(claim, 0);
        else vm.assertLe(claim, uint256(int256(net)));
    }

    function testFuzz_withoutTheConstantTheCurveIsLinear(int64 net) public pure {
        vm.assume(net > 0);
        vm.assertEq(RewardMath.claimDown(net, 0), uint256(int256(net)));
    }

    /// @dev The curve is convex: what is spread over two posts claims no more than on one, but for rounding down.
    function testFuzz_splittingNetOverTwoPostsClaimsNoMore(
        uint64 a,
        uint64 b,
        uint256 s
    ) public pure {
        a = uint64(bound(a, 0, type(uint64).max / 4));
        b = uint64(bound(b, 0, type(uint64).max / 4));
        s = bound(s, 0, 1e18);
        uint256 apart =
            RewardMath.claimDown(int256(uint256(a)), s) +
                RewardMath.claimDown(int256(uint256(b)), s);
        vm.assertLe(apart, RewardMath.claimDown(int256(uint256(a) + b), s));
    }

    // ---------------------------------------------------------------- emission

    function testFuzz_emissionEndsAtTheCap(uint256 supply, uint256 n) public pure {
        supply = bound(supply, 0, 2 * RewardMath.SUPPLY_CAP);
        uint256 emission = RewardMath.emissionDown(supply, bound(n, 0, 1e6));
        vm.assertLe(emission, supply / 3842); // 9.5 % a year at most
        if (supply >= RewardMath.SUPPLY_CAP) vm.assertEq(emission, 0);
        else vm.assertLe(supply + emission, RewardMath.SUPPLY_CAP);
    }

    function testFuzz_emissionFallsWithTime(uint256 supply, uint256 n, uint256 later) public pure {
        supply = bound(supply, 0, RewardMath.SUPPLY_CAP);
        later = bound(later, 0, 1e6);
        n = bound(n, 0, later);
        vm.assertGe(RewardMath.emissionDown(supply, n), RewardMath.emissionDown(supply, later));
    }

    // ---------------------------------------------------------------- numbers from outside

    function test_votesFromOutside() public view {
        string memory json = _vectors();
        uint256 count;
        for (; _has(json, ".votes", count); ++count) {
            string memory v = string.concat(".votes[", vm.toString(count), "].");
            uint256 used = RewardMath.usedUp(
                vm.parseJsonUint(json, string.concat(v, "effective")),
                vm.parseJsonUint(json, string.concat(v, "bps"))
            );
            vm.assertEq(used, vm.parseJsonUint(json, string.concat(v, "used")));
            uint256 left = vm.parseJsonUint(json, string.concat(v, "left"));
            vm.assertEq(
                RewardMath.rsharesDown(used, left, 1 days),
                vm.parseJsonUint(json, string.concat(v, "rshares"))
            );
        }
        vm.assertEq(count, 4);
    }

    function test_convergentLinearFromOutside() public view {
        string memory json = _vectors();
        uint256 s = vm.parseJsonUint(json, ".curve.s");
        uint256 count;
        for (; _has(json, ".curve.pairs", count); ++count) {
            string memory pair = string.concat(".curve.pairs[", vm.toString(count), "]");
            uint256 net = vm.parseJsonUint(json, string.concat(pair, "[0]"));
            vm.assertEq(
                RewardMath.claimDown(int256(net), s),
                vm.parseJsonUint(json, string.concat(pair, "[1]"))
            );
        }
        vm.assertEq(count, 5);
    }

    // ----------------------------------------------------------------

    function _day(uint256 seed) private pure returns (uint256) {
        return bound(seed, 60, 7 days);
    }

    function _elapsed(uint256 seed) private pure returns (uint256) {
        return bound(seed, 0, EIGHTY_YEARS);
    }

    function _vectors() private view returns (string memory) {
        return vm.readFile("tests/vectors/rewards.json");
    }

    function _has(string memory json, string memory list, uint256 i) private view returns (bool) {
        return vm.keyExistsJson(json, string.concat(list, "[", vm.toString(i), "]"));
    }
}
