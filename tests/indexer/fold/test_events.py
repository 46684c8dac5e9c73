"""Every event of the core, from a real transaction to a row, through the relay and by direct calls."""

from indexer.content.cid import digest
from tests.actors import Key, join, stake
from tests.chain import DEV
from tests.indexer.mirrors import Mirror, document

LRL = 10**18
DAY = 86_400
FIRST, SECOND = document("First"), document("Second")


def test_accounts_and_keys(mirror: Mirror) -> None:
    chain = mirror.chain
    alice, bob = join(chain, "alice", "bob", p256=True)
    new = Key.p256()
    expiry = chain.anvil.now() + 10_000
    chain.relay(alice.add_key(new, role=2, expiry=expiry), bob.revoke_key(bob.key.address))
    chain.impersonate(alice.owner.address)
    revoke = chain.core.functions.revokeKey(alice.account, alice.key.address)
    chain.send(revoke, alice.owner.address)
    mirror.catch_up()

    assert [(a["handle"], a["recovery"], a["posts"]) for a in mirror.rows("accounts")] == [
        ("alice", 0, 0),
        ("bob", 0, 0),
    ]
    keys = {key["address"]: key for key in mirror.rows("keys")}
    assert len(keys) == 5
    added = keys[new.address]
    assert (added["account"], added["role"], added["expiry"]) == (alice.account, 2, expiry)
    assert [keys[a.owner.address]["role"] for a in (alice, bob)] == [3, 3]
    assert {a for a, key in keys.items() if key["revoked_at"]} == {
        alice.key.address,
        bob.key.address,
    }
    assert mirror.verify().same


def test_money_moves_into_stake_and_out(mirror: Mirror) -> None:
    chain = mirror.chain
    alice, bob = join(chain, "alice", "bob")
    stake(chain, alice, 5 * LRL)
    chain.send(chain.token.functions.approve(chain.core.address, 7 * LRL))
    chain.send(chain.core.functions.deposit(alice.account, 7 * LRL))
    chain.relay(alice.power_up(bob.account, 2 * LRL + 5), alice.withdraw(DEV, LRL))
    chain.impersonate(alice.owner.address)
    chain.send(chain.core.functions.powerUp(alice.account, 1, LRL), alice.owner.address)
    chain.send(chain.core.functions.withdraw(alice.account, DEV, 3), alice.owner.address)
    mirror.catch_up()

    of_alice, of_bob = mirror.rows("accounts")
    assert (of_alice["balance"], of_alice["effective"]) == (3 * LRL - 3, 6 * 10**9)
    assert (of_bob["balance"], of_bob["effective"], of_bob["mana"]) == (0, 2 * 10**9, 0)
    assert [(e["account"], e["kind"], e["wei"], e["vests"]) for e in mirror.rows("entries")] == [
        (1, "deposit", 5 * LRL, 0),
        (1, "power-up", -5 * LRL, 5 * 10**9),
        (1, "deposit", 7 * LRL, 0),
        (1, "power-up", -2 * LRL, 0),
        (2, "power-up", 0, 2 * 10**9),
        (1, "withdraw", -LRL, 0),
        (1, "power-up", -LRL, 10**9),
        (1, "withdraw", -3, 0),
    ]
    assert mirror.verify().same


def test_threads(mirror: Mirror) -> None:
    chain = mirror.chain
    alice, bob = join(chain, "alice", "bob")
    post = alice.post_id(digest(FIRST))
    reply = document("", parent=post)
    comment = bob.post_id(digest(reply))
    chain.relay(alice.post(digest(FIRST)), bob.post(digest(reply), post))
    chain.impersonate(alice.owner.address)
    answer = digest(document("", parent=comment))
    chain.send(chain.core.functions.post(1, answer, comment, 2), alice.owner.address)
    chain.relay(bob.post(digest(FIRST)))  # somebody else's document is a post of one's own
    mirror.catch_up()

    rows = {row["id"]: row for row in mirror.rows("posts")}
    assert [
        (rows[id]["parent"], rows[id]["root"], rows[id]["depth"], rows[id]["children"])
        for id in (post, comment, alice.post_id(answer), bob.post_id(digest(FIRST)))
    ] == [
        (None, post, 0, 1),
        (post, post, 1, 1),
        (comment, post, 2, 0),
        (None, bob.post_id(digest(FIRST)), 0, 0),
    ]
    deep = rows[alice.post_id(answer)]
    assert (deep["community"], deep["cashout_at"]) == (2, deep["created_at"] + 7 * DAY)
    receipt = chain.w3.eth.get_transaction_receipt(rows[post]["tx"])
    assert rows[post]["seq"] == receipt["blockNumber"] << 20
    assert [account["posts"] for account in mirror.rows("accounts")] == [2, 2]
    assert [row["state"] for row in mirror.rows("contents")] == ["missing"] * 3
    assert mirror.verify().same


