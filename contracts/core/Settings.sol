// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICoreBase, Parameters} from "../interfaces/ICoreBase.sol";
import {LaurelToken} from "../LaurelToken.sol";

/// @dev What deployment fixes for ever.
abstract contract Settings is ICoreBase {
    uint256 internal immutable DAY;
    uint256 internal immutable CURVE_CONSTANT;
    uint256 internal immutable SEED;
    uint256 internal immutable HANDLE_FEE;
    address internal immutable TREASURY;
    uint256 internal immutable GENESIS_DAY;
    LaurelToken internal immutable TOKEN;

    constructor(Parameters memory p, LaurelToken token) {
        if (p.day < 60 || p.day > 7 days) revert BadParameter("day");
        if (p.curveConstant > 1e18) revert BadParameter("curveConstant");
        if (p.seed == 0 || p.seed > 1e24) revert BadParameter("seed");
        if (p.genesisSupply > 1e9 ether) revert BadParameter("genesisSupply");
        if (p.handleFee > 1000 ether) revert BadParameter("handleFee");
        if (p.treasury == address(0)) revert BadParameter("treasury");
        DAY = p.day;
        CURVE_CONSTANT = p.curveConstant;
        SEED = p.seed;
        HANDLE_FEE = p.handleFee;
        TREASURY = p.treasury;
        GENESIS_DAY = block.timestamp / p.day;
        TOKEN = token;
    }
}
