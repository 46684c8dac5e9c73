// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICore} from "../../contracts/interfaces/ICore.sol";
import {ICoreBase, Parameters} from "../../contracts/interfaces/ICoreBase.sol";
import {Kinds} from "../../contracts/libraries/Kinds.sol";
import {Role} from "../../contracts/types/Key.sol";
import {Actors} from "./Actors.sol";

/// @dev What the core refuses when it is called directly, and by which name. RelayRefusals.t.sol has the rest.
contract RefusalsTest is Actors, ICoreBase {
    uint40 private constant CLOSED = uint40(NOW + 7 * DAY); // posts of NOW take no votes any more
    uint40 private constant NOBODY = 9;
    address private immutable NEW = vm.addr(FRESH);

    // ---------------------------------------------------------------- accounts and keys

    function test_registration() public {
        Registration memory r = Registration("dave", NEW, address(0), 0, 0, 0, NOW);
        r.handle = "Dave";
        _refused(r, MalformedHandle.selector, abi.encode(r.handle));
        r.handle = "ada";
        _refused(r, HandleTaken.selector, abi.encode(r.handle));
        (r.handle, r.recovery) = ("dave", NOBODY);
        _refused(r, UnknownAccount.selector, abi.encode(NOBODY));
        (r.recovery, r.deadline) = (0, NOW - 1);
        _refused(r, Expired.selector, abi.encode(NOW - 1));
        r.deadline = NOW + 1 hours + 1;
        _refused(r, DeadlineTooFar.selector, abi.encode(r.deadline));
        (r.deadline, r.ownerKey) = (NOW, address(0));
        _refused(r, NotPossessed.selector, abi.encode(address(0)));
        r.ownerKey = vm.addr(FRESH + 1); // which has not signed
        bytes memory signature = _sign(core, "another struct", FRESH + 1);
        vm.expectRevert(abi.encodeWithSelector(NotPossessed.selector, r.ownerKey));
        core.register(r, signature, "");
        r.ownerKey = vm.addr(ADA);
        vm.expectRevert(abi.encodeWithSelector(KeyTaken.selector, r.ownerKey));
        _as(ADA);
        core.register(r, "", "");
    }

    function test_aHandleFeeAboveTheMost() public {
        Parameters memory p = _parameters();
        p.handleFee = 2 ether;
        ICore costly = _deploy(p);
        Registration memory r = Registration("dave", NEW, address(0), 0, 0, 1 ether, NOW);
        vm.expectRevert(abi.encodeWithSelector(FeeTooHigh.selector, 2 ether, 1 ether));
        vm.prank(NEW);
        costly.register(r, "", "");
    }

    function test_keyGrants() public {
        KeyGrant memory g = KeyGrant(ADA, NEW, Role.None, 0, NOW);
        vm.expectRevert(abi.encodeWithSelector(BadRole.selector, 0));
        core.addKey(g, "");

        (g.role, g.expiry) = (Role.Posting, NOW);
        bytes memory proof = _sign(core, keccak256(abi.encode(Kinds.ADD_KEY_TYPEHASH, g)), FRESH);
        vm.expectRevert(abi.encodeWithSelector(BadExpiry.selector, NOW));
        _as(ADA);
        core.addKey(g, proof);
        g.expiry = 0; // which the proof does not say
        vm.expectRevert(abi.encodeWithSelector(NotPossessed.selector, NEW));
        _as(ADA);
        core.addKey(g, proof);
    }

    function test_keys() public {
        vm.expectRevert(abi.encodeWithSelector(UnknownKey.selector, NEW));
        core.requireRole(NEW, ADA, Role.Posting);
        _grant(ADA, FRESH, Role.Posting, NOW + 1);
        vm.expectRevert(
            abi.encodeWithSelector(RoleTooLow.selector, NEW, Role.Posting, Role.Active)
        );
        core.requireRole(NEW, ADA, Role.Active);
        vm.warp(NOW + 1);
        vm.expectRevert(abi.encodeWithSelector(KeyVoid.selector, NEW));
        core.requireRole(NEW, ADA, Role.Posting);
        vm.expectRevert(abi.encodeWithSelector(UnknownKey.selector, vm.addr(BOB)));
        _as(ADA);
        core.revokeKey(ADA, vm.addr(BOB));
        _as(ADA);
        core.revokeKey(ADA, NEW);
        vm.expectRevert(abi.encodeWithSelector(KeyVoid.selector, NEW));
        _as(ADA);
        core.revokeKey(ADA, NEW);
    }

    // ---------------------------------------------------------------- recovery

    function test_recovery() public {
        vm.expectRevert(abi.encodeWithSelector(UnknownAccount.selector, NOBODY));
        _as(ADA);
        core.setRecovery(ADA, NOBODY);
        vm.expectRevert(abi.encodeWithSelector(NoRecovery.selector, ADA));
        _as(BOB);
        core.requestRecovery(ADA, NEW, 0, NOW, "");
        vm.expectRevert(abi.encodeWithSelector(NoRequest.selector, ADA));
        _as(ADA);
        core.cancelRecovery(ADA);
        vm.expectRevert(abi.encodeWithSelector(NoRequest.selector, ADA));
        core.completeRecovery(ADA);
    }

    function test_recoveryTooEarly() public {
        uint40 later = _bobMayRecoverAda();
        bytes32 typehash = Kinds.REQUEST_RECOVERY_TYPEHASH;
        bytes32 structHash = keccak256(abi.encode(typehash, ADA, NEW, 0, later));
        bytes memory proof = _sign(core, structHash, FRESH);
        _as(BOB);
        core.requestRecovery(ADA, NEW, 0, later, proof);
        vm.warp(later + 3 * DAY - 1);
        vm.expectRevert(abi.encodeWithSelector(TooEarly.selector, later + 3 * DAY));
        core.completeRecovery(ADA);
        vm.warp(later + 3 * DAY);
        core.completeRecovery(ADA);
        core.requireRole(NEW, ADA, Role.Owner);
    }

    /// @dev Bob calls, so that an empty signature is his.
    function test_restoring() public {
        uint40 later = _bobMayRecoverAda();
        bytes32 structHash = keccak256(abi.encode(Kinds.RESTORE_TYPEHASH, ADA, NEW, later));
        bytes[3] memory signatures;
        vm.expectRevert(abi.encodeWithSelector(NotFormerOwner.selector, vm.addr(BOB)));
        _as(BOB);
        core.restore(ADA, NEW, later, signatures);
        signatures[0] = _sign(core, structHash, ADA);
        vm.expectRevert(abi.encodeWithSelector(NotPossessed.selector, NEW));
        _as(BOB);
        core.restore(ADA, NEW, later, signatures);
        signatures[2] = _sign(core, structHash, FRESH);
        _as(BOB);
        core.restore(ADA, NEW, later, signatures);
        core.requireRole(NEW, ADA, Role.Owner);
    }

    /// @dev A key that was owner counts for 30 DAY after it was revoked, or expired.
    function test_restoringByAFormerOwner() public {
        (uint256 expired, uint256 revoked) = (FRESH + 1, FRESH + 2);
        _grant(ADA, expired, Role.Owner, NOW + 1);
        _grant(ADA, revoked, Role.Owner, 0);
        _as(ADA);
        core.revokeKey(ADA, vm.addr(revoked));
        uint40 later = _bobMayRecoverAda();
        bytes32 structHash = keccak256(abi.encode(Kinds.RESTORE_TYPEHASH, ADA, NEW, later));
        bytes[3] memory signatures;
        signatures[0] = _sign(core, structHash, revoked);
        signatures[2] = _sign(core, structHash, FRESH);
        vm.expectRevert(abi.encodeWithSelector(NotFormerOwner.selector, vm.addr(revoked)));
        _as(BOB);
        core.restore(ADA, NEW, later, signatures);
        signatures[0] = _sign(core, structHash, expired); // a second later
        _as(BOB);
        core.restore(ADA, NEW, later, signatures);
        core.requireRole(NEW, ADA, Role.Owner);
    }

    // ---------------------------------------------------------------- posts

    function test_posts() public {
        bytes32 id = _post(ADA, "digest");
        vm.startPrank(vm.addr(ADA));
        vm.expectRevert(abi.encodeWithSelector(PostExists.selector, id));
        core.post(ADA, "digest", 0, 0);
        vm.expectRevert(abi.encodeWithSelector(UnknownParent.selector, bytes32("nothing")));
        core.post(ADA, "another", "nothing", 0);
        core.remove(ADA, id);
        vm.expectRevert(abi.encodeWithSelector(PostRemoved.selector, id));
        core.post(ADA, "another", id, 0);
        vm.expectRevert(abi.encodeWithSelector(PostRemoved.selector, id));
        core.edit(ADA, id, "another");
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(NotAuthor.selector, id, BOB));
        _as(BOB);
        core.edit(BOB, id, "another");
        vm.expectRevert(abi.encodeWithSelector(UnknownPost.selector, bytes32("nothing")));
        core.optionsOf("nothing");
    }

    function test_removals() public {
        bytes32 voted = _post(ADA, "voted");
        _vote(BOB, voted, 10_000);
        _notRemovable(voted);
        bytes32 answered = _post(ADA, "answered");
        _as(BOB);
        core.post(BOB, "answer", answered, 0);
        _notRemovable(answered);
        bytes32 old = _post(ADA, "old");
        vm.warp(CLOSED);
        _notRemovable(old);
    }

    function test_options() public {
        Options memory o = _plain();
        o.liquidBps = 5001;
        _badOptions(o, "liquidBps");
        o = _plain();
        o.beneficiaries = new Beneficiary[](9);
        _badOptions(o, "beneficiaries");
        o.beneficiaries = new Beneficiary[](2);
        o.beneficiaries[0] = Beneficiary(BOB, 9000);
        o.beneficiaries[1] = Beneficiary(BOB, 1000);
        _badOptions(o, "beneficiaries"); // not by rising account
        o.beneficiaries[1] = Beneficiary(CAROL, 0);
        _badOptions(o, "beneficiaries");
        o.beneficiaries[1] = Beneficiary(CAROL, 1001);
        _badOptions(o, "beneficiaries"); // more than all of it
        o.beneficiaries[1] = Beneficiary(NOBODY, 1000);
        vm.expectRevert(abi.encodeWithSelector(UnknownAccount.selector, NOBODY));
        _as(ADA);
        core.postWithOptions(ADA, "digest", 0, 0, o);
    }

    // ---------------------------------------------------------------- votes

    function test_votes() public {
        bytes32 id = _post(BOB, "digest");
        _refusedVote(id, 0, abi.encodeWithSelector(NothingToTakeBack.selector, id));
        _refusedVote(id, 10_001, abi.encodeWithSelector(BadWeight.selector, int16(10_001)));
        _refusedVote(id, -10_001, abi.encodeWithSelector(BadWeight.selector, int16(-10_001)));
        _refusedVote(
            "nothing",
            1,
            abi.encodeWithSelector(UnknownPost.selector, bytes32("nothing"))
        );
        _vote(ADA, id, 1);
        _refusedVote(id, 2, abi.encodeWithSelector(StaleVote.selector, NOW, NOW));
        vm.warp(CLOSED - DAY / 2);
        _refusedVote(id, 2, abi.encodeWithSelector(VoteLocked.selector, id));
        vm.warp(CLOSED);
        _refusedVote(id, 2, abi.encodeWithSelector(VotingClosed.selector, id));

        Options memory o = _plain();
        o.allowVotes = false;
        _as(BOB);
        id = core.postWithOptions(BOB, "silent", 0, 0, o);
        _refusedVote(id, 1, abi.encodeWithSelector(VotesDeclined.selector, id));
    }

    function test_manaThatIsNotThere() public {
        _as(ADA);
        core.powerDown(ADA, STAKE);
        _as(ADA);
        core.powerDown(ADA, 0); // the stake is back, its mana is not
        bytes32 id = _post(BOB, "digest");
        _refusedVote(id, 10_000, abi.encodeWithSelector(NotEnoughMana.selector, STAKE / 50, 0));
        vm.expectRevert(abi.encodeWithSelector(NotEnoughMana.selector, STAKE, 0));
        _as(ADA);
        core.delegate(ADA, BOB, STAKE);
        // A vote against leaves voting mana, and takes downvote mana that would have to go along.
        _vote(CAROL, id, -10_000);
        uint256 left = STAKE / 4 - STAKE / 50;
        vm.expectRevert(abi.encodeWithSelector(NotEnoughMana.selector, STAKE / 4, left));
        _as(CAROL);
        core.delegate(CAROL, BOB, STAKE);
    }

    function test_ballotsThatComeTooLateArePassedOver() public {
        bytes32 closed = _post(BOB, "closed");
        vm.warp(NOW + DAY / 4);
        bytes32 locked = _post(BOB, "locked");
        _vote(ADA, locked, 1);
        vm.warp(CLOSED);
        bytes32 removed = _post(BOB, "removed");
        _as(BOB);
        core.remove(BOB, removed);
        bytes32 voted = _post(BOB, "voted");
        _vote(ADA, voted, 1);
        Ballot[] memory ballots = new Ballot[](5);
        (ballots[0], ballots[1]) = (Ballot(closed, 1), Ballot(locked, 1));
        (ballots[2], ballots[3]) = (Ballot(removed, 1), Ballot(voted, 1));
        ballots[4] = Ballot(_post(BOB, "fresh"), 1);
        _passedOver(closed, VotingClosed.selector);
        _passedOver(locked, VoteLocked.selector);
        _passedOver(removed, PostRemoved.selector);
        _passedOver(voted, StaleVote.selector);
        _as(ADA);
        core.voteMany(ADA, ballots);
        vm.assertEq(core.voteState(ballots[4].post, ADA).signedAt(), CLOSED);

        ballots[4].post = "nothing"; // fails them all
        vm.expectRevert(abi.encodeWithSelector(UnknownPost.selector, bytes32("nothing")));
        _as(ADA);
        core.voteMany(ADA, ballots);
        for (uint256 size = 0; size <= 51; size += 51) {
            vm.expectRevert(abi.encodeWithSelector(BadBatch.selector, size));
            _as(ADA);
            core.voteMany(ADA, new Ballot[](size));
        }
    }

    // ---------------------------------------------------------------- payouts

    function test_payouts() public {
        bytes32[] memory ids = new bytes32[](1);
        ids[0] = _post(ADA, "digest");
        uint256 cashout = CLOSED / DAY;
        vm.expectRevert(abi.encodeWithSelector(DayOpen.selector, cashout));
        core.payoutOf(ids[0]);
        vm.expectRevert(abi.encodeWithSelector(DayOpen.selector, cashout));
        core.settle(ids);
        vm.expectRevert(abi.encodeWithSelector(NotSettled.selector, ids[0]));
        core.claimAsVoter(ADA, ids);
        vm.warp(START + 14 * DAY);
        vm.expectRevert(abi.encodeWithSelector(CloseFirst.selector, 14));
        core.settle(ids);
        vm.assertEq(core.close(100), 14);
        core.settle(ids);
        vm.assertTrue(core.postState(ids[0]).settled());
        core.claimAsVoter(ADA, ids); // nothing, since she has not voted
        vm.assertEq(core.stakeState(ADA).own(), STAKE);
    }

    // ---------------------------------------------------------------- balance and stake

    function test_balances() public {
        vm.expectRevert(abi.encodeWithSelector(UnknownAccount.selector, NOBODY));
        core.deposit(NOBODY, 1);
        vm.expectRevert(abi.encodeWithSelector(UnknownAccount.selector, 0));
        core.deposit(0, 1);
        vm.startPrank(vm.addr(ADA));
        vm.expectRevert(abi.encodeWithSelector(BadRecipient.selector, address(0)));
        core.withdraw(ADA, address(0), 1);
        vm.expectRevert(abi.encodeWithSelector(BadRecipient.selector, core));
        core.withdraw(ADA, address(core), 1);
        vm.expectRevert(abi.encodeWithSelector(NotEnoughBalance.selector, BALANCE + 1, BALANCE));
        core.withdraw(ADA, NEW, BALANCE + 1);
        vm.expectRevert(abi.encodeWithSelector(AmountTooSmall.selector, 0));
        core.transfer(ADA, BOB, 0, 0);
    }

    function test_stake() public {
        vm.startPrank(vm.addr(ADA));
        vm.expectRevert(abi.encodeWithSelector(AmountTooSmall.selector, WEI_PER_VEST - 1));
        core.powerUp(ADA, ADA, WEI_PER_VEST - 1);
        vm.expectRevert(abi.encodeWithSelector(NotEnoughStake.selector, STAKE + 1, STAKE));
        core.powerDown(ADA, STAKE + 1);
        vm.expectRevert(abi.encodeWithSelector(SelfDelegation.selector, ADA));
        core.delegate(ADA, ADA, 1);
        core.delegate(ADA, BOB, 1);
        vm.expectRevert(abi.encodeWithSelector(NotEnoughStake.selector, STAKE, STAKE - 1));
        core.delegate(ADA, CAROL, STAKE);
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(NothingDue.selector, ADA));
        core.releasePowerDown(ADA);
        vm.expectRevert(abi.encodeWithSelector(NothingDue.selector, ADA));
        core.completeReturn(ADA);
        core.close(5);
        uint256 reward = core.stakeRewardOf(ADA);
        core.claimStakeReward(ADA);
        vm.assertGt(reward, 0);
        vm.assertEq(core.balanceOf(ADA), BALANCE + reward);
        vm.expectRevert(abi.encodeWithSelector(NothingDue.selector, ADA));
        core.claimStakeReward(ADA);
    }

    // ---------------------------------------------------------------- how

    function _refused(Registration memory r, bytes4 name, bytes memory arguments) private {
        vm.expectRevert(bytes.concat(name, arguments));
        vm.prank(NEW);
        core.register(r, "", "");
    }

    function _bobMayRecoverAda() private returns (uint40 later) {
        _as(ADA);
        core.setRecovery(ADA, BOB);
        later = uint40(NOW + 30 * DAY);
        vm.warp(later);
    }

    function _notRemovable(bytes32 id) private {
        vm.expectRevert(abi.encodeWithSelector(NotRemovable.selector, id));
        _as(ADA);
        core.remove(ADA, id);
    }

    function _badOptions(Options memory o, bytes32 field) private {
        vm.expectRevert(abi.encodeWithSelector(BadOptions.selector, field));
        _as(ADA);
        core.postWithOptions(ADA, "digest", 0, 0, o);
    }

    function _vote(uint40 account, bytes32 id, int16 bps) private {
        _as(account);
        core.vote(account, id, bps);
    }

    function _refusedVote(bytes32 id, int16 bps, bytes memory reason) private {
        vm.expectRevert(reason);
        _vote(ADA, id, bps);
    }

    function _passedOver(bytes32 id, bytes4 reason) private {
        vm.expectEmit(address(core));
        emit BallotSkipped(id, ADA, reason);
    }
}
