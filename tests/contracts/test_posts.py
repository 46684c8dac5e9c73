"""Posts and comments, edits, and their end. Options: test_post_options.py."""

import pytest

from indexer.protocol.packed import PostSlot, post_slot
from tests.actors import Actor, join, stake
from tests.chain import DEV, Chain
from tests.contracts.attacks.direct import refused_by
from tests.contracts.verdicts import refused

DAY = 86_400
ETHER = 10**18
DIGEST = b"\x07" * 32


@pytest.fixture
def ada(deployed: Chain) -> Actor:
    (ada,) = join(deployed, "ada")
    deployed.impersonate(ada.owner.address)
    return ada


@pytest.fixture
def bob(deployed: Chain, ada: Actor) -> Actor:
    """With stake and full mana."""
    (bob,) = join(deployed, "bob")
    stake(deployed, bob, 1000 * ETHER)
    deployed.anvil.forward(5 * DAY)
    return bob


def slot(chain: Chain, post: bytes) -> PostSlot:
    return post_slot(chain.core.functions.postState(post).call())


# ---------------------------------------------------------------- posts and comments


def test_a_post(deployed, ada):
    receipt = deployed.relay(ada.post(DIGEST, community=2**40 - 1))
    post = ada.post_id(DIGEST)
    assert deployed.events(receipt, "Posted") == [
        {
            "account": ada.account,
            "digest": DIGEST,
            "parent": bytes(32),
            "community": 2**40 - 1,
        }
    ]
    created = deployed.moment(receipt)
    assert slot(deployed, post) == PostSlot(created, 0, 0, 0, *[False] * 6)
    assert deployed.core.functions.optionsOf(post).call() == (2**96 - 1, 5000, True, True, [])
    assert deployed.events(receipt, "OptionsSet") == []


def test_the_id_is_the_author_and_the_first_216_bits(deployed, ada, bob):
    """Where those are the same, the post is the same."""
    f, near, far = deployed.core.functions, DIGEST[:27] + b"\1" * 5, DIGEST[:26] + b"\1" * 6
    made = f.post(ada.account, DIGEST, bytes(32), 0)
    assert made.call({"from": ada.owner.address}) == ada.post_id(DIGEST)
    deployed.send(made, ada.owner.address)
    assert refused_by(deployed, made, ada.owner.address) == "PostExists"
    again = [ada.post(DIGEST), ada.post(near), ada.post_with_options(near), ada.post(far)]
    assert refused(deployed, *again, bob.post(DIGEST)) == ["PostExists"] * 3 + [None] * 2


def test_a_comment_marks_what_it_answers(deployed, ada, bob):
    deployed.relay(ada.post(DIGEST))
    post = ada.post_id(DIGEST)
    comment = bob.post(b"\1" * 32, parent=post)
    with_options = ada.post_with_options(b"\2" * 32, parent=bob.post_id(b"\1" * 32))
    receipt = deployed.relay(comment, with_options)
    assert [e["parent"] for e in deployed.events(receipt, "Posted")] == [
        post,
        bob.post_id(b"\1" * 32),
    ]
    assert slot(deployed, post).replied and slot(deployed, bob.post_id(b"\1" * 32)).replied
    assert not slot(deployed, ada.post_id(b"\2" * 32)).replied
    orphans = [ada.post(b"\3" * 32, parent=DIGEST), ada.post(b"\3" * 32, parent=b"\0" * 31 + b"\1")]
    assert refused(deployed, *orphans) == ["UnknownParent"] * 2


# ---------------------------------------------------------------- edits


def test_an_edit_at_any_time(deployed, ada, bob):
    deployed.relay(ada.post(DIGEST))
    post = ada.post_id(DIGEST)
    before = slot(deployed, post)
    item = ada.edit(post, b"\1" * 32)
    receipt = deployed.relay(item)
    assert deployed.events(receipt, "Edited") == [{"post": post, "digest": b"\1" * 32}]
    assert slot(deployed, post) == before
    assert refused(deployed, item) == ["NonceUsed"]
    deployed.anvil.forward(9 * DAY)
    f = deployed.core.functions
    deployed.send(f.close(30))
    deployed.send(f.settle([post]))
    assert refused(deployed, ada.edit(post, DIGEST)) == [None]
    deployed.send(f.edit(ada.account, post, b"\2" * 32), ada.owner.address)


