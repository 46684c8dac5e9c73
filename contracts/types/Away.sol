// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice What of an account's own stake does not vote for it: two slots.
/// @param delegated micro-vests lent to others
/// @param returning micro-vests taken back and on their way
/// @param returnAt seconds; when they may return
/// @param leaving micro-vests powering down
/// @param part micro-vests of each release
/// @param dueAt seconds; of the next release
struct Away {
    uint64 delegated;
    uint64 returning;
    uint40 returnAt;
    uint64 leaving;
    uint64 part;
    uint40 dueAt;
}
