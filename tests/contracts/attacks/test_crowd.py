"""A post with thousands of voters: no step of its life costs more for them all than a block has."""

import os

from indexer.protocol.packed import post_slot
from tests.actors import Actor
from tests.chain import Chain

DAY = 86_400
ETHER = 10**18
VOTERS = 5_000 if os.environ.get("LAUREL_LONG") else 200
BATCH = 100
DIGEST = b"\x01" * 32


def in_batches(items: list) -> list[list]:
    return [items[i : i + BATCH] for i in range(0, len(items), BATCH)]


def test_a_post_with_thousands_of_voters_settled_and_claimed_in_batches(paying: Chain):
    """Else somebody has a thousand accounts vote on a post, and its author is never paid. Settling costs the
    same for any number; each claim is its own, in any order, by anyone."""
    f = paying.core.functions
    author = Actor(paying.deployment, paying.anvil, "author", account=1)
    voters = [
        Actor(paying.deployment, paying.anvil, f"voter{n}", account=n + 2) for n in range(VOTERS)
    ]
    assert paying.skipped(paying.relay(author.register())) == {}
    for some in in_batches(voters):
        assert paying.skipped(paying.relay(*(v.register() for v in some))) == {}
    assert f.accountCount().call() == VOTERS + 1

    # The author powers all of them up, each a little more than the one before.
    stakes = [3 + n % 7 for n in range(VOTERS)]
    paying.send(paying.token.functions.approve(paying.core.address, 20 * VOTERS * ETHER))
    paying.send(f.deposit(author.account, 20 * VOTERS * ETHER))
    for some in in_batches(list(zip(voters, stakes, strict=True))):
        items = [author.power_up(v.account, lrl * ETHER) for v, lrl in some]
        assert paying.skipped(paying.relay(*items)) == {}
    paying.anvil.forward(5 * DAY)
    paying.send(f.close(99))

    single = b"\x02" * 32
    assert paying.skipped(paying.relay(author.post(DIGEST), author.post(single))) == {}
    post, alone = author.post_id(DIGEST), author.post_id(single)
    gas = []
    for some in in_batches(voters):
        receipt = paying.relay(*(v.vote(post, 10_000) for v in some))
        assert paying.skipped(receipt) == {}
        gas.append(receipt["gasUsed"] / len(some))
    assert paying.skipped(paying.relay(voters[0].vote(alone, 10_000))) == {}
    # The last vote costs what the second hundred's did.
    assert gas[-1] < 1.02 * gas[1]
    cast = post_slot(f.postState(post).call())
    assert cast.weight == cast.net_rshares == sum(s * 10**9 // 50 - 5 * 10**7 for s in stakes)

    paying.anvil.forward(9 * DAY)
    paying.send(f.close(99))
    settled = []
    for one in (alone, post):
        snapshot = paying.anvil.rpc("evm_snapshot")
        settled.append(paying.send(f.settle([one]))["gasUsed"])
        paying.anvil.rpc("evm_revert", snapshot)
    assert abs(settled[0] - settled[1]) < 1_000
    paying.send(f.settle([post]))
    payout = f.payoutOf(post).call()
    curation = f.postState(post).call() >> 168 & (2**64 - 1)
    assert curation == payout // 2 // 10**9 > 0

    # From the last to the first, every third batch twice, and some before their turn.
    order = in_batches(voters)[::-1]
    order += order[::3]
    claims = []
    for n, some in enumerate(order):
        receipt = paying.send(f.claimOfPost(post, [v.account for v in some]))
        if n < len(in_batches(voters)):
            claims.append((receipt["gasUsed"] - 21_000) / len(some))
        if n == 0:
            for voter in (voters[0], voters[1]):
                paying.send(f.claimAsVoter(voter.account, [post]))
    print(
        f"{VOTERS:,} voters: settled for {settled[1]:,} gas, beside {settled[0]:,} with one;"
        f" a claim in batches of {BATCH} {max(claims):,.0f}, a vote {gas[-1]:,.0f}"
    )
    assert max(claims) < 25_000
    paid = 0
    for voter, lrl in zip(voters, stakes, strict=True):
        expected = curation * (lrl * 10**9 // 50 - 5 * 10**7) // cast.weight
        assert f.stakeState(voter.account).call() & (2**64 - 1) == lrl * 10**9 + expected
        paid += expected
    assert curation - VOTERS <= paid <= curation
