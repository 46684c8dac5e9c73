// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Settings} from "./core/Settings.sol";
import {ExtendedActions} from "./extension/ExtendedActions.sol";
import {Parameters} from "./interfaces/ICoreBase.sol";
import {LaurelToken} from "./LaurelToken.sol";

/// @title The rare part of the core's code. It is of use only to the core, which runs it in its own storage.
contract LaurelCoreExtension is ExtendedActions {
    constructor(Parameters memory p, LaurelToken token) Settings(p, token) {}

    function settings()
        external
        view
        returns (
            LaurelToken token,
            address treasury,
            uint256 day,
            uint256 genesisDay,
            uint256 curveConstant,
            uint256 seed,
            uint256 handleFee
        )
    {
        return (TOKEN, TREASURY, DAY, GENESIS_DAY, CURVE_CONSTANT, SEED, HANDLE_FEE);
    }
}
