// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICoreBase} from "../../contracts/interfaces/ICoreBase.sol";
import {IGraph} from "../../contracts/interfaces/IGraph.sol";
import {IRelay, Signed} from "../../contracts/interfaces/IRelay.sol";
import {GraphKinds} from "../../contracts/libraries/GraphKinds.sol";
import {Kinds} from "../../contracts/libraries/Kinds.sol";
import {Role} from "../../contracts/types/Key.sol";
import {Actors} from "./Actors.sol";

/// @dev Each kind of signed action does what it says when somebody else relays it, and nothing the second time.
contract RelayedTest is Actors, ICoreBase {
    uint256 private constant NONCE = 300; // in the second word
    uint40 private constant LATER = uint40(NOW + 30 * DAY); // a new recovery account may act
    address private immutable NEW = vm.addr(FRESH);

    // ---------------------------------------------------------------- accounts and keys

    function test_register() public {
        (bytes32 handle, address posting) = ("dave", vm.addr(FRESH + 1));
        bytes memory fields = abi.encode(NEW, posting, LATER, ADA, 0, NOW);
        bytes32 structHash = keccak256(
            bytes.concat(Kinds.REGISTER_TYPEHASH, keccak256("dave"), fields)
        );
        bytes memory proof = _sign(core, structHash, FRESH + 1);
        bytes memory action = bytes.concat(handle, fields, proof);
        _once(
            core,
            Signed(Kinds.REGISTER, action, _sign(core, structHash, FRESH)),
            HandleTaken.selector
        );
        vm.assertEq(core.accountOf(handle), 4);
        vm.assertEq(core.handleOf(4), handle);
        (uint40 recovery, , ) = core.recoveryOf(4);
        vm.assertEq(recovery, ADA);
        core.requireRole(NEW, 4, Role.Owner);
        core.requireRole(posting, 4, Role.Posting);
        vm.assertEq(core.keyOf(posting).expiry(), LATER);
    }

    function test_addKey() public {
        bytes memory fields = abi.encode(ADA, NEW, Role.Active, LATER, NOW);
        Signed memory s = _of(Kinds.ADD_KEY, Kinds.ADD_KEY_TYPEHASH, fields);
        s.action = bytes.concat(fields, _proof(Kinds.ADD_KEY_TYPEHASH, fields));
        _once(core, s, KeyTaken.selector);
        core.requireRole(NEW, ADA, Role.Active);
        vm.assertEq(core.keyOf(NEW).expiry(), LATER);
    }

    function test_revokeKey() public {
        _grant(ADA, FRESH, Role.Posting, 0);
        bytes memory action = abi.encode(ADA, NEW, NOW);
        _once(core, _of(Kinds.REVOKE_KEY, Kinds.REVOKE_KEY_TYPEHASH, action), KeyVoid.selector);
        vm.assertEq(core.keyOf(NEW).revokedAt(), NOW);
    }

    // ---------------------------------------------------------------- recovery

    function test_setRecovery() public {
        bytes memory action = abi.encode(ADA, BOB, NONCE, NOW);
        _guarded(Kinds.SET_RECOVERY, Kinds.SET_RECOVERY_TYPEHASH, action);
        (uint40 recovery, uint40 next, uint40 effectiveAt) = core.recoveryOf(ADA);
        vm.assertEq(recovery, 0);
        vm.assertEq(next, BOB);
        vm.assertEq(effectiveAt, LATER);
    }

    function test_requestRecovery() public {
        _recovers(ADA, BOB);
        bytes memory fields = abi.encode(BOB, NEW, NONCE, LATER);
        Signed memory s = _of(Kinds.REQUEST_RECOVERY, Kinds.REQUEST_RECOVERY_TYPEHASH, fields);
        s.action = bytes.concat(fields, _proof(Kinds.REQUEST_RECOVERY_TYPEHASH, fields));
        _once(core, s, NonceUsed.selector);
        (address newOwner, uint40 readyAt) = core.recoveryRequestOf(BOB);
        vm.assertEq(newOwner, NEW);
        vm.assertEq(readyAt, LATER + 3 * DAY);
    }

    function test_cancelRecovery() public {
        _recovers(BOB, ADA);
        bytes memory fields = abi.encode(ADA, NEW, NONCE, LATER);
        bytes memory proof = _proof(Kinds.REQUEST_RECOVERY_TYPEHASH, fields);
        _as(BOB);
        core.requestRecovery(ADA, NEW, NONCE, LATER, proof);
        bytes memory action = abi.encode(ADA, NONCE, LATER);
        _guarded(Kinds.CANCEL_RECOVERY, Kinds.CANCEL_RECOVERY_TYPEHASH, action);
        (, uint40 readyAt) = core.recoveryRequestOf(ADA);
        vm.assertEq(readyAt, 0);
    }

    function test_restore() public {
        _recovers(BOB, ADA);
        bytes memory fields = abi.encode(ADA, NEW, LATER);
        bytes32 structHash = keccak256(bytes.concat(Kinds.RESTORE_TYPEHASH, fields));
        bytes[3] memory signatures;
        signatures[0] = _sign(core, structHash, ADA);
        signatures[1] = _sign(core, structHash, BOB);
        signatures[2] = _sign(core, structHash, FRESH);
        bytes memory action = bytes.concat(fields, abi.encode(signatures));
        _once(core, Signed(Kinds.RESTORE, action, ""), KeyTaken.selector);
        core.requireRole(NEW, ADA, Role.Owner);
        vm.expectRevert(abi.encodeWithSelector(KeyVoid.selector, vm.addr(ADA)));
        core.requireRole(vm.addr(ADA), ADA, Role.Posting);
    }

    // ---------------------------------------------------------------- posts

    function test_post() public {
        bytes32 parent = _post(BOB, "parent");
        bytes memory action = abi.encode(ADA, bytes32("digest"), parent, CAROL, NOW);
        _once(core, _of(Kinds.POST, Kinds.POST_TYPEHASH, action), PostExists.selector);
        bytes32 id = _idOf(ADA, "digest");
        vm.assertEq(core.postState(id).createdAt(), NOW);
        vm.assertTrue(core.postState(parent).replied());
        vm.assertEq(keccak256(abi.encode(core.optionsOf(id))), keccak256(abi.encode(_plain())));
    }

    function test_postWithOptions() public {
        Options memory o = _plain();
        (o.maxAcceptedPayout, o.liquidBps, o.allowCurationRewards) = (7 ether, 2500, false);
        o.beneficiaries = new Beneficiary[](2);
        o.beneficiaries[0] = Beneficiary(BOB, 1000);
        o.beneficiaries[1] = Beneficiary(CAROL, 9000);
        bytes memory action = abi.encode(
            ADA,
            bytes32("digest"),
            bytes32(0),
            BOB,
            o.maxAcceptedPayout,
            o.liquidBps,
            o.allowVotes,
            o.allowCurationRewards,
            o.beneficiaries,
            NOW
        );
        bytes memory signature = _sign(core, _hashOf(ADA, "digest", BOB, o, NOW), ADA);
        _once(core, Signed(Kinds.POST_WITH_OPTIONS, action, signature), PostExists.selector);
        bytes32 id = _idOf(ADA, "digest");
        vm.assertEq(keccak256(abi.encode(core.optionsOf(id))), keccak256(abi.encode(o)));
    }

    function test_edit() public {
        bytes32 id = _post(ADA, "digest");
        bytes memory action = abi.encode(ADA, id, bytes32("another"), NONCE, NOW);
        vm.expectEmit(address(core));
        emit Edited(id, "another");
        _guarded(Kinds.EDIT, Kinds.EDIT_TYPEHASH, action);
    }

    function test_remove() public {
        bytes32 id = _post(ADA, "digest");
        bytes memory action = abi.encode(ADA, id, NOW);
        _once(core, _of(Kinds.REMOVE, Kinds.REMOVE_TYPEHASH, action), PostRemoved.selector);
        vm.assertTrue(core.postState(id).removed());
    }

    // ---------------------------------------------------------------- votes

    function test_vote() public {
        bytes32 id = _post(BOB, "digest");
        bytes memory action = abi.encode(ADA, id, int16(-10_000), NOW - 60);
        _once(core, _of(Kinds.VOTE, Kinds.VOTE_TYPEHASH, action), StaleVote.selector);
        vm.assertEq(core.voteState(id, ADA).signedAt(), NOW - 60);
        vm.assertTrue(core.postState(id).net() < 0);
    }

    /// @dev The second time each ballot is passed over, so the action fails at none.
    function test_votes() public {
        Ballot[] memory ballots = new Ballot[](2);
        ballots[0] = Ballot(_post(BOB, "one"), 5_000);
        ballots[1] = Ballot(_post(BOB, "two"), -5_000);
        bytes memory signature = _sign(core, _hashOfVotes(ADA, ballots, NOW), ADA);
        Signed memory s = Signed(Kinds.VOTES, abi.encode(ADA, ballots, NOW), signature);
        _relay(core, s);
        vm.assertTrue(core.postState(ballots[0].post).net() > 0);
        vm.assertTrue(core.postState(ballots[1].post).net() < 0);
        (uint256 voting, uint256 downvote) = core.manaOf(ADA);
        vm.expectEmit(address(core));
        emit BallotSkipped(ballots[0].post, ADA, StaleVote.selector);
        vm.expectEmit(address(core));
        emit BallotSkipped(ballots[1].post, ADA, StaleVote.selector);
        _relay(core, s);
        (uint256 votingAfter, uint256 downvoteAfter) = core.manaOf(ADA);
        vm.assertEq(votingAfter, voting);
        vm.assertEq(downvoteAfter, downvote);
    }

    // ---------------------------------------------------------------- balance and stake

    function test_transfer() public {
        bytes memory action = abi.encode(ADA, BOB, 3 ether, bytes32("memo"), NONCE, NOW);
        vm.expectEmit(address(core));
        emit Transferred(ADA, BOB, 3 ether, "memo");
        _guarded(Kinds.TRANSFER, Kinds.TRANSFER_TYPEHASH, action);
        vm.assertEq(core.balanceOf(ADA), BALANCE - 3 ether);
        vm.assertEq(core.balanceOf(BOB), BALANCE + 3 ether);
    }

    function test_withdraw() public {
        bytes memory action = abi.encode(ADA, NEW, 3 ether, NONCE, NOW);
        _guarded(Kinds.WITHDRAW, Kinds.WITHDRAW_TYPEHASH, action);
        vm.assertEq(core.balanceOf(ADA), BALANCE - 3 ether);
        vm.assertEq(token.balanceOf(NEW), 3 ether);
    }

    function test_powerUp() public {
        bytes memory action = abi.encode(ADA, BOB, 3 ether, NONCE, NOW);
        _guarded(Kinds.POWER_UP, Kinds.POWER_UP_TYPEHASH, action);
        vm.assertEq(core.balanceOf(ADA), BALANCE - 3 ether);
        vm.assertEq(core.stakeState(BOB).own(), STAKE + 3 ether / WEI_PER_VEST);
    }

    function test_powerDown() public {
        bytes memory action = abi.encode(ADA, STAKE, NONCE, NOW);
        _guarded(Kinds.POWER_DOWN, Kinds.POWER_DOWN_TYPEHASH, action);
        vm.assertEq(core.awayOf(ADA).leaving, STAKE);
        vm.assertEq(core.accountState(ADA).effective(), 0);
    }

    function test_delegate() public {
        bytes memory action = abi.encode(ADA, BOB, STAKE, NONCE, NOW);
        _guarded(Kinds.DELEGATE, Kinds.DELEGATE_TYPEHASH, action);
        vm.assertEq(core.delegationOf(ADA, BOB), STAKE);
        vm.assertEq(core.accountState(ADA).effective(), 0);
        vm.assertEq(core.accountState(BOB).effective(), 2 * STAKE);
    }

    // ---------------------------------------------------------------- the graph

    function test_follow() public {
        vm.expectEmit(address(graph));
        emit IGraph.Followed(ADA, BOB);
        vm.expectEmit(address(graph));
        emit IGraph.Followed(ADA, CAROL);
        _list(GraphKinds.FOLLOW, GraphKinds.FOLLOW_TYPEHASH, BOB, CAROL, true);
    }

    function test_unfollow() public {
        vm.expectEmit(address(graph));
        emit IGraph.Unfollowed(ADA, BOB);
        vm.expectEmit(address(graph));
        emit IGraph.Unfollowed(ADA, CAROL);
        _list(GraphKinds.FOLLOW, GraphKinds.FOLLOW_TYPEHASH, BOB, CAROL, false);
    }

    function test_mute() public {
        vm.expectEmit(address(graph));
        emit IGraph.Muted(ADA, BOB);
        vm.expectEmit(address(graph));
        emit IGraph.Muted(ADA, CAROL);
        _list(GraphKinds.MUTE, GraphKinds.MUTE_TYPEHASH, BOB, CAROL, true);
    }

    function test_unmute() public {
        vm.expectEmit(address(graph));
        emit IGraph.Unmuted(ADA, BOB);
        vm.expectEmit(address(graph));
        emit IGraph.Unmuted(ADA, CAROL);
        _list(GraphKinds.MUTE, GraphKinds.MUTE_TYPEHASH, BOB, CAROL, false);
    }

    function test_reblog() public {
        (bytes32 one, bytes32 two) = (_post(BOB, "one"), _post(BOB, "two"));
        vm.expectEmit(address(graph));
        emit IGraph.Reblogged(ADA, one);
        vm.expectEmit(address(graph));
        emit IGraph.Reblogged(ADA, two);
        _list(GraphKinds.REBLOG, GraphKinds.REBLOG_TYPEHASH, uint256(one), uint256(two), true);
    }

    function test_unreblog() public {
        (bytes32 one, bytes32 two) = (_post(BOB, "one"), _post(BOB, "two"));
        vm.expectEmit(address(graph));
        emit IGraph.Unreblogged(ADA, one);
        vm.expectEmit(address(graph));
        emit IGraph.Unreblogged(ADA, two);
        _list(GraphKinds.REBLOG, GraphKinds.REBLOG_TYPEHASH, uint256(one), uint256(two), false);
    }

    function test_profile() public {
        bytes memory action = abi.encode(ADA, bytes32("digest"), NONCE, NOW);
        bytes32 typehash = GraphKinds.PROFILE_TYPEHASH;
        vm.expectEmit(address(graph));
        emit IGraph.ProfileSet(ADA, "digest");
        _once(graph, _signed(graph, GraphKinds.PROFILE, typehash, action, ADA), NonceUsed.selector);
    }

    function test_collect() public {
        token.approve(address(graph), 5 ether);
        graph.tip(_post(ADA, "digest"), address(token), 5 ether);
        bytes memory action = abi.encode(ADA, token, NEW, 2 ether, NONCE, NOW);
        bytes32 typehash = GraphKinds.COLLECT_TYPEHASH;
        _once(graph, _signed(graph, GraphKinds.COLLECT, typehash, action, ADA), NonceUsed.selector);
        vm.assertEq(token.balanceOf(NEW), 2 ether);
        vm.assertEq(graph.tipsOf(ADA, address(token)), 3 ether);
    }

    // ---------------------------------------------------------------- how

    /// @dev Relays it twice: the second time is skipped, by what guards it.
    function _once(IRelay to, Signed memory action, bytes4 guard) private {
        Signed[] memory batch = new Signed[](2);
        (batch[0], batch[1]) = (action, action);
        vm.expectEmit(address(to));
        emit IRelay.Skipped(1, guard);
        vm.prank(RELAYER);
        to.relay(batch);
    }

    /// @dev Of a kind that a nonce guards, signed by Ada.
    function _guarded(uint8 kind, bytes32 typehash, bytes memory action) private {
        _once(core, _of(kind, typehash, action), NonceUsed.selector);
        vm.assertTrue(core.nonceUsed(vm.addr(ADA), NONCE));
    }

    function _of(
        uint8 kind,
        bytes32 typehash,
        bytes memory action
    ) private view returns (Signed memory) {
        return _signed(core, kind, typehash, action, ADA);
    }

    /// @return the new key's signature
    function _proof(bytes32 typehash, bytes memory fields) private view returns (bytes memory) {
        return _sign(core, keccak256(bytes.concat(typehash, fields)), FRESH);
    }

    /// @dev Follow, Mute and Reblog.
    function _list(uint8 kind, bytes32 typehash, uint256 one, uint256 two, bool on) private {
        uint256[] memory words = new uint256[](2);
        (words[0], words[1]) = (one, two);
        bytes32 structHash = keccak256(
            abi.encode(typehash, ADA, keccak256(abi.encodePacked(words)), on, NONCE, NOW)
        );
        bytes memory action = abi.encode(ADA, words, on, NONCE, NOW);
        _once(graph, Signed(kind, action, _sign(graph, structHash, ADA)), NonceUsed.selector);
        vm.assertTrue(graph.nonceUsed(vm.addr(ADA), NONCE));
    }

    function _hashOf(
        uint40 account,
        bytes32 digest,
        uint40 community,
        Options memory o,
        uint40 deadline
    ) private pure returns (bytes32) {
        bytes memory hashes;
        for (uint256 i = 0; i < o.beneficiaries.length; ++i) {
            hashes = bytes.concat(
                hashes,
                keccak256(abi.encode(Kinds.BENEFICIARY_TYPEHASH, o.beneficiaries[i]))
            );
        }
        bytes memory head = abi.encode(account, digest, bytes32(0), community);
        bytes memory options = abi.encode(
            o.maxAcceptedPayout,
            o.liquidBps,
            o.allowVotes,
            o.allowCurationRewards,
            keccak256(hashes),
            deadline
        );
        return keccak256(bytes.concat(Kinds.POST_WITH_OPTIONS_TYPEHASH, head, options));
    }

    function _idOf(uint40 account, bytes32 digest) private pure returns (bytes32) {
        return bytes32((uint256(account) << 216) | (uint256(digest) >> 40));
    }

    function _recovers(uint40 recovery, uint40 account) private {
        _as(account);
        core.setRecovery(account, recovery);
        vm.warp(LATER);
    }
}
