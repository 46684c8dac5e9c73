"""What has been paid is not paid again: in one call, in the next, by the other function, or by another signature."""

from itertools import permutations

from indexer.protocol.packed import vote_slot
from tests.actors import join, stake
from tests.chain import Chain
from tests.contracts.attacks.direct import refused_by

DAY = 86_400
ETHER = 10**18
VESTS = 10**9  # micro-vests in an LRL
DIGEST = b"\x01" * 32


def test_claiming_and_settling_twice(paying: Chain):
    """Else a post pays its author, its beneficiary and its curators as often as anybody calls."""
    ada, bob, cleo, friend = join(paying, "ada", "bob", "cleo", "friend")
    for person in (bob, cleo):
        stake(paying, person, 1000 * ETHER)
    paying.anvil.forward(5 * DAY)
    post, other = ada.post_id(DIGEST), ada.post_id(b"\x02" * 32)
    receipt = paying.relay(
        ada.post_with_options(DIGEST, {friend.account: 2000}),
        ada.post(b"\x02" * 32),
        *(v.votes({post: 10_000, other: 5_000}) for v in (bob, cleo)),
    )
    assert paying.skipped(receipt) == {}
    f = paying.core.functions
    paying.anvil.forward(9 * DAY)
    paying.send(f.close(99))
    people = (ada, bob, cleo, friend)

    def worth() -> list[tuple[int, int]]:
        return [
            (f.balanceOf(p.account).call(), f.stakeState(p.account).call() & (2**64 - 1))
            for p in people
        ]

    calls = {
        "settle": f.settle([post, post, other]),
        "settle again": f.settle([other, post]),
        "as voter": f.claimAsVoter(bob.account, [post, post, post]),
        "of post": f.claimOfPost(post, [cleo.account, bob.account, cleo.account, 99, 0]),
    }
    assert refused_by(paying, calls["as voter"]) == "NotSettled"
    assert refused_by(paying, calls["of post"]) == "NotSettled"
    outcomes = set()
    for order in permutations(calls):
        if order.index("settle again") < order.index("settle") or order.index("settle") > 0:
            continue
        snapshot = paying.anvil.rpc("evm_snapshot")
        for name in [*order, *order]:
            paying.send(calls[name])
        outcomes.add((*worth(), paying.token.functions.totalSupply().call()))
        assert vote_slot(f.voteState(post, bob.account).call()).weight == 0
        paying.anvil.rpc("evm_revert", snapshot)
    assert len(outcomes) == 1
    (outcome,) = outcomes
    ada_, bob_, cleo_, friend_ = outcome[:4]
    payout = f.payoutOf(post).call()
    assert payout > ETHER
    assert bob_[1] - 1000 * VESTS == cleo_[1] - 1000 * VESTS == payout // 2 // 10**9 // 2
    assert friend_[0] == (payout - payout // 2) * 2000 // 10_000 // 2
    assert ada_[0] > 0

    # A vote's slot is empty once claimed, and its message finds voting closed.
    for name in calls:
        paying.send(calls[name])
    again = bob.votes({post: 10_000}), bob.vote(post, 10_000)
    assert paying.skipped(paying.relay(*again)) == {1: "VotingClosed"}
    paying.send(f.claimAsVoter(bob.account, [post, other]))
    done = worth()
    paying.send(f.claimAsVoter(bob.account, [post, other]))
    assert worth() == done


def test_taking_stake_back_twice(deployed: Chain):
    """Else what was lent returns twice, what powers down is paid twice, and a day's reward is claimed twice."""
    ada, bob = join(deployed, "ada", "bob")
    stake(deployed, ada, 1000 * ETHER)
    deployed.anvil.forward(5 * DAY)
    f = deployed.core.functions
    receipt = deployed.relay(
        ada.delegate(bob.account, 100 * VESTS),
        ada.power_down(130 * VESTS),
        ada.delegate(bob.account, 0),
        ada.delegate(bob.account, 0),
    )
    assert deployed.skipped(receipt) == {}
    assert f.awayOf(ada.account).call()[1] == 100 * VESTS
    for call in (f.completeReturn(ada.account), f.releasePowerDown(ada.account)):
        assert refused_by(deployed, call) == "NothingDue"
    deployed.anvil.forward(7 * DAY)
    deployed.send(f.close(99))
    for call, once in (
        (f.completeReturn(ada.account), lambda: f.accountState(ada.account).call() & (2**64 - 1)),
        (f.releasePowerDown(ada.account), f.balanceOf(ada.account).call),
        (f.claimStakeReward(ada.account), f.balanceOf(ada.account).call),
    ):
        before = once()
        deployed.send(call)
        after = once()
        assert after > before
        assert refused_by(deployed, call) == "NothingDue"
    state = f.accountState(ada.account).call() & (2**64 - 1)
    assert state == 870 * VESTS
    assert f.stakeState(ada.account).call() & (2**64 - 1) == 990 * VESTS
    assert f.awayOf(ada.account).call()[:2] == (0, 0)
    # Nor by asking for less than nothing back.
    assert deployed.skipped(deployed.relay(ada.delegate(bob.account, 0))) == {}
    assert f.awayOf(ada.account).call()[1] == 0
