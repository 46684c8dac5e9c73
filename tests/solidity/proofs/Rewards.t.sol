// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {RewardMath} from "../../../contracts/libraries/RewardMath.sol";
import {Test} from "../Test.sol";

/// @dev As in Mana.t.sol: net rshares and weights have 64 bits, the curve constant 60.
contract RewardsProofs is Test {
    uint256 private constant WORD = 2 ** 64;
    uint256 private constant NET = 2 ** 63;
    uint256 private constant CONSTANT = 2 ** 60;

    // ---------------------------------------------------------------- the curve

    function check_withoutTheConstantAClaimIsTheNet(uint256 net) public pure {
        vm.assume(net < NET);
        assert(RewardMath.claimDown(int256(net), 0) == net);
    }

    function check_aClaimIsNeverAboveTheNet(uint256 net, uint256 s) public pure {
        vm.assume(net < NET && s < CONSTANT);
        assert(RewardMath.claimDown(int256(net), s) <= net);
    }

    /// @dev One unit more of net never claims less; by induction, neither does any number of them. For Steem's
    ///      constant alone: a product with an unknown constant is beyond the solver, and left to the fuzz tests.
    function check_convergentLinearGrows(uint256 net) public pure {
        vm.assume(net < NET - 1);
        uint256 claim = RewardMath.claimDown(int256(net), 2e12);
        assert(claim <= RewardMath.claimDown(int256(net + 1), 2e12));
    }

    // ---------------------------------------------------------------- shares of a payout

    // The formula by which the core divides: a post's payout of its day's, and a curator's of the post's.
    function _shareDown(uint256 whole, uint256 part, uint256 sum) private pure returns (uint256) {
        return (whole * part) / sum;
    }

    function check_twoSharesAreNoMoreThanTheWhole(uint256 whole, uint256 a, uint256 b) public pure {
        vm.assume(whole < WORD && a < WORD && b < WORD && a + b != 0);
        uint256 sum = a + b;
        assert(_shareDown(whole, a, sum) + _shareDown(whole, b, sum) <= whole);
    }

    function check_threeSharesAreNoMoreThanTheWhole(
        uint256 whole,
        uint256 a,
        uint256 b,
        uint256 c
    ) public pure {
        vm.assume(whole < WORD && a < WORD && b < WORD && c < WORD && a + b + c != 0);
        uint256 sum = a + b + c;
        assert(
            _shareDown(whole, a, sum) + _shareDown(whole, b, sum) + _shareDown(whole, c, sum) <=
                whole
        );
    }
}
