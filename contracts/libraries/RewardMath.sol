// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @notice The formulas of votes, mana, the reward curve and emission, without state.
///         indexer/rewards holds the same formulas in Python; tests compare them to the last unit.
///         Stake, mana and rshares have 64 bits, times 40, the curve constant 60: so where arithmetic is
///         unchecked, no product reaches 256.
library RewardMath {
    uint256 internal constant BPS = 10_000;
    uint256 internal constant VOTES_PER_BAR = 50; // a full vote spends 2 % of the full bar
    uint256 internal constant DUST = 50_000_000; // micro-vests subtracted from every vote
    uint256 internal constant REGENERATION_DAYS = 5;
    uint256 internal constant DOWNVOTE_DIVISOR = 4; // downvote mana: a quarter of effective vests

    uint256 internal constant SUPPLY_CAP = 15e9 ether; // emission ends here
    uint256 private constant INFLATION_START = 0.095e18;
    uint256 private constant INFLATION_DROP = 0.0855e18;
    uint256 private constant INFLATION_DAYS = 20 * 365;

    /// @notice Mana after `elapsed` seconds: linear, from 0 to `full` in 5 DAY.
    function manaDown(
        uint256 mana,
        uint256 full,
        uint256 elapsed,
        uint256 day
    ) internal pure returns (uint256) {
        unchecked {
            return Math.min(full, mana + (full * elapsed) / (REGENERATION_DAYS * day));
        }
    }

    /// @notice Mana that a vote of `bps` (0..10000) spends.
    function usedUp(uint256 effective, uint256 bps) internal pure returns (uint256) {
        unchecked {
            return (effective * bps + BPS * VOTES_PER_BAR - 1) / (BPS * VOTES_PER_BAR);
        }
    }

    /// @notice rshares of a vote that spent `used`, `left` seconds before cashout.
    function rsharesDown(uint256 used, uint256 left, uint256 day) internal pure returns (uint256) {
        if (used <= DUST) return 0;
        unchecked {
            uint256 rshares = used - DUST;
            return left < day / 2 ? (rshares * left) / (day / 2) : rshares;
        }
    }

    /// @notice Curation weight of a vote in favour, cast when the post was `age` seconds old.
    function weightDown(uint256 rshares, uint256 age, uint256 day) internal pure returns (uint256) {
        if (age < day) return rshares;
        return age < 3 * day ? rshares / 2 : rshares / 8;
    }

    /// @notice curve(r) = ((r+s)^2 - s^2) / (r+4s) of net rshares; 0 for a post not above zero.
    ///         s = 0 is linear (Hive); s = 2*10^12 is Steem's convergent linear.
    function claimDown(int256 net, uint256 s) internal pure returns (uint256) {
        if (net <= 0) return 0;
        uint256 r = uint256(net);
        unchecked {
            return (r * (r + 2 * s)) / (r + 4 * s);
        }
    }

    /// @notice Emission of the `n`-th day after genesis, in wei, given the virtual supply before it.
    function emissionDown(uint256 supply, uint256 n) internal pure returns (uint256) {
        uint256 rate =
            INFLATION_START - (INFLATION_DROP * Math.min(n, INFLATION_DAYS)) / INFLATION_DAYS;
        return Math.min((supply * rate) / 365e18, Math.saturatingSub(SUPPLY_CAP, supply));
    }
}
