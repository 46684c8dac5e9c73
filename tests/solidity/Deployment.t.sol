// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICore} from "../../contracts/interfaces/ICore.sol";
import {ICoreBase, Parameters} from "../../contracts/interfaces/ICoreBase.sol";
import {LaurelToken} from "../../contracts/LaurelToken.sol";
import {Base} from "./Base.t.sol";

contract DeploymentTest is Base {
    function deploy(Parameters memory p) external returns (ICore) {
        return _deploy(p);
    }

    function test_genesisIsAllThatExists() public view {
        vm.assertEq(token.totalSupply(), GENESIS);
        vm.assertEq(token.balanceOf(address(this)), GENESIS);
        vm.assertEq(token.minter(), address(core));
    }

    function testFuzz_onlyTheCoreMints(address caller) public {
        vm.assume(caller != address(core));
        vm.expectRevert(abi.encodeWithSelector(LaurelToken.NotMinter.selector, caller));
        vm.prank(caller);
        token.mint(caller, 1);
    }

    function testFuzz_parametersInBoundsAreTaken(Parameters memory p) public {
        p.day = uint32(bound(p.day, 60, 7 days));
        p.curveConstant = uint128(bound(p.curveConstant, 0, 1e18));
        p.seed = uint128(bound(p.seed, 1, 1e24));
        p.genesisSupply = uint96(bound(p.genesisSupply, 0, 1e9 ether));
        p.handleFee = uint96(bound(p.handleFee, 0, 1000 ether));
        vm.assume(p.genesisRecipient != address(0) && p.treasury != address(0));
        (
            LaurelToken token_,
            address treasury,
            uint256 day,
            uint256 genesisDay,
            uint256 curveConstant,
            uint256 seed,
            uint256 handleFee
        ) = _deploy(p).settings();
        vm.assertEq(token_.balanceOf(p.genesisRecipient), p.genesisSupply);
        vm.assertEq(treasury, p.treasury);
        vm.assertEq(day, p.day);
        vm.assertEq(genesisDay, START / p.day);
        vm.assertEq(curveConstant, p.curveConstant);
        vm.assertEq(seed, p.seed);
        vm.assertEq(handleFee, p.handleFee);
    }

    function testFuzz_aParameterOutOfBoundsIsNamed(uint256 which, uint256 by) public {
        Parameters memory p = _parameters();
        which = bound(which, 0, 6);
        bytes32 name;
        if (which == 0) (name, p.day) = ("day", uint32(bound(by, 0, 59)));
        if (which == 1) (name, p.day) = ("day", uint32(bound(by, 7 days + 1, type(uint32).max)));
        if (which == 2) (name, p.curveConstant) = ("curveConstant", _over(1e18, by));
        if (which == 3) (name, p.seed) = ("seed", by % 2 == 0 ? 0 : _over(1e24, by));
        if (which == 4) (name, p.genesisSupply) = ("genesisSupply", uint96(_over(1e27, by)));
        if (which == 5) (name, p.handleFee) = ("handleFee", uint96(_over(1e21, by)));
        if (which == 6) (name, p.treasury) = ("treasury", address(0));
        vm.expectRevert(abi.encodeWithSelector(ICoreBase.BadParameter.selector, name));
        this.deploy(p);
    }

    function test_genesisNeedsARecipient() public {
        Parameters memory p = _parameters();
        p.genesisRecipient = address(0);
        vm.expectRevert(); // the token may be the first to refuse
        this.deploy(p);
    }

    function test_stakeArrivesEmptyAndIsFullAfterFiveDays() public {
        address key = address(0xADA);
        uint40 ada = _join("ada", key);
        _stake(ada, key, 1_000 ether);
        (uint256 voting, ) = core.manaOf(ada);
        vm.assertEq(voting, 0);
        vm.warp(START + 5 * DAY);
        (voting, ) = core.manaOf(ada);
        vm.assertEq(voting, 1_000 ether / WEI_PER_VEST);
    }

    function test_theStakersPartIsNotMintedWhileNobodyHasStake() public {
        vm.warp(START + DAY);
        core.close(1);
        (, , , uint128 index, , ) = core.poolState();
        vm.assertEq(index, 0);
        vm.assertEq(token.balanceOf(address(core)), 0);
        vm.assertGt(token.balanceOf(TREASURY), 0);
    }

    /// @return more than `most`, and below 2^96
    function _over(uint128 most, uint256 by) private pure returns (uint128) {
        return uint128(bound(by, most + 1, type(uint96).max));
    }
}
