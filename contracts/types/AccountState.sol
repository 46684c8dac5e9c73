// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice The hot slot of an account: one read and one write per vote.
///
///   bits   0..63   effective   micro-vests that vote (own - delegated - returning - powering down + received)
///   bits  64..127  mana        micro-vests of voting mana at `updatedAt`
///   bits 128..191  downMana    micro-vests of downvote mana at `updatedAt`
///   bits 192..231  updatedAt   seconds; when mana was last brought up to date
///   bits 232..247  keyEpoch    keys of an older epoch are void
///   bits 248..255  (free)
type AccountState is uint256;

using AccountStateLib for AccountState global;

library AccountStateLib {
    uint256 private constant MASK64 = type(uint64).max;

    function effective(AccountState s) internal pure returns (uint256) {
        return AccountState.unwrap(s) & MASK64;
    }

    function mana(AccountState s) internal pure returns (uint256) {
        return (AccountState.unwrap(s) >> 64) & MASK64;
    }

    function downMana(AccountState s) internal pure returns (uint256) {
        return (AccountState.unwrap(s) >> 128) & MASK64;
    }

    function updatedAt(AccountState s) internal pure returns (uint256) {
        return uint40(AccountState.unwrap(s) >> 192);
    }

    function keyEpoch(AccountState s) internal pure returns (uint256) {
        return uint16(AccountState.unwrap(s) >> 232);
    }

    /// @dev Keeps the epoch of `s` and replaces the rest. The caller holds the bounds:
    ///      mana <= effective < 2^64, downMana <= effective / 4, updatedAt < 2^40.
    function with(
        AccountState s,
        uint256 effective_,
        uint256 mana_,
        uint256 downMana_,
        uint256 updatedAt_
    ) internal pure returns (AccountState) {
        uint256 epochBits = (AccountState.unwrap(s) >> 232) << 232;
        return
            AccountState.wrap(
                epochBits | (updatedAt_ << 192) | (downMana_ << 128) | (mana_ << 64) | effective_
            );
    }

    /// @dev The caller holds the bound: keyEpoch < 2^16.
    function withKeyEpoch(AccountState s, uint256 keyEpoch_) internal pure returns (AccountState) {
        uint256 rest = AccountState.unwrap(s) & ~(uint256(type(uint16).max) << 232);
        return AccountState.wrap(rest | (keyEpoch_ << 232));
    }
}
