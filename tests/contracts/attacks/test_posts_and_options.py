"""Posts that go and come back, and options that cheat."""

from dataclasses import replace

import pytest

from indexer.protocol.actions import Signed
from indexer.protocol.packed import post_slot
from tests.actors import Actor
from tests.chain import Chain
from tests.contracts.attacks.direct import refused_by

DAY = 86_400
ETHER = 10**18
WEI = 10**9  # in a micro-vest
VESTS = 10**9  # micro-vests in an LRL


def refused(chain: Chain, *items: Signed) -> dict[int, str]:
    return chain.skipped(chain.relay(*items))


def settled(chain: Chain, *posts: bytes) -> None:
    chain.anvil.forward(9 * DAY)
    chain.send(chain.core.functions.close(99))
    chain.send(chain.core.functions.settle(list(posts)))


def test_removing_what_others_have_a_part_in(paying: Chain, people: list[Actor]):
    """Else an author takes a post away under its voters and its replies, or from under votes against it and
    starts anew."""
    ada, bob, cleo = people
    names = {"voted": 1, "answered": 2, "disliked": 3, "taken back": 4, "untouched": 5}
    posts = {name: ada.post_id(bytes([n]) * 32) for name, n in names.items()}
    assert refused(paying, *(ada.post(bytes([n]) * 32) for n in names.values())) == {}
    receipt = (
        bob.vote(posts["voted"], 10_000),
        cleo.vote(posts["voted"], -10_000),
        bob.post(b"\x11" * 32, parent=posts["answered"]),
        bob.vote(posts["disliked"], -10_000),
        bob.vote(posts["taken back"], 10_000),
    )
    assert refused(paying, *receipt) == {}
    paying.anvil.forward(5)
    assert refused(paying, bob.vote(posts["taken back"], 0)) == {}
    net = post_slot(paying.core.functions.postState(posts["voted"]).call())
    assert net.net_rshares <= 0 < net.weight

    assert refused(
        paying,
        *(ada.remove(p) for p in posts.values()),
        bob.remove(posts["untouched"]),
        bob.remove(posts["voted"], account=ada.account),
    ) == {0: "NotRemovable", 1: "NotRemovable", 5: "NotAuthor", 6: "UnknownKey"}
    # Nor again, nor what is past its week, nor a reply's parent once the reply is gone.
    assert refused(
        paying, bob.remove(bob.post_id(b"\x11" * 32)), ada.remove(posts["answered"])
    ) == {1: "NotRemovable"}
    gone = [posts[n] for n in ("disliked", "taken back", "untouched")]
    again = [ada.post(bytes([names[n]]) * 32) for n in ("disliked", "taken back", "untouched")]
    assert refused(paying, *again) == dict.fromkeys(range(3), "PostExists")
    assert refused(paying, *(ada.remove(p) for p in gone)) == dict.fromkeys(range(3), "PostRemoved")
    late = ada.post_id(b"\x20" * 32)
    assert refused(paying, ada.post(b"\x20" * 32)) == {}
    paying.anvil.forward(7 * DAY)
    assert refused(paying, ada.remove(late)) == {0: "NotRemovable"}
    # Claims of posts that are gone are none.
    paying.anvil.forward(2 * DAY)
    f = paying.core.functions
    paying.send(f.close(99))
    for post in gone:
        assert refused_by(paying, f.settle([post])) == "PostRemoved"
    paying.send(f.settle([posts["voted"], posts["answered"]]))
    assert f.payoutOf(posts["voted"]).call() == 0


def test_options_that_are_none(paying: Chain, people: list[Actor]):
    """Else shares come to more than all, or go to nobody, or to one twice, and a payout mints what is not there."""
    ada, *_ = people
    six = [Actor(paying.deployment, paying.anvil, f"extra{n}") for n in range(6)]
    assert refused(paying, *(n.register() for n in six)) == {}
    digest = b"\x01" * 32

    def with_shares(*pairs: tuple[int, int], **options: int) -> Signed:
        plain = {
            "digest": digest,
            "parent": bytes(32),
            "community": 0,
            "maxAcceptedPayout": 2**96 - 1,
            "liquidBps": 5000,
            "allowVotes": True,
            "allowCurationRewards": True,
            "beneficiaries": [{"account": a, "bps": bps} for a, bps in pairs],
        }
        return ada.act("PostWithOptions", ada.owner, **plain | options)

    bad = {
        "BadOptions": [
            with_shares((1, 10_000), (2, 1)),
            with_shares(*((n, 1112) for n in range(1, 10))),
            with_shares(*((n, 1) for n in range(1, 10))),
            with_shares((2, 1), (1, 1)),
            with_shares((1, 1), (1, 1)),
            with_shares((1, 0)),
            with_shares((1, 65_535)),
            with_shares((1, 65_535), (2, 2)),
            with_shares(liquidBps=5_001),
            with_shares(liquidBps=65_535),
        ],
        "UnknownAccount": [with_shares((0, 1)), with_shares((10, 1)), with_shares((2**40 - 1, 1))],
    }
    for error, items in bad.items():
        assert refused(paying, *items) == dict.fromkeys(range(len(items)), error)
    # An observer changes none of them either.
    honest = with_shares((1, 1), (2, 9_999), maxAcceptedPayout=5)
    for other in (
        with_shares((1, 1), (3, 9_999), maxAcceptedPayout=5),
        with_shares((1, 1), (2, 9_999)),
    ):
        forged = replace(honest, action=other.action)
        assert refused(paying, forged) == {0: "UnknownKey"}
    assert refused(paying, honest) == {}
    options = paying.core.functions.optionsOf(ada.post_id(digest)).call()
    assert options == (5, 5000, True, True, [(1, 1), (2, 9_999)])


