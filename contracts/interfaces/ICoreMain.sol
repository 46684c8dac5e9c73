// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountState} from "../types/AccountState.sol";
import {Key, Role} from "../types/Key.sol";
import {PostState} from "../types/PostState.sol";
import {VoteState} from "../types/VoteState.sol";
import {ICoreBase} from "./ICoreBase.sol";
import {IRelay} from "./IRelay.sol";

/// @title What the core does itself: accounts and keys, posts, votes and payouts.
interface ICoreMain is ICoreBase, IRelay {
    // ---------------------------------------------------------------- accounts and keys

    /// @notice Makes an account. Both keys prove possession; the caller needs to sign nothing. The handle fee is
    ///         burned from the LRL of the caller, or of the caller of `relay`, under an allowance to the core.
    function register(
        Registration calldata r,
        bytes calldata ownerSignature,
        bytes calldata postingSignature
    ) external returns (uint40 account);

    /// @param proof the new key's signature over AddKey, whose fields are those of `g`
    function addKey(KeyGrant calldata g, bytes calldata proof) external;

    /// @notice An owner key revokes any key of its account; any key revokes itself.
    function revokeKey(uint40 account, address key) external;

    function accountCount() external view returns (uint40);

    function accountOf(bytes32 handle) external view returns (uint40);

    function keyOf(address key) external view returns (Key);

    /// @notice Reverts unless `key` may do for `account` what needs the role: for contracts beside the core.
    function requireRole(address key, uint40 account, Role needs) external view;

    // ---------------------------------------------------------------- posts

    function post(
        uint40 account,
        bytes32 digest,
        bytes32 parent,
        uint40 community
    ) external returns (bytes32 id);

    function postState(bytes32 id) external view returns (PostState);

    // ---------------------------------------------------------------- votes

    /// @param bps -10000..10000; 0 takes an earlier vote back
    function vote(uint40 account, bytes32 id, int16 bps) external;

    /// @notice Several votes, 1 to 50. Those that come too late are passed over, with an event: a later vote on the
    ///         post stands, the post is removed, its voting over or, for a second vote, locked. Otherwise all or none.
    function voteMany(uint40 account, Ballot[] calldata ballots) external;

    /// @notice Zero before a vote and once its curation reward is claimed.
    function voteState(bytes32 id, uint40 account) external view returns (VoteState);

    // ---------------------------------------------------------------- the reward pool

    /// @notice Closes up to `n` days that are over, in order.
    /// @return closed how many
    function close(uint256 n) external returns (uint256 closed);

    /// @notice Pays the authors of posts whose cashout day is closed. Passes over those already settled.
    function settle(bytes32[] calldata ids) external;

    /// @notice Pays one voter's curation rewards on settled posts. Passes over what is already paid.
    function claimAsVoter(uint40 account, bytes32[] calldata ids) external;

    /// @notice Pays the curation rewards of many voters of one settled post.
    function claimOfPost(bytes32 id, uint40[] calldata accounts) external;

    /// @return pool wei
    /// @return recent recent claims
    /// @return nextDay the first day that is not closed (days since 1970)
    /// @return index 2^64 times the micro-vests that one micro-vest of stake has earned since genesis
    /// @return totalVests micro-vests of all stake
    /// @return virtualSupply wei; what the supply would be had all emission been minted
    function poolState()
        external
        view
        returns (
            uint96 pool,
            uint128 recent,
            uint32 nextDay,
            uint128 index,
            uint64 totalVests,
            uint128 virtualSupply
        );

    /// @return claims of the posts that cash out on `day`
    /// @return paid wei; 0 until the day is closed
    function dayState(uint256 day) external view returns (uint128 claims, uint128 paid);

    // ---------------------------------------------------------------- balance and stake

    function balanceOf(uint40 account) external view returns (uint256);

    function accountState(uint40 account) external view returns (AccountState);

    /// @return voting and downvote mana as of now, in micro-vests
    function manaOf(uint40 account) external view returns (uint256 voting, uint256 downvote);
}