def test_who_may_not_edit(deployed, ada, bob):
    deployed.relay(ada.post(DIGEST))
    post = ada.post_id(DIGEST)
    batch = [
        bob.edit(post, b"\1" * 32),
        bob.edit(post, b"\1" * 32, account=ada.account),
        ada.edit(bob.post_id(DIGEST), b"\1" * 32),
        ada.edit(ada.post_id(b"\1" * 32), b"\1" * 32),
    ]
    assert refused(deployed, *batch) == ["NotAuthor", "UnknownKey", "NotAuthor", "UnknownPost"]
    f = deployed.core.functions
    assert refused_by(deployed, f.edit(ada.account, post, DIGEST), DEV) == "UnknownKey"


# ---------------------------------------------------------------- the end


def test_a_removed_post_leaves_a_tombstone(deployed, ada, bob):
    deployed.relay(ada.post_with_options(DIGEST, {ada.account: 1}))
    post, f = ada.post_id(DIGEST), deployed.core.functions
    signed = ada.post(DIGEST)
    receipt = deployed.relay(ada.remove(post))
    assert deployed.events(receipt, "Removed") == [{"post": post}]
    assert slot(deployed, post).removed
    after = {
        "PostExists": [signed, ada.post_with_options(DIGEST)],
        "PostRemoved": [
            ada.edit(post, b"\1" * 32),
            ada.remove(post),
            bob.vote(post, 100),
            bob.post(b"\1" * 32, parent=post),
            bob.post_with_options(b"\1" * 32, parent=post),
        ],
    }
    for error, batch in after.items():
        assert refused(deployed, *batch) == [error] * len(batch)
    (skipped,) = deployed.events(deployed.relay(bob.votes({post: -100})), "BallotSkipped")
    assert (skipped["post"], skipped["account"]) == (post, bob.account)
    deployed.anvil.forward(8 * DAY)
    deployed.send(f.close(30))
    for call in (f.optionsOf(post), f.payoutOf(post), f.settle([post]), f.claimOfPost(post, [2])):
        assert refused_by(deployed, call) == "PostRemoved"


def test_what_may_be_removed(deployed, ada, bob):
    """What nobody has voted for or answered."""
    digests = [bytes([i]) * 32 for i in range(1, 8)]
    posts = [ada.post_id(digest) for digest in digests]
    deployed.relay(*(ada.post(digest) for digest in digests))
    deployed.anvil.forward(10)
    at = deployed.anvil.now()
    deployed.relay(
        bob.vote(posts[0], 10_000),
        bob.vote(posts[1], -10_000),
        bob.vote(posts[2], 5000, at=at - 2),
        bob.vote(posts[2], 0, at=at - 1),
        bob.vote(posts[3], 5000, at=at - 2),
        bob.vote(posts[3], -5000, at=at - 1),
        bob.post(b"\x11" * 32, parent=posts[4]),
        bob.post(b"\x12" * 32, parent=posts[5]),
        bob.remove(bob.post_id(b"\x12" * 32)),
    )
    found = refused(deployed, *(ada.remove(post) for post in posts))
    assert found == [
        "NotRemovable",  # voted for
        None,  # voted against
        None,  # voted for, and taken back
        None,  # voted for, and then against
        "NotRemovable",  # answered
        "NotRemovable",  # answered, though the answer is gone: who answered knows it
        None,  # left alone
    ]
    assert slot(deployed, posts[1]).net_rshares < 0


def test_a_post_is_removed_until_its_cashout(deployed, ada):
    f = deployed.core.functions
    receipt = deployed.relay(ada.post(DIGEST), ada.post(b"\1" * 32))
    cashout = deployed.moment(receipt) + 7 * DAY
    for moment, digest, error in (
        (cashout - 1, DIGEST, None),
        (cashout, b"\1" * 32, "NotRemovable"),
    ):
        deployed.anvil.forward(moment - 1 - deployed.anvil.now())
        item = ada.remove(ada.post_id(digest))
        deployed.anvil.next_block_at(moment)
        receipt = deployed.relay(item)
        assert deployed.moment(receipt) == moment
        assert deployed.skipped(receipt).get(0) == error
    late = f.remove(ada.account, ada.post_id(b"\1" * 32))
    assert refused_by(deployed, late, ada.owner.address) == "NotRemovable"


def test_who_may_not_remove(deployed, ada, bob):
    deployed.relay(ada.post(DIGEST))
    post, f = ada.post_id(DIGEST), deployed.core.functions
    batch = [
        bob.remove(post),
        bob.remove(post, account=ada.account),
        ada.remove(ada.post_id(b"\1" * 32)),
    ]
    assert refused(deployed, *batch) == ["NotAuthor", "UnknownKey", "UnknownPost"]
    assert refused_by(deployed, f.remove(ada.account, post), DEV) == "UnknownKey"
    deployed.send(f.remove(ada.account, post), ada.owner.address)
