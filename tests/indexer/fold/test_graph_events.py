"""Follows, mutes, reblogs, profiles and tips: from transactions to rows."""

from indexer.content.cid import digest
from indexer.content.documents import canonical
from tests.actors import join
from tests.chain import DEV
from tests.indexer.mirrors import Mirror, document

FIRST = document("First")


def test_the_last_one_said_stands(mirror: Mirror) -> None:
    chain = mirror.chain
    alice, bob, carol = join(chain, "alice", "bob", "carol")
    post = bob.post_id(digest(FIRST))
    chain.relay(bob.post(digest(FIRST)))
    done = [alice.follow([bob.account, carol.account, 99]), bob.mute([carol.account])]
    assert chain.skipped(chain.relay(*done, alice.reblog([post, b"\7" * 32]))) == {}
    reblogged = chain.anvil.now()
    mirror.catch_up()
    before = mirror.dump()
    chain.relay(alice.follow([bob.account]), alice.mute([bob.account], on=False))
    mirror.catch_up()
    assert mirror.dump() == before  # said already, or never

    chain.impersonate(alice.owner.address)
    unfollow = chain.graph.functions.unfollow(alice.account, carol.account)
    chain.send(unfollow, alice.owner.address)
    chain.relay(bob.mute([carol.account], on=False), bob.mute([alice.account]))
    chain.relay(alice.reblog([b"\7" * 32], on=False))
    mirror.catch_up()
    assert pairs(mirror, "follows") == [(alice.account, bob.account), (alice.account, 99)]
    assert pairs(mirror, "mutes") == [(bob.account, alice.account)]
    row = mirror.one("reblogs")
    assert (row["account"], row["post"], row["time"]) == (alice.account, post, reblogged)
    assert mirror.verify().same


def test_a_profile_is_a_document(mirror: Mirror) -> None:
    chain = mirror.chain
    alice, bob = join(chain, "alice", "bob")
    profile = canonical({"v": 1, "type": "profile", "name": "Alice", "about": "Swifts."})
    mirror.content.put(profile)
    mirror.content.put(FIRST)
    chain.relay(alice.profile(digest(profile)), bob.profile(digest(FIRST)))
    mirror.catch_up()
    assert [row["profile"] for row in mirror.rows("accounts")] == [digest(profile), digest(FIRST)]
    rows = {row["digest"]: row for row in mirror.rows("contents")}
    assert rows[digest(profile)]["profile"] == {
        "name": "Alice",
        "about": "Swifts.",
        "location": "",
        "website": None,
        "picture": None,
        "cover": None,
    }
    assert rows[digest(FIRST)]["profile"] is None  # a post is nobody's profile
    chain.relay(alice.profile(bytes(32)))
    mirror.catch_up()
    assert mirror.rows("accounts")[0]["profile"] is None


def test_tips_wait_until_they_are_collected(mirror: Mirror) -> None:
    chain = mirror.chain
    (alice,) = join(chain, "alice")
    post = alice.post_id(digest(FIRST))
    chain.relay(alice.post(digest(FIRST)))
    token = chain.token.address
    chain.send(chain.token.functions.approve(chain.graph.address, 1000))
    for amount in (300, 50):
        chain.send(chain.graph.functions.tip(post, token, amount))
    collect = alice.collect(token, DEV, 120), alice.collect(DEV, DEV, 0)
    skipped = chain.skipped(chain.relay(*collect))
    assert 0 not in skipped
    mirror.catch_up()
    tips = mirror.rows("tips")
    assert [(t["post"], t["sender"], t["token"], t["amount"]) for t in tips] == [
        (post, DEV, token, 300),
        (post, DEV, token, 50),
    ]
    assert mirror.rows("tip_balances") == [
        {"account": alice.account, "token": token, "amount": 230}
    ]
    outcome = mirror.verify()
    assert outcome.same and outcome.compared["tips"] == 1


def pairs(mirror: Mirror, name: str) -> list[tuple[int, int]]:
    return [(row["account"], row["target"]) for row in mirror.rows(name)]
