// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountState} from "../../contracts/types/AccountState.sol";
import {Key, KeyLib, Role} from "../../contracts/types/Key.sol";
import {PostState, PostStateLib} from "../../contracts/types/PostState.sol";
import {StakeState, StakeStateLib} from "../../contracts/types/StakeState.sol";
import {VoteState, VoteStateLib} from "../../contracts/types/VoteState.sol";
import {Test} from "./Test.sol";

/// @dev Every field comes back as it was put, at the bits that the type's page names, and its neighbours stay.
///      `raw` is any slot at all, so that a field can only be right by its mask and shift.
contract TypesTest is Test {
    // ---------------------------------------------------------------- AccountState

    function testFuzz_accountState(
        uint256 raw,
        uint64 effective,
        uint64 mana,
        uint64 downMana,
        uint40 updatedAt
    ) public pure {
        AccountState s = AccountState.wrap(raw).with(effective, mana, downMana, updatedAt);
        vm.assertEq(s.effective(), effective);
        vm.assertEq(s.mana(), mana);
        vm.assertEq(s.downMana(), downMana);
        vm.assertEq(s.updatedAt(), updatedAt);
        vm.assertEq(s.keyEpoch(), uint16(raw >> 232));
        vm.assertEq(_cut(AccountState.unwrap(s), 232, 24), _cut(raw, 232, 24));
        vm.assertEq(_cut(AccountState.unwrap(s), 64, 64), mana);
        vm.assertEq(_cut(AccountState.unwrap(s), 192, 40), updatedAt);
    }

    function testFuzz_accountStateEpoch(uint256 raw, uint16 keyEpoch) public pure {
        AccountState s = AccountState.wrap(raw).withKeyEpoch(keyEpoch);
        vm.assertEq(s.keyEpoch(), keyEpoch);
        vm.assertEq(_without(AccountState.unwrap(s), 232, 16), _without(raw, 232, 16));
    }

    // ---------------------------------------------------------------- Key

    function testFuzz_key(
        uint40 account,
        uint8 role,
        uint40 expiry,
        uint16 epoch,
        uint40 time
    ) public pure {
        Role role_ = Role(role % 4);
        Key k = KeyLib.pack(account, role_, expiry, epoch);
        vm.assertFalse(k.revoked());
        vm.assertEq(Key.unwrap(k) >> 104, 0);
        Key revoked = k.revoke(time);
        vm.assertEq(revoked.revoked(), time != 0);
        vm.assertEq(revoked.revokedAt(), time);
        vm.assertEq(_without(Key.unwrap(revoked), 104, 40), Key.unwrap(k));
        vm.assertEq(revoked.account(), account);
        vm.assertEq(uint256(revoked.role()), uint256(role_));
        vm.assertEq(revoked.expiry(), expiry);
        vm.assertEq(revoked.epoch(), epoch);
    }

    // ---------------------------------------------------------------- PostState

    function testFuzz_postVotes(uint256 raw, int64 net, uint64 weight) public pure {
        PostState p = PostState.wrap(raw).withVotes(net, weight);
        vm.assertEq(p.net(), net);
        vm.assertEq(p.weight(), weight);
        vm.assertEq(_without(PostState.unwrap(p), 40, 128), _without(raw, 40, 128));
    }

    function testFuzz_postSettledOnce(uint256 raw, uint64 curation) public pure {
        raw = _without(_without(raw, 168, 64), 232, 1); // a post settles once
        PostState p = PostState.wrap(raw).withSettled(curation);
        vm.assertTrue(p.settled());
        vm.assertEq(p.curation(), curation);
        vm.assertEq(_without(PostState.unwrap(p), 168, 65), _without(raw, 168, 65));
    }

    function testFuzz_postFlags(uint256 raw, bool votes, bool curation, bool stored) public pure {
        PostState p = PostState.wrap(raw);
        vm.assertEq(p.exists(), raw != 0);
        vm.assertEq(p.createdAt(), uint40(raw));
        vm.assertEq(PostState.unwrap(p.withReplied()), raw | (1 << 233));
        vm.assertTrue(p.withReplied().replied());
        vm.assertEq(PostState.unwrap(p.withRemoved()), raw | (1 << 234));
        vm.assertTrue(p.withRemoved().removed());

        raw = _without(raw, 235, 3); // options are given once
        p = PostState.wrap(raw).withOptions(votes, curation, stored);
        vm.assertEq(p.votesDeclined(), !votes);
        vm.assertEq(p.curationDeclined(), !curation);
        vm.assertEq(p.hasOptions(), stored);
        vm.assertEq(_without(PostState.unwrap(p), 235, 3), raw);
    }

    function testFuzz_postCreated(uint40 time) public pure {
        PostState p = PostStateLib.created(time);
        vm.assertEq(PostState.unwrap(p), time);
        vm.assertEq(p.createdAt(), time);
    }

    // ---------------------------------------------------------------- StakeState

    function testFuzz_stakeState(
        uint64 own,
        uint64 accrued,
        uint128 index,
        uint64 more
    ) public pure {
        StakeState s = StakeStateLib.pack(own, accrued, index);
        vm.assertEq(s.own(), own);
        vm.assertEq(s.accruedDown(index), accrued);
        uint256 later = uint256(index) + more;
        uint256 earned = s.accruedDown(later) - accrued;
        // own * more / 2^64, rounded down: by the remainder, as a check of its own.
        uint256 product = uint256(own) * more;
        vm.assertLe(earned << 64, product);
        vm.assertGt((earned + 1) << 64, product);
    }

    /// @dev However often stake is touched, it earns no more; and less by under one micro-vest a touch.
    function testFuzz_accruingTwiceIsNoBetterThanOnce(
        uint64 own,
        uint128 index,
        uint64 first,
        uint64 second
    ) public pure {
        uint256 middle = uint256(index) + first;
        uint256 end = middle + second;
        uint256 once = StakeStateLib.pack(own, 0, index).accruedDown(end);
        uint256 between = StakeStateLib.pack(own, 0, index).accruedDown(middle);
        vm.assume(between <= type(uint64).max && middle <= type(uint128).max);
        uint256 twice = StakeStateLib.pack(own, between, middle).accruedDown(end);
        vm.assertLe(twice, once);
        vm.assertLe(once, twice + 1);
    }

    // ---------------------------------------------------------------- VoteState

    function testFuzz_voteState(
        int64 rshares,
        uint64 weight,
        uint40 signedAt,
        int16 bps
    ) public pure {
        VoteState v = VoteStateLib.pack(rshares, weight, signedAt, bps);
        vm.assertEq(v.rshares(), rshares);
        vm.assertEq(v.weight(), weight);
        vm.assertEq(v.signedAt(), signedAt);
        vm.assertEq(int16(uint16(_cut(VoteState.unwrap(v), 168, 16))), bps);
        vm.assertEq(VoteState.unwrap(v) >> 184, 0);
    }

    // ----------------------------------------------------------------

    /// @return bits [from, from + width) of `word`
    function _cut(uint256 word, uint256 from, uint256 width) private pure returns (uint256) {
        return (word >> from) & ((1 << width) - 1);
    }

    /// @return `word` with those bits zero
    function _without(uint256 word, uint256 from, uint256 width) private pure returns (uint256) {
        return word & ~(((1 << width) - 1) << from);
    }
}
