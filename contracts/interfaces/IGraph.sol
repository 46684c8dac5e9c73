// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICore} from "./ICore.sol";
import {IRelay} from "./IRelay.sol";

/// @title Who follows, mutes, reblogs and presents themselves how; and tips. Under the keys of the core.
/// @notice Follows, mutes, reblogs and profiles are events alone: the last one said stands. A direct call acts for
///         the account whose key is the caller. A key that the core refuses is refused with the core's error.
interface IGraph is IRelay {
    // ---------------------------------------------------------------- what accounts say

    event Followed(uint40 indexed account, uint40 target);
    event Unfollowed(uint40 indexed account, uint40 target);
    event Muted(uint40 indexed account, uint40 target);
    event Unmuted(uint40 indexed account, uint40 target);
    event Reblogged(uint40 indexed account, bytes32 indexed post);
    event Unreblogged(uint40 indexed account, bytes32 indexed post);
    /// @param digest sha-256 of the profile's document
    event ProfileSet(uint40 indexed account, bytes32 digest);

    function follow(uint40 account, uint40 target) external;

    function unfollow(uint40 account, uint40 target) external;

    /// @param on false to unfollow
    function followMany(uint40 account, uint40[] calldata targets, bool on) external;

    function mute(uint40 account, uint40[] calldata targets, bool on) external;

    function reblog(uint40 account, bytes32[] calldata posts, bool on) external;

    function setProfile(uint40 account, bytes32 digest) external;

    // ---------------------------------------------------------------- tips

    /// @param amount units of the token that arrived
    event Tipped(bytes32 indexed post, address indexed from, address indexed token, uint256 amount);
    event Collected(uint40 indexed account, address indexed token, address to, uint256 amount);

    error UnknownPost(bytes32 post);
    error NoTip();
    /// @dev the token refused
    error TransferFailed(address token);
    error NotEnoughTips(uint256 amount, uint256 collected);

    /// @notice Gives the author of a post `amount` of the caller's ERC-20, under an allowance. It waits here until
    ///         the author collects it, so that an account without a wallet can be tipped.
    function tip(bytes32 post, address token, uint256 amount) external;

    /// @notice Pays tips out. Needs an active key.
    function collect(uint40 account, address token, address to, uint256 amount) external;

    function tipsOf(uint40 account, address token) external view returns (uint256);

    function CORE() external view returns (ICore);
}
