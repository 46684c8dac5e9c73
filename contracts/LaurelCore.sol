// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Settings} from "./core/Settings.sol";
import {Parameters} from "./interfaces/ICoreBase.sol";
import {LaurelCoreExtension} from "./LaurelCoreExtension.sol";
import {LaurelToken} from "./LaurelToken.sol";
import {Actions} from "./main/Actions.sol";

/// @title Laurel's core. No owner, no upgrade, no pause.
/// @notice What is rare runs from the extension's code in the core's storage, because a contract holds 24,576
///         bytes; interfaces/ICore.sol has all functions. The extension is made here, once, for ever.
contract LaurelCore is Actions {
    using SafeCast for uint256;

    address public immutable EXTENSION;

    constructor(
        Parameters memory p
    ) Settings(p, new LaurelToken(p.genesisRecipient, p.genesisSupply)) {
        _reserve = Reserve(0, p.seed, GENESIS_DAY.toUint32(), 0, 0, p.genesisSupply);
        EXTENSION = address(new LaurelCoreExtension(p, TOKEN));
    }

    fallback() external {
        _extend();
    }

    function _extend() internal override {
        address extension = EXTENSION;
        assembly ("memory-safe") {
            let free := mload(0x40)
            calldatacopy(free, 0, calldatasize())
            let done := delegatecall(gas(), extension, free, calldatasize(), 0, 0)
            returndatacopy(free, 0, returndatasize())
            if iszero(done) {
                revert(free, returndatasize())
            }
            return(free, returndatasize())
        }
    }
}
