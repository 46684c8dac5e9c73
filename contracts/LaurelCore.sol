// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Parameters} from "./interfaces/ICore.sol";
import {Pool} from "./core/Pool.sol";
import {Relay} from "./core/Relay.sol";
import {Settings} from "./core/Settings.sol";

/// @title Laurel's core. No owner, no upgrade, no pause.
contract LaurelCore is Relay {
    constructor(Parameters memory p) Settings(p) Pool(p) {}
}
