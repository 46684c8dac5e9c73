// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice The stake slot of an account.
///
///   bits   0..63   own      micro-vests owned: free, delegated, returning and powering down
///   bits  64..127  accrued  micro-vests' worth of the stakers' emission, earned and not claimed, at `index`
///   bits 128..255  index    the pool's index up to which `accrued` counts
type StakeState is uint256;

using StakeStateLib for StakeState global;

library StakeStateLib {
    function pack(
        uint256 own_,
        uint256 accrued_,
        uint256 index_
    ) internal pure returns (StakeState) {
        return StakeState.wrap(own_ | (accrued_ << 64) | (index_ << 128));
    }

    function own(StakeState s) internal pure returns (uint256) {
        return uint64(StakeState.unwrap(s));
    }

    /// @return micro-vests accrued when the pool's index stands at `index_`. Fits 64 bits: the emission does.
    function accruedDown(StakeState s, uint256 index_) internal pure returns (uint256) {
        uint256 stored = uint64(StakeState.unwrap(s) >> 64);
        return stored + ((own(s) * (index_ - (StakeState.unwrap(s) >> 128))) >> 64);
    }
}
