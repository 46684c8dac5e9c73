// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SignedActions} from "../../contracts/core/SignedActions.sol";
import {ICoreBase} from "../../contracts/interfaces/ICoreBase.sol";
import {IGraph} from "../../contracts/interfaces/IGraph.sol";
import {IRelay, Signed} from "../../contracts/interfaces/IRelay.sol";
import {GraphKinds} from "../../contracts/libraries/GraphKinds.sol";
import {Kinds} from "../../contracts/libraries/Kinds.sol";
import {Role} from "../../contracts/types/Key.sol";
import {Actors} from "./Actors.sol";

/// @dev What core and graph skip of a batch, and by which name; what else the graph refuses, and what it takes directly.
contract RelayRefusalsTest is Actors, ICoreBase {
    // ---------------------------------------------------------------- the batch

    function test_nobodyElsePerforms() public {
        vm.expectRevert(OnlySelf.selector);
        SignedActions(address(core)).perform(Kinds.VOTE, "", "", address(this));
        vm.expectRevert(OnlySelf.selector);
        SignedActions(address(graph)).perform(GraphKinds.FOLLOW, "", "", address(this));
    }

    function test_gasThatMightNotDo() public {
        Signed[] memory batch = new Signed[](1);
        batch[0].kind = Kinds.VOTE;
        vm.expectRevert(abi.encodeWithSelector(TooLittleGas.selector, 0));
        core.relay{gas: 130_000}(batch);
        batch[0].kind = GraphKinds.COLLECT;
        vm.expectRevert(abi.encodeWithSelector(TooLittleGas.selector, 0));
        graph.relay{gas: 200_000}(batch);
    }

    function test_unknownKinds() public {
        Signed memory s;
        for (uint256 kind = 0; kind < 256; kind += 51) {
            s.kind = uint8(kind);
            _skipped(core, s, UnknownKind.selector);
            _skipped(graph, s, UnknownKind.selector);
        }
    }

    /// @dev An action that fails takes none of the others along.
    function test_theOthersGoOn() public {
        Signed[] memory batch = new Signed[](3);
        batch[0] = _profile("one", 1, NOW);
        batch[1] = _profile("two", 1, NOW);
        batch[2] = _profile("three", 2, NOW);
        vm.expectEmit(address(graph));
        emit IGraph.ProfileSet(ADA, "one");
        vm.expectEmit(address(graph));
        emit IRelay.Skipped(1, NonceUsed.selector);
        vm.expectEmit(address(graph));
        emit IGraph.ProfileSet(ADA, "three");
        graph.relay(batch);
    }

    // ---------------------------------------------------------------- what is signed

    function test_deadlines() public {
        _skipped(graph, _profile("digest", 1, NOW - 1), Expired.selector);
        _skipped(graph, _profile("digest", 1, NOW + 1 hours + 1), DeadlineTooFar.selector);
        vm.expectEmit(address(graph));
        emit IGraph.ProfileSet(ADA, "digest");
        _relay(graph, _profile("digest", 1, NOW + 1 hours));
    }

    function test_timesOfVotes() public {
        bytes32 id = _post(BOB, "digest");
        _skipped(core, _vote(id, NOW + 1), VoteFromFuture.selector);
        _skipped(core, _vote(id, NOW - 1 hours - 1), Expired.selector);
        _relay(core, _vote(id, NOW - 1 hours));
        vm.assertEq(core.voteState(id, ADA).signedAt(), NOW - 1 hours);
    }

    function test_signatures() public {
        Signed memory s = _profile("digest", 1, NOW);
        s.signature = _profile("another", 1, NOW).signature; // another key's, or nobody's
        _skipped(graph, s, UnknownKey.selector);
        s.signature = new bytes(65);
        _skipped(graph, s, InvalidSignature.selector);
        s.signature = new bytes(64);
        _skipped(graph, s, MalformedSignature.selector);
    }

    function test_keysOfTooLowARole() public {
        _grant(ADA, FRESH, Role.Posting, 0);
        bytes memory action = abi.encode(ADA, BOB, 1 ether, 0, 1, NOW);
        bytes32 typehash = Kinds.TRANSFER_TYPEHASH;
        Signed memory s = _signed(core, Kinds.TRANSFER, typehash, action, FRESH);
        _skipped(core, s, RoleTooLow.selector);
    }

    // ---------------------------------------------------------------- words that are not as they should be

    function test_actionsOfAnotherLength() public {
        Signed memory s = _profile("digest", 1, NOW);
        bytes memory action = s.action;
        s.action = bytes.concat(action, bytes32(0));
        _skipped(graph, s, MalformedAction.selector);
        s.action = bytes.concat(action, hex"00");
        _skipped(graph, s, MalformedAction.selector);
        s.action = "";
        for (uint256 kind = Kinds.REGISTER; kind <= Kinds.RESTORE; ++kind) {
            s.kind = uint8(kind);
            _skipped(core, s, MalformedAction.selector);
        }
        for (uint256 kind = GraphKinds.FOLLOW; kind <= GraphKinds.COLLECT; ++kind) {
            s.kind = uint8(kind);
            _skipped(graph, s, MalformedAction.selector);
        }
    }

    /// @dev The first word is no account: decoding fails, without a reason.
    function test_wordsThatAreNotOfTheirTypes() public {
        bytes memory action = abi.encode(1 << 40, bytes32(0), 1, NOW);
        bytes32 typehash = Kinds.VOTE_TYPEHASH;
        _skipped(core, _signed(core, Kinds.VOTE, typehash, action, ADA), MalformedAction.selector);
    }

    /// @dev Elsewhere than abi.encode puts them, or not as many as they say.
    function test_arraysHaveOneForm() public {
        bytes32 structHash = _hashOfVotes(ADA, new Ballot[](1), NOW);
        Signed memory s = Signed(Kinds.VOTES, "", _sign(core, structHash, ADA));
        s.action = abi.encode(ADA, 128, NOW, 1, bytes32(0), 0);
        _skipped(core, s, MalformedAction.selector);
        s.action = abi.encode(ADA, 96, NOW, 2, bytes32(0), 0);
        _skipped(core, s, MalformedAction.selector);
        s.action = abi.encode(ADA, 96, NOW, 1, bytes32(0), 0, 0);
        _skipped(core, s, MalformedAction.selector);
        s.action = abi.encode(ADA, 96, NOW, 1, bytes32(0), 0);
        _skipped(core, s, NothingToTakeBack.selector); // well-formed
    }

    function test_arraysOfASizeThatIsNotServed() public {
        for (uint256 size = 0; size <= 51; size += 51) {
            Ballot[] memory ballots = new Ballot[](size);
            bytes memory signature = _sign(core, _hashOfVotes(ADA, ballots, NOW), ADA);
            bytes memory action = abi.encode(ADA, ballots, NOW);
            _skipped(core, Signed(Kinds.VOTES, action, signature), BadBatch.selector);
            vm.expectRevert(abi.encodeWithSelector(BadBatch.selector, size));
            _as(ADA);
            graph.followMany(ADA, new uint40[](size), true);
        }
    }

    // ---------------------------------------------------------------- the graph, directly

    function test_whatAccountsSay() public {
        uint40[] memory targets = new uint40[](1);
        targets[0] = BOB;
        bytes32[] memory posts = new bytes32[](1);
        posts[0] = _post(BOB, "digest");
        vm.startPrank(vm.addr(ADA));
        vm.expectEmit(address(graph));
        emit IGraph.Followed(ADA, BOB);
        graph.follow(ADA, BOB);
        vm.expectEmit(address(graph));
        emit IGraph.Unfollowed(ADA, BOB);
        graph.unfollow(ADA, BOB);
        vm.expectEmit(address(graph));
        emit IGraph.Followed(ADA, BOB);
        graph.followMany(ADA, targets, true);
        vm.expectEmit(address(graph));
        emit IGraph.Muted(ADA, BOB);
        graph.mute(ADA, targets, true);
        vm.expectEmit(address(graph));
        emit IGraph.Reblogged(ADA, posts[0]);
        graph.reblog(ADA, posts, true);
        vm.expectEmit(address(graph));
        emit IGraph.ProfileSet(ADA, "digest");
        graph.setProfile(ADA, "digest");
        vm.expectRevert(abi.encodeWithSelector(UnknownKey.selector, vm.addr(ADA)));
        graph.setProfile(BOB, "digest");
    }

    function test_tips() public {
        bytes32 id = _post(ADA, "digest");
        token.approve(address(graph), 1 ether);
        vm.expectRevert(abi.encodeWithSelector(UnknownPost.selector, bytes32("nothing")));
        graph.tip("nothing", address(token), 1 ether);
        vm.expectRevert(IGraph.NoTip.selector);
        graph.tip(id, address(token), 0);
        graph.tip(id, address(token), 1 ether);
        vm.startPrank(vm.addr(ADA));
        vm.expectRevert(abi.encodeWithSelector(IGraph.NotEnoughTips.selector, 2 ether, 1 ether));
        graph.collect(ADA, address(token), RELAYER, 2 ether);
        // LRL refuses to go to nobody.
        vm.expectRevert(abi.encodeWithSelector(IGraph.TransferFailed.selector, token));
        graph.collect(ADA, address(token), address(0), 1 ether);
        graph.collect(ADA, address(token), RELAYER, 1 ether);
        vm.assertEq(token.balanceOf(RELAYER), 1 ether);
        core.remove(ADA, id);
        vm.expectRevert(abi.encodeWithSelector(UnknownPost.selector, id));
        graph.tip(id, address(token), 1);
    }

    // ---------------------------------------------------------------- how

    function _profile(
        bytes32 digest,
        uint256 nonce,
        uint256 deadline
    ) private view returns (Signed memory) {
        bytes memory action = abi.encode(ADA, digest, nonce, deadline);
        return _signed(graph, GraphKinds.PROFILE, GraphKinds.PROFILE_TYPEHASH, action, ADA);
    }

    function _vote(bytes32 id, uint256 signedAt) private view returns (Signed memory) {
        bytes memory action = abi.encode(ADA, id, 1, signedAt);
        return _signed(core, Kinds.VOTE, Kinds.VOTE_TYPEHASH, action, ADA);
    }
}
