// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Parameters} from "../../../contracts/interfaces/ICoreBase.sol";
import {IGraph} from "../../../contracts/interfaces/IGraph.sol";
import {RewardMath} from "../../../contracts/libraries/RewardMath.sol";
import {AccountState} from "../../../contracts/types/AccountState.sol";
import {Away} from "../../../contracts/types/Away.sol";
import {PostState} from "../../../contracts/types/PostState.sol";
import {Base} from "../Base.t.sol";
import {Handler} from "./Handler.sol";

/// @dev What contracts/README.md says of the contracts holds after every action of every sequence.
contract InvariantsTest is Base {
    struct Target {
        address addr;
        bytes4[] selectors;
    }

    uint256 private constant HANDLE_FEE = 1 ether;

    IGraph private graph;
    Handler private handler;

    function setUp() public override {
        super.setUp();
        bytes memory code = vm.getCode("LaurelGraph.sol:LaurelGraph");
        code = bytes.concat(code, abi.encode(core));
        address made;
        assembly ("memory-safe") {
            made := create(0, add(code, 32), mload(code))
        }
        graph = IGraph(made);
        handler = new Handler(core, graph);
        token.transfer(address(handler), GENESIS);
        handler.begin();
    }

    /// @dev A curve that is not linear, and a seed small enough for votes to be paid.
    function _parameters() internal view override returns (Parameters memory p) {
        p = super._parameters();
        (p.curveConstant, p.seed, p.handleFee) = (2e12, 1e15, uint96(HANDLE_FEE));
    }

    // ---------------------------------------------------------------- what is called

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function targetSelectors() external view returns (Target[] memory targets) {
        targets = new Target[](1);
        targets[0] = Target(address(handler), _actions());
    }

    function _actions() private view returns (bytes4[] memory actions) {
        bytes4[35] memory all = handler.actions();
        actions = new bytes4[](all.length);
        for (uint256 i = 0; i < all.length; ++i) actions[i] = all[i];
    }

    /// @dev Else the invariants might hold of nothing: in sequences as long as theirs, each action succeeds.
    function test_everyActionSucceeds() public {
        bytes4[] memory actions = _actions();
        bool[] memory done = new bool[](actions.length);
        uint256 missing = actions.length;
        uint256 dice = START;
        for (uint256 run = 0; run < 5 && missing != 0; ++run) {
            setUp();
            for (uint256 i = 0; i < 100; ++i) {
                dice = uint256(keccak256(abi.encode(dice)));
                uint256 which = dice % actions.length;
                (bool success, ) = address(handler).call(
                    abi.encodeWithSelector(actions[which], dice >> 64, dice >> 128, dice >> 192)
                );
                if (success && !done[which]) --missing;
                done[which] = done[which] || success;
            }
        }
        for (uint256 i = 0; i < actions.length; ++i) vm.assertTrue(done[i], vm.toString(i));
    }

    /// @dev All of them in one campaign: the sequences cost more than what is asked of each state.
    function invariant_all() public view {
        mintedIsGenesisAndEmissionAtMost();
        theCoreHoldsWhatItOwes();
        theGraphHoldsTheTips();
        aDayPaysNoMoreThanItHas();
        curatorsAreNotPaidMoreThanTheirPart();
        aSettledPostStays();
        aClosedDayStays();
        stakeHasFourParts();
        manaFitsItsBar();
        noStakeVotesForTwo();
        oneStakeVotesWithOneBar();
        noVoidOrLesserKeyActs();
        noMessageServesTwice();
    }

    // ---------------------------------------------------------------- supply

    function mintedIsGenesisAndEmissionAtMost() public view {
        (, , uint256 nextDay, , , uint256 virtualSupply) = core.poolState();
        uint256 supply = GENESIS;
        for (uint256 n = 0; n < nextDay - START / DAY; ++n) {
            supply += RewardMath.emissionDown(supply, n);
        }
        vm.assertEq(virtualSupply, supply, "virtual supply");
        uint256 minted = token.totalSupply() + core.accountCount() * HANDLE_FEE;
        vm.assertLe(minted, supply, "minted");
    }

    function theCoreHoldsWhatItOwes() public view {
        uint256 owed;
        for (uint40 account = 1; account <= core.accountCount(); ++account) {
            owed += core.balanceOf(account) + core.stakeRewardOf(account);
            owed += core.stakeState(account).own() * WEI_PER_VEST;
        }
        vm.assertLe(owed, token.balanceOf(address(core)), "held by the core");
    }

    function theGraphHoldsTheTips() public view {
        uint256 owed;
        for (uint40 account = 1; account <= core.accountCount(); ++account) {
            owed += graph.tipsOf(account, address(token));
        }
        vm.assertLe(owed, token.balanceOf(address(graph)), "held by the graph");
    }

    // ---------------------------------------------------------------- payouts

    function aDayPaysNoMoreThanItHas() public view {
        uint256[] memory all = handler.cashoutDays();
        for (uint256 i = 0; i < all.length; ++i) {
            (, uint256 paid) = core.dayState(all[i]);
            vm.assertLe(handler.paidOn(all[i]), paid, "paid of a day");
        }
    }

    function curatorsAreNotPaidMoreThanTheirPart() public view {
        bytes32[] memory all = handler.settledPosts();
        for (uint256 i = 0; i < all.length; ++i) {
            uint256 curation = core.postState(all[i]).curation();
            vm.assertLe(handler.claimedOf(all[i]), curation, "claimed of a post");
        }
    }

    function aClosedDayStays() public view {
        uint256 open = handler.noted();
        uint256[] memory all = handler.cashoutDays();
        for (uint256 i = 0; i < all.length && all[i] < open; ++i) {
            bool same = handler.day(all[i]) == handler.closedAs(all[i]);
            vm.assertTrue(same, "a closed day");
        }
    }

    function aSettledPostStays() public view {
        bytes32[] memory all = handler.settledPosts();
        for (uint256 i = 0; i < all.length; ++i) {
            // Later it may still be replied to.
            PostState p = core.postState(all[i]).withReplied();
            PostState then = handler.settledAs(all[i]).withReplied();
            vm.assertEq(PostState.unwrap(p), PostState.unwrap(then), "a settled post");
        }
    }

    // ---------------------------------------------------------------- stake

    function stakeHasFourParts() public view {
        uint40 count = core.accountCount();
        uint256[] memory received = new uint256[](count + 1);
        for (uint40 from = 1; from <= count; ++from) {
            uint256 lent;
            for (uint40 to = 1; to <= count; ++to) {
                uint256 vests = core.delegationOf(from, to);
                (lent, received[to]) = (lent + vests, received[to] + vests);
            }
            vm.assertEq(lent, core.awayOf(from).delegated, "delegated");
        }
        for (uint40 account = 1; account <= count; ++account) {
            Away memory away = core.awayOf(account);
            uint256 own = core.stakeState(account).own();
            uint256 elsewhere = uint256(away.delegated) + away.returning + away.leaving;
            vm.assertLe(elsewhere, own, "parts of own stake");
            uint256 effective = core.accountState(account).effective();
            vm.assertEq(effective, own - elsewhere + received[account], "effective");
        }
    }

    function manaFitsItsBar() public view {
        for (uint40 account = 1; account <= core.accountCount(); ++account) {
            AccountState state = core.accountState(account);
            (uint256 voting, uint256 downvote) = core.manaOf(account);
            vm.assertLe(state.mana(), state.effective(), "mana");
            vm.assertLe(state.downMana(), state.effective() / 4, "downvote mana");
            vm.assertLe(voting, state.effective(), "mana now");
            vm.assertLe(downvote, state.effective() / 4, "downvote mana now");
        }
    }

    function noStakeVotesForTwo() public view {
        uint256 own;
        uint256 effective;
        uint256 away;
        for (uint40 account = 1; account <= core.accountCount(); ++account) {
            own += core.stakeState(account).own();
            effective += core.accountState(account).effective();
            away += core.awayOf(account).returning;
            away += core.awayOf(account).leaving;
        }
        vm.assertEq(effective, own - away, "all effective stake");
        (, , , , uint256 totalVests, ) = core.poolState();
        vm.assertEq(totalVests, own, "totalVests");
    }

    /// @dev See Handler.potential. What rounding may add is less than one micro-vest for each number in it.
    function oneStakeVotesWithOneBar() public view {
        int256 rounding = int256(uint256(core.accountCount())) * 3 * 4 * int256(DAY);
        int256 rise = handler.potential() - handler.leastPotential();
        vm.assertTrue(rise <= rounding, "a stake has voted twice");
    }

    // ---------------------------------------------------------------- keys and messages

    function noVoidOrLesserKeyActs() public view {
        vm.assertTrue(!handler.intruded(), "a key did what it may not");
    }

    function noMessageServesTwice() public view {
        vm.assertTrue(!handler.replayed(), "a message served twice");
    }
}
