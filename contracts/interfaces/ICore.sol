// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICoreExtension} from "./ICoreExtension.sol";
import {ICoreMain} from "./ICoreMain.sol";

/// @title Laurel's core: accounts, keys, relay, posts, votes, the reward pool and stake.
/// @notice Everything is called at the core's address. A direct call acts for the account whose key is the
///         caller. Periods are half-open: [start, end).
interface ICore is ICoreMain, ICoreExtension {}
