"""Several votes under one signature: what one of them meets is no business of the others."""

import pytest
from web3.logs import DISCARD

from indexer.protocol.packed import account_slot, post_slot, vote_slot
from tests.actors import Actor, join, stake
from tests.chain import Chain, error_names

DAY = 86_400
ETHER = 10**18


@pytest.fixture
def people(deployed: Chain) -> tuple[Actor, Actor]:
    """Ada, with three posts; Bob, with stake and a full bar."""
    ada, bob = join(deployed, "ada", "bob")
    stake(deployed, bob, 1000 * ETHER)
    deployed.anvil.forward(5 * DAY)
    assert deployed.skipped(deployed.relay(*(ada.post(bytes([n]) * 32) for n in (1, 2, 3)))) == {}
    return ada, bob


def post(ada: Actor, n: int) -> bytes:
    return ada.post_id(bytes([n]) * 32)


def rshares(chain: Chain, ada: Actor, bob: Actor, *numbers: int) -> list[int]:
    f = chain.core.functions
    slots = (vote_slot(f.voteState(post(ada, n), bob.account).call()) for n in numbers)
    return [slot.rshares for slot in slots]


def passed_over(chain: Chain, receipt) -> list[tuple[bytes, str]]:
    events = chain.core.events.BallotSkipped().process_receipt(receipt, DISCARD)
    return [(e["args"]["post"], error_names()[e["args"]["reason"]]) for e in events]


def test_an_observer_landing_a_single_vote_first(deployed: Chain, people):
    """Else an observer who lands the later Vote first voids the Votes that the same voter had signed before,
    with its votes on other posts."""
    ada, bob = people
    now = deployed.anvil.now()
    many = bob.votes({post(ada, n): 10_000 for n in (1, 2)}, at=now - 10)
    later = bob.vote(post(ada, 1), -100, at=now)
    assert deployed.skipped(deployed.relay(later)) == {}
    before = rshares(deployed, ada, bob, 1)
    receipt = deployed.relay(many)
    assert passed_over(deployed, receipt) == [(post(ada, 1), "StaleVote")]
    assert rshares(deployed, ada, bob, 1) == before
    assert rshares(deployed, ada, bob, 2)[0] > 0


def test_an_author_removing_a_post_first(deployed: Chain, people):
    """Else an author who removes a post first voids somebody's votes on all other posts."""
    ada, bob = people
    many = bob.votes({post(ada, n): 10_000 for n in (1, 2, 3)})
    assert deployed.skipped(deployed.relay(ada.remove(post(ada, 2)))) == {}
    receipt = deployed.relay(many)
    assert deployed.skipped(receipt) == {}
    assert passed_over(deployed, receipt) == [(post(ada, 2), "PostRemoved")]
    one, none, other = rshares(deployed, ada, bob, 1, 2, 3)
    assert one > 0 == none < other


def test_replay_of_votes_of_which_some_were_passed_over(deployed: Chain, people):
    """Else what was passed over once is cast when somebody lands the same message again."""
    ada, bob = people
    now = deployed.anvil.now()
    many = bob.votes({post(ada, n): 10_000 for n in (1, 2, 3)}, at=now)
    deployed.relay(ada.remove(post(ada, 3)), bob.vote(post(ada, 1), 50, at=now + 1))
    deployed.anvil.forward(2)
    deployed.relay(bob.vote(post(ada, 1), 0), many)
    f = deployed.core.functions
    slots = [f.voteState(post(ada, n), bob.account).call() for n in (1, 2, 3)]
    posts = [f.postState(post(ada, n)).call() for n in (1, 2, 3)]
    mana = account_slot(f.accountState(bob.account).call())
    for _ in range(2):
        assert len(passed_over(deployed, deployed.relay(many))) == 3
        assert [f.voteState(post(ada, n), bob.account).call() for n in (1, 2, 3)] == slots
        assert [f.postState(post(ada, n)).call() for n in (1, 2, 3)] == posts
        after = account_slot(f.accountState(bob.account).call())
        assert (after.mana, after.updated_at) == (mana.mana, mana.updated_at)


def test_one_post_several_times_in_one_message(deployed: Chain, people):
    """Else one signature votes on one post several times over, and adds its weight each time."""
    ada, bob = people
    ballots = [{"post": post(ada, 1), "weight": bps} for bps in (100, 10_000, -10_000)]
    single = bob.votes({post(ada, 2): 100})
    receipt = deployed.relay(bob.votes({}, votes=ballots), single)
    assert deployed.skipped(receipt) == {}
    assert passed_over(deployed, receipt) == [(post(ada, 1), "StaleVote")] * 2
    once, alone = rshares(deployed, ada, bob, 1, 2)
    assert once == alone > 0
    assert post_slot(deployed.core.functions.postState(post(ada, 1)).call()).net_rshares == once


def test_more_than_the_mana_for_some_is_none(deployed: Chain, people):
    """Else the first votes of a message are cast that its signer would have weighted otherwise."""
    ada, bob = people
    digests = [bytes([n, 7]) * 16 for n in range(48)]
    deployed.relay(*(ada.post(d) for d in digests))
    posts = [ada.post_id(d) for d in digests] + [post(ada, n) for n in (1, 2)]
    assert deployed.skipped(deployed.relay(bob.vote(post(ada, 3), 10_000))) == {}
    too_many = bob.votes(dict.fromkeys(posts, 10_000))
    unknown = bob.votes({post(ada, 1): 100, b"\x99" * 32: 100})
    beyond = bob.votes({post(ada, 1): 100, post(ada, 2): 10_001})
    nothing = bob.votes({post(ada, 1): 100, post(ada, 2): 0})
    too_long = bob.votes({}, votes=[{"post": p, "weight": 1} for p in posts + posts[:1]])
    items = too_many, unknown, beyond, nothing, bob.votes({}), too_long
    refused = deployed.skipped(deployed.relay(*items))
    assert refused == {
        0: "NotEnoughMana",
        1: "UnknownPost",
        2: "BadWeight",
        3: "NothingToTakeBack",
        4: "BadBatch",
        5: "BadBatch",
    }
    assert rshares(deployed, ada, bob, 1, 2) == [0, 0]
    enough = bob.votes(dict.fromkeys(posts[:48], 10_000))
    assert deployed.skipped(deployed.relay(enough)) == {}
