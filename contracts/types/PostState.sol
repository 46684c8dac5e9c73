// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice The slot of a post. Its author is in its id.
///
///   bits   0..39   createdAt     seconds
///   bits  40..103  net           net rshares, signed
///   bits 104..167  weight        sum of the curation weights of its votes
///   bits 168..231  curation      micro-vests for the curators in all, once settled
///   bit  232       settled
///   bit  233       replied       a comment has named it as its parent
///   bit  234       removed
///   bit  235       votesDeclined
///   bit  236       curationDeclined
///   bit  237       hasOptions    a payout cap, another liquid share or beneficiaries are stored
type PostState is uint256;

using PostStateLib for PostState global;

library PostStateLib {
    uint256 private constant SETTLED = 1 << 232;
    uint256 private constant REPLIED = 1 << 233;
    uint256 private constant REMOVED = 1 << 234;
    uint256 private constant VOTES_DECLINED = 1 << 235;
    uint256 private constant CURATION_DECLINED = 1 << 236;
    uint256 private constant HAS_OPTIONS = 1 << 237;
    uint256 private constant VOTED_BITS = ((1 << 128) - 1) << 40;

    function created(uint256 time) internal pure returns (PostState) {
        return PostState.wrap(time);
    }

    function withOptions(
        PostState p,
        bool allowVotes,
        bool allowCurationRewards,
        bool stored
    ) internal pure returns (PostState) {
        uint256 flags = PostState.unwrap(p);
        if (!allowVotes) flags |= VOTES_DECLINED;
        if (!allowCurationRewards) flags |= CURATION_DECLINED;
        if (stored) flags |= HAS_OPTIONS;
        return PostState.wrap(flags);
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

    function curation(PostState p) internal pure returns (uint256) {
        return uint64(PostState.unwrap(p) >> 168);
    }

    function settled(PostState p) internal pure returns (bool) {
        return PostState.unwrap(p) & SETTLED != 0;
    }

    function replied(PostState p) internal pure returns (bool) {
        return PostState.unwrap(p) & REPLIED != 0;
    }

    function removed(PostState p) internal pure returns (bool) {
        return PostState.unwrap(p) & REMOVED != 0;
    }

    function votesDeclined(PostState p) internal pure returns (bool) {
        return PostState.unwrap(p) & VOTES_DECLINED != 0;
    }

    function curationDeclined(PostState p) internal pure returns (bool) {
        return PostState.unwrap(p) & CURATION_DECLINED != 0;
    }

    function hasOptions(PostState p) internal pure returns (bool) {
        return PostState.unwrap(p) & HAS_OPTIONS != 0;
    }

    function withVotes(PostState p, int64 net_, uint64 weight_) internal pure returns (PostState) {
        uint256 rest = PostState.unwrap(p) & ~VOTED_BITS;
        return PostState.wrap(rest | (uint256(uint64(net_)) << 40) | (uint256(weight_) << 104));
    }

    function withSettled(PostState p, uint64 curation_) internal pure returns (PostState) {
        return PostState.wrap(PostState.unwrap(p) | SETTLED | (uint256(curation_) << 168));
    }

    function withReplied(PostState p) internal pure returns (PostState) {
        return PostState.wrap(PostState.unwrap(p) | REPLIED);
    }

    function withRemoved(PostState p) internal pure returns (PostState) {
        return PostState.wrap(PostState.unwrap(p) | REMOVED);
    }
}
