// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice The slot of one account's vote on one post; cleared when its curation reward is claimed.
///
///   bits   0..63   rshares  signed; what the vote adds to the post's net rshares
///   bits  64..127  weight   curation weight; 0 for a vote against
///   bits 128..167  signedAt  seconds; when the voter signed. A later vote needs a later moment.
///   bits 168..183  bps      signed; the weight asked for, -10000..10000. 0: taken back.
type VoteState is uint256;

using VoteStateLib for VoteState global;

library VoteStateLib {
    function pack(
        int256 rshares_,
        uint256 weight_,
        uint40 signedAt_,
        int16 bps_
    ) internal pure returns (VoteState) {
        return
            VoteState.wrap(
                uint256(uint64(int64(rshares_))) |
                    (weight_ << 64) |
                    (uint256(signedAt_) << 128) |
                    (uint256(uint16(bps_)) << 168)
            );
    }

    function rshares(VoteState v) internal pure returns (int256) {
        return int64(uint64(VoteState.unwrap(v)));
    }

    function weight(VoteState v) internal pure returns (uint256) {
        return uint64(VoteState.unwrap(v) >> 64);
    }

    function signedAt(VoteState v) internal pure returns (uint256) {
        return uint40(VoteState.unwrap(v) >> 128);
    }
}
