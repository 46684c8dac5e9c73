// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICore} from "../../contracts/interfaces/ICore.sol";
import {ICoreBase, Parameters} from "../../contracts/interfaces/ICoreBase.sol";
import {LaurelToken} from "../../contracts/LaurelToken.sol";
import {Test} from "./Test.sol";

/// @dev A fresh core, with accounts whose keys are addresses that act directly.
abstract contract Base is Test {
    uint256 internal constant DAY = 1 days;
    uint256 internal constant START = 1_700_000_000;
    uint256 internal constant GENESIS = 100_000_000 ether; // wei, all of it this contract's
    uint256 internal constant WEI_PER_VEST = 1e9; // wei in a micro-vest
    address internal constant TREASURY = address(0x7EA5);

    ICore internal core;
    LaurelToken internal token;

    function setUp() public virtual {
        vm.warp(START);
        core = _deploy(_parameters());
        (token, , , , , , ) = core.settings();
        token.approve(address(core), type(uint256).max);
    }

    function _parameters() internal view virtual returns (Parameters memory) {
        return
            Parameters({
                day: uint32(DAY),
                curveConstant: 0,
                seed: 1e18,
                genesisSupply: uint96(GENESIS),
                handleFee: 0,
                genesisRecipient: address(this),
                treasury: TREASURY
            });
    }

    /// @dev From the artifact: `new` would have the core compiled again for each test contract.
    function _deploy(Parameters memory p) internal returns (ICore made) {
        bytes memory code = bytes.concat(vm.getCode("LaurelCore.sol:LaurelCore"), abi.encode(p));
        assembly ("memory-safe") {
            made := create(0, add(code, 32), mload(code))
            if iszero(made) {
                returndatacopy(0, 0, returndatasize())
                revert(0, returndatasize())
            }
        }
    }

    /// @return account of `key`, an owner key that no other account has
    function _join(bytes32 handle, address key) internal returns (uint40 account) {
        ICoreBase.Registration memory r;
        (r.handle, r.ownerKey, r.deadline) = (handle, key, uint40(block.timestamp));
        vm.prank(key);
        return core.register(r, "", "");
    }

    /// @param amount wei of stake
    function _stake(uint40 account, address key, uint256 amount) internal {
        core.deposit(account, amount);
        vm.prank(key);
        core.powerUp(account, account, amount);
    }
}
