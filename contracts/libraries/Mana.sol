// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ICoreBase} from "../interfaces/ICoreBase.sol";
import {AccountState} from "../types/AccountState.sol";
import {RewardMath} from "./RewardMath.sol";

/// @notice Effective stake and its mana in the hot slot, brought up to the present at every change.
library Mana {
    using SafeCast for uint256;

    /// @return voting mana now
    /// @return downvote mana now
    function regenerated(
        AccountState state,
        uint256 day
    ) internal view returns (uint256 voting, uint256 downvote) {
        uint256 full = state.effective();
        uint256 elapsed = block.timestamp - state.updatedAt();
        voting = RewardMath.manaDown(state.mana(), full, elapsed, day);
        full /= RewardMath.DOWNVOTE_DIVISOR;
        downvote = RewardMath.manaDown(state.downMana(), full, elapsed, day);
    }

    /// @notice Stake arrives without mana.
    function grown(
        AccountState state,
        uint256 vests,
        uint256 day
    ) internal view returns (AccountState) {
        return _arrived(state, vests, 0, day);
    }

    /// @notice Stake arrives with all its mana.
    function grownFull(
        AccountState state,
        uint256 vests,
        uint256 day
    ) internal view returns (AccountState) {
        return _arrived(state, vests, vests, day);
    }

    /// @notice Stake leaves; mana above the bar that remains is lost.
    function shrunk(
        AccountState state,
        uint256 vests,
        uint256 day
    ) internal view returns (AccountState) {
        return _left(state, vests, 0, day);
    }

    /// @notice Stake leaves with all its mana. Reverts with NotEnoughMana where that has been spent.
    function shrunkFull(
        AccountState state,
        uint256 vests,
        uint256 day
    ) internal view returns (AccountState) {
        return _left(state, vests, vests, day);
    }

    function _arrived(
        AccountState state,
        uint256 vests,
        uint256 mana,
        uint256 day
    ) private view returns (AccountState) {
        (uint256 voting, uint256 downvote) = regenerated(state, day);
        uint256 effective = (state.effective() + vests).toUint64();
        return
            state.with(
                effective,
                voting + mana,
                downvote + mana / RewardMath.DOWNVOTE_DIVISOR,
                block.timestamp
            );
    }

    function _left(
        AccountState state,
        uint256 vests,
        uint256 mana,
        uint256 day
    ) private view returns (AccountState) {
        (uint256 voting, uint256 downvote) = regenerated(state, day);
        uint256 downMana = mana / RewardMath.DOWNVOTE_DIVISOR;
        if (mana > voting) revert ICoreBase.NotEnoughMana(mana, voting);
        if (downMana > downvote) revert ICoreBase.NotEnoughMana(downMana, downvote);
        uint256 effective = state.effective() - vests;
        return
            state.with(
                effective,
                Math.min(voting - mana, effective),
                Math.min(downvote - downMana, effective / RewardMath.DOWNVOTE_DIVISOR),
                block.timestamp
            );
    }
}
