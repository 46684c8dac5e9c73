// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Settings} from "./core/Settings.sol";
import {ExtendedActions} from "./extension/ExtendedActions.sol";
import {Parameters} from "./interfaces/ICoreBase.sol";
import {LaurelToken} from "./LaurelToken.sol";

/// @title The rare part of the core's code. It is of use only to the core, which runs it in its own storage.
contract LaurelCoreExtension is ExtendedActions {
    constructor(Parameters memory p, LaurelToken token) Settings(p, token) {}
}
