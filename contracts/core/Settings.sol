// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICore, Parameters} from "../interfaces/ICore.sol";
import {LaurelToken} from "../LaurelToken.sol";

/// @dev What deployment fixes for ever.
abstract contract Settings is ICore {
    uint256 public immutable DAY;
    uint256 public immutable CURVE_CONSTANT;
    uint256 public immutable SEED;
    address public immutable TREASURY;
    uint256 public immutable GENESIS_DAY;
    LaurelToken public immutable TOKEN;

    constructor(Parameters memory p) {
        if (p.day < 60 || p.day > 7 days) revert BadParameter("day");
        if (p.seed == 0) revert BadParameter("seed");
        if (p.genesisSupply > 1e9 ether) revert BadParameter("genesisSupply");
        if (p.treasury == address(0)) revert BadParameter("treasury");
        DAY = p.day;
        CURVE_CONSTANT = p.curveConstant;
        SEED = p.seed;
        TREASURY = p.treasury;
        GENESIS_DAY = block.timestamp / p.day;
        TOKEN = new LaurelToken(p.genesisRecipient, p.genesisSupply);
    }
}