def test_votes_are_cast_replaced_and_taken_back(mirror: Mirror) -> None:
    chain = mirror.chain
    alice, bob, carol = join(chain, "alice", "bob", "carol")
    for actor in (alice, bob):
        stake(chain, actor, 100 * LRL)
    chain.anvil.forward(DAY)
    post = alice.post_id(digest(FIRST))
    chain.relay(alice.post(digest(FIRST)))
    chain.anvil.forward(60)
    chain.relay(alice.vote(post, 10_000), bob.vote(post, -10_000), carol.vote(post, 1))
    mirror.catch_up()
    row = mirror.one("posts")
    assert (row["votes"], row["net_rshares"]) == (3, 0)
    assert row["weight"] == mirror.rows("votes")[0]["rshares"] > 0
    assert [vote["bps"] for vote in mirror.rows("votes")] == [10_000, -10_000, 1]
    assert mirror.verify().same

    chain.anvil.forward(60)
    chain.relay(alice.vote(post, 5000), bob.vote(post, 0))
    chain.impersonate(carol.owner.address)
    chain.anvil.forward(60)
    chain.send(chain.core.functions.vote(3, post, -100), carol.owner.address)
    mirror.catch_up()
    row, votes = mirror.one("posts"), mirror.rows("votes")
    assert (row["votes"], row["net_rshares"]) == (2, votes[0]["rshares"])
    assert [vote["bps"] for vote in votes] == [5000, 0, -100]
    assert row["hot"] > row["created_at"] / 10_000
    assert mirror.verify().same


def test_a_post_pays_its_author_and_curators(mirror: Mirror) -> None:
    chain = mirror.chain
    alice, bob = join(chain, "alice", "bob")
    for actor in (alice, bob):
        stake(chain, actor, 100_000 * LRL)
    chain.anvil.forward(DAY)
    post, poor = alice.post_id(digest(FIRST)), alice.post_id(digest(SECOND))
    chain.relay(alice.post(digest(FIRST)), alice.post(digest(SECOND)))
    chain.relay(bob.vote(post, 10_000), alice.vote(post, 5000))
    chain.anvil.forward(8 * DAY)
    core = chain.core.functions
    chain.send(core.close(100))
    chain.send(core.settle([post, poor]))
    chain.send(core.claimAsVoter(bob.account, [post]))
    chain.send(core.claimOfPost(post, [alice.account]))
    mirror.catch_up()

    rows = {row["id"]: row for row in mirror.rows("posts")}
    paid = rows[post]
    assert paid["settled"] and rows[poor]["settled"]
    assert paid["liquid"] // 10**9 == paid["vests"] > 0
    assert paid["curation"] == core.payoutOf(post).call() // 2 // 10**9
    assert (rows[poor]["liquid"], rows[poor]["vests"], rows[poor]["curation"]) == (0, 0, 0)
    votes = mirror.rows("votes")
    assert all(vote["claimed"] and vote["vests"] for vote in votes)
    entries = [entry for entry in mirror.rows("entries") if entry["post"]]
    assert [(e["account"], e["kind"]) for e in entries] == [
        (alice.account, "author"),
        (bob.account, "curation"),
        (alice.account, "curation"),
    ]
    days = mirror.rows("days")
    assert [day["paid"] > 0 for day in days].count(True) == 1
    assert mirror.verify().same


def test_what_the_relay_skips_leaves_no_trace(mirror: Mirror) -> None:
    chain = mirror.chain
    (alice,) = join(chain, "alice")
    mirror.catch_up()
    before = mirror.dump()
    receipt = chain.relay(alice.vote(b"\1" * 32, 100))
    assert chain.skipped(receipt) == {0: "UnknownPost"}
    mirror.catch_up()
    assert mirror.dump() == before