def test_all_of_a_payout_to_beneficiaries(paying: Chain, people: list[Actor]):
    """Else an author whose beneficiaries get all gets something too, or the sum of the parts is more than it."""
    ada, bob, cleo = people
    plain, shared = ada.post_id(b"\x01" * 32), ada.post_id(b"\x02" * 32)
    made = ada.post_with_options(b"\x02" * 32, {bob.account: 9_999, cleo.account: 1})
    assert refused(paying, ada.post(b"\x01" * 32), made) == {}
    assert refused(paying, bob.votes({plain: 10_000, shared: 10_000})) == {}
    f = paying.core.functions

    def worth(who: Actor) -> int:
        own = f.stakeState(who.account).call() & (2**64 - 1)
        return f.balanceOf(who.account).call() + own * WEI

    before = {p.handle: worth(p) for p in people}
    settled(paying, shared)
    payout = f.payoutOf(shared).call()
    half = payout - payout // 2
    assert worth(ada) == before["ada"] == 0
    got = [worth(p) - before[p.handle] for p in (bob, cleo)]
    assert got[1] > 0 and half - 2 * WEI <= sum(got) <= half
    paying.send(f.settle([plain]))
    assert half - WEI <= worth(ada) <= half  # the same votes, the same payout


@pytest.mark.parametrize("cap", [0, 1, ETHER])
def test_a_capped_payout(paying: Chain, people: list[Actor], cap: int):
    """Else what is above the cap is paid to somebody, or lost to the pool."""
    ada, bob, _ = people
    post = ada.post_id(b"\x01" * 32)
    assert refused(paying, ada.post_with_options(b"\x01" * 32, maxAcceptedPayout=cap)) == {}
    assert refused(paying, bob.vote(post, 10_000)) == {}
    f = paying.core.functions
    paying.anvil.forward(9 * DAY)
    paying.send(f.close(99))
    pool, supply = f.poolState().call()[0], paying.token.functions.totalSupply().call()
    paying.send(f.settle([post]))
    paying.send(f.claimOfPost(post, [bob.account]))
    earned = f.payoutOf(post).call()
    assert earned > ETHER
    returned = f.poolState().call()[0] - pool
    minted = paying.token.functions.totalSupply().call() - supply
    assert returned == earned - cap
    assert cap - 3 * WEI <= minted <= cap
    assert f.voteState(post, bob.account).call() == 0


def test_declined_votes_and_curation(paying: Chain, people: list[Actor]):
    """Else a post that declines votes is paid, or the curators' half of one that declines them goes to the author."""
    ada, bob, _ = people
    digests = {"plain": b"\x01" * 32, "no votes": b"\x02" * 32, "no curation": b"\x03" * 32}
    posts = {name: ada.post_id(d) for name, d in digests.items()}
    receipt = (
        ada.post(digests["plain"]),
        ada.post_with_options(digests["no votes"], allowVotes=False),
        ada.post_with_options(digests["no curation"], allowCurationRewards=False),
    )
    assert refused(paying, *receipt) == {}
    single = [bob.vote(p, 5_000) for p in posts.values()]
    assert refused(paying, *single) == {1: "VotesDeclined"}
    many = bob.votes(dict.fromkeys(posts.values(), 100), at=paying.anvil.now() + 1)
    paying.anvil.forward(2)
    assert refused(paying, many) == {0: "VotesDeclined"}
    f = paying.core.functions
    paying.anvil.forward(9 * DAY)
    paying.send(f.close(99))
    pool = f.poolState().call()[0]
    results = {}
    for name, post in posts.items():
        balance = f.balanceOf(ada.account).call()
        paying.send(f.settle([post]))
        results[name] = f.balanceOf(ada.account).call() - balance
    payout = f.payoutOf(posts["plain"]).call()
    assert results == {
        "plain": (payout - payout // 2) // 2,
        "no votes": 0,
        "no curation": (payout - payout // 2) // 2,
    }
    assert f.poolState().call()[0] - pool == payout // 2
    own = f.stakeState(bob.account).call() & (2**64 - 1)
    paying.send(f.claimAsVoter(bob.account, list(posts.values())))
    earned = (f.stakeState(bob.account).call() & (2**64 - 1)) - own
    assert earned == payout // 2 // WEI
