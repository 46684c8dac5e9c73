// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice The slot of a post. Its author is in its id.
///
///   bits   0..39   createdAt  seconds
///   bits  40..103  net        net rshares, signed
///   bits 104..167  weight     sum of the curation weights of its votes
///   bit  168       settled
///   bit  169       replied    a comment has named it as its parent
type PostState is uint256;

using PostStateLib for PostState global;

library PostStateLib {
    uint256 private constant SETTLED = 1 << 168;
    uint256 private constant REPLIED = 1 << 169;
    uint256 private constant VOTED_BITS = ((1 << 128) - 1) << 40;

    function created(uint256 time) internal pure returns (PostState) {
        return PostState.wrap(time);
    }

    function exists(PostState p) internal pure returns (bool) {
        return PostState.unwrap(p) != 0;
    }

    function createdAt(PostState p) internal pure returns (uint256) {
        return uint40(PostState.unwrap(p));
    }

    function net(PostState p) internal pure returns (int256) {
        return int64(uint64(PostState.unwrap(p) >> 40));
    }

    function weight(PostState p) internal pure returns (uint256) {
        return uint64(PostState.unwrap(p) >> 104);
    }

    function settled(PostState p) internal pure returns (bool) {
        return PostState.unwrap(p) & SETTLED != 0;
    }

    function replied(PostState p) internal pure returns (bool) {
        return PostState.unwrap(p) & REPLIED != 0;
    }

    function withVotes(PostState p, int64 net_, uint64 weight_) internal pure returns (PostState) {
        uint256 rest = PostState.unwrap(p) & ~VOTED_BITS;
        return PostState.wrap(rest | (uint256(uint64(net_)) << 40) | (uint256(weight_) << 104));
    }

    function withSettled(PostState p) internal pure returns (PostState) {
        return PostState.wrap(PostState.unwrap(p) | SETTLED);
    }

    function withReplied(PostState p) internal pure returns (PostState) {
        return PostState.wrap(PostState.unwrap(p) | REPLIED);
    }
}
