"""Options, beneficiaries, edits and removed posts: from transactions to rows."""

from indexer.content.cid import digest
from tests.actors import join, stake
from tests.indexer.mirrors import Mirror, document

LRL = 10**18
DAY = 86_400
CAP = LRL // 100  # under the least that is paid out
FIRST, SECOND, THIRD = document("First"), document("Second"), document("Third")


def test_options_and_what_they_do_to_a_payout(mirror: Mirror) -> None:
    chain = mirror.chain
    alice, bob, carol = join(chain, "alice", "bob", "carol")
    for actor in (alice, bob):
        stake(chain, actor, 100_000 * LRL)
    chain.anvil.forward(DAY)
    plain, shared, capped, declined = [
        alice.post_id(digest(document(name))) for name in ("plain", "shared", "capped", "declined")
    ]
    batch = [
        alice.post_with_options(digest(document("plain"))),
        alice.post_with_options(
            digest(document("shared")), {bob.account: 2500, carol.account: 1}, liquidBps=0
        ),
        alice.post_with_options(digest(document("capped")), maxAcceptedPayout=CAP),
        alice.post_with_options(digest(document("declined")), allowCurationRewards=False),
        alice.post_with_options(digest(document("quiet")), allowVotes=False),
    ]
    assert chain.skipped(chain.relay(*batch)) == {}
    chain.relay(*[bob.vote(post, 10_000) for post in (plain, shared, capped, declined)])
    mirror.catch_up()
    rows = {row["id"]: row for row in mirror.rows("posts")}
    assert (rows[plain]["max_accepted_payout"], rows[plain]["liquid_bps"]) == (2**96 - 1, 5000)
    assert (rows[capped]["max_accepted_payout"], rows[shared]["liquid_bps"]) == (CAP, 0)
    assert not rows[declined]["allow_curation_rewards"]
    assert [row["allow_votes"] for row in rows.values()].count(False) == 1
    outcome = mirror.verify()
    assert outcome.same
    assert outcome.compared["options"] == 2  # of the others, the post's own slot tells all

    chain.anvil.forward(8 * DAY)
    core = chain.core.functions
    chain.send(core.close(100))
    chain.send(core.settle([plain, shared, capped, declined]))
    chain.send(core.claimAsVoter(bob.account, [plain, shared, capped, declined]))
    mirror.catch_up()
    rows = {row["id"]: row for row in mirror.rows("posts")}
    assert rows[plain]["returned"] == 0 < rows[capped]["returned"]
    assert rows[declined]["curation"] == 0 < rows[declined]["returned"]
    assert (rows[shared]["liquid"], rows[shared]["vests"] > 0) == (0, True)
    shares = mirror.rows("beneficiaries")
    assert [(s["post"], s["account"], s["bps"], s["liquid"]) for s in shares] == [
        (shared, bob.account, 2500, 0),
        (shared, carol.account, 1, 0),
    ]
    assert 0 < shares[1]["vests"] < shares[0]["vests"] < rows[shared]["vests"]
    lines = [
        (e["account"], e["vests"]) for e in mirror.rows("entries") if e["kind"] == "beneficiary"
    ]
    assert lines == [(share["account"], share["vests"]) for share in shares]
    returned = sum(row["returned"] for row in rows.values())
    assert mirror.one("pool")["wei"] == mirror.rows("days")[-1]["pool"] + returned
    assert mirror.verify().first == []


def test_an_edited_post_shows_other_words_under_its_id(mirror: Mirror) -> None:
    chain = mirror.chain
    (alice,) = join(chain, "alice")
    post = alice.post_id(digest(FIRST))
    for data in (FIRST, SECOND):
        mirror.content.put(data)
    chain.relay(alice.post(digest(FIRST)))
    mirror.catch_up()
    assert mirror.one("posts")["current"] == digest(FIRST)
    chain.anvil.forward(60)
    chain.relay(alice.edit(post, digest(SECOND)))
    edited = chain.anvil.now()
    chain.anvil.forward(60)
    chain.relay(alice.edit(post, digest(THIRD)))
    chain.relay(alice.edit(post, digest(SECOND)))
    mirror.catch_up()
    row = mirror.one("posts")
    assert (row["id"], row["digest"], row["current"]) == (post, digest(FIRST), digest(SECOND))
    assert row["edited_at"] > edited > row["created_at"]
    states = {row["digest"]: row["state"] for row in mirror.rows("contents")}
    assert [states[digest(d)] for d in (FIRST, SECOND, THIRD)] == ["ready", "ready", "missing"]
    assert mirror.verify().same


def test_a_removed_post_stays_as_a_tombstone(mirror: Mirror) -> None:
    chain = mirror.chain
    alice, bob = join(chain, "alice", "bob")
    stake(chain, bob, 100 * LRL)
    chain.anvil.forward(DAY)
    post = alice.post_id(digest(FIRST))
    reply = document("", parent=post)
    comment = bob.post_id(digest(reply))
    chain.relay(
        alice.post(digest(FIRST)),
        bob.post(digest(reply), post),
        bob.post_with_options(digest(SECOND), {alice.account: 100}),
    )
    chain.relay(alice.vote(comment, -10_000))
    batch = [bob.remove(comment), bob.remove(bob.post_id(digest(SECOND))), alice.remove(post)]
    assert chain.skipped(chain.relay(*batch)) == {2: "NotRemovable"}  # it was replied to
    mirror.catch_up()
    rows = {row["id"]: row for row in mirror.rows("posts")}
    assert (rows[comment]["removed"], rows[post]["removed"]) == (True, False)
    assert (rows[post]["children"], rows[post]["replied"]) == (0, True)
    assert [account["posts"] for account in mirror.rows("accounts")] == [1, 0]
    assert mirror.verify().first == []
