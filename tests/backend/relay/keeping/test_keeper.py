"""Closing, settling and claiming: for everyone after the grace, at once for who asks."""

from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from indexer.protocol.actions import sha256
from indexer.schema import Day, Post, Vote
from tests.actors import Actor, join, stake
from tests.backend.relay.node import Node, running_node
from tests.chain import Chain, deployed_on, running_anvil

DAY = 86_400


def voted_posts(chain: Chain, authors: int, voters: int) -> tuple[list[Actor], list[Actor]]:
    """A post of each author, each with every voter's vote; the voters have stake. Cashout is past."""
    writers = join(chain, *(f"author{i:02}" for i in range(authors)))
    readers = join(chain, *(f"voter{i:02}" for i in range(voters)))
    for reader in readers:
        stake(chain, reader, 10**21)
    chain.anvil.forward(5 * DAY)
    chain.relay(*(w.post(sha256(w.handle.encode())) for w in writers))
    votes = [
        r.vote(w.post_id(sha256(w.handle.encode())), 500 * (i + 1))
        for i, r in enumerate(readers)
        for w in writers
    ]
    assert chain.skipped(chain.relay(*votes)) == {}
    chain.anvil.forward(8 * DAY)
    return writers, readers


def post_of(author: Actor) -> bytes:
    return author.post_id(sha256(author.handle.encode()))


def settled(node: Node) -> set[int]:
    """The accounts whose posts are settled, by the mirror."""
    with Session(node.engine) as session:
        return set(session.scalars(select(Post.account).where(Post.settled)))


def claimed(node: Node) -> int:
    """How many votes' rewards are claimed, by the mirror."""
    with Session(node.engine) as session:
        return session.scalar(select(func.count()).where(Vote.claimed)) or 0


def claim(node: Node, handle: str) -> str:
    answer = node.client.post(f"/api/laurel/v1/accounts/{handle}/claim", json={})
    assert answer.status_code == 202, answer.json
    return str(answer.json["id"])


def test_everyone_is_paid_after_the_grace(node: Node, chain: Chain) -> None:
    authors, voters = voted_posts(chain, authors=3, voters=8)
    (silent,) = join(chain, "silent")
    chain.relay(silent.post(sha256(b"nobody votes on this")))
    node.keep()
    with Session(node.engine) as session:
        assert session.scalar(select(func.count(Day.day))) == chain.anvil.now() // DAY - 19675
    assert settled(node) == set()  # people may still claim for themselves

    chain.anvil.forward(DAY)
    node.keep()
    assert settled(node) == {a.account for a in authors}
    assert claimed(node) == 24
    for author in authors:
        assert chain.core.functions.balanceOf(author.account).call() > 0
    for voter in voters:
        assert chain.core.functions.voteState(post_of(authors[0]), voter.account).call() == 0
    done = node.transactions()
    assert {t.state for t in done} == {"mined"}
    assert [t.purpose for t in done].count("settle") == 1
    assert [t.purpose for t in done].count("claim") == 3
    assert node.keep() == 0  # and never again


def test_transactions_stay_within_the_gas_bound(chain: Chain, tmp_path: Path) -> None:
    authors, _ = voted_posts(chain, authors=6, voters=4)
    env = {"LAUREL_RELAY_GAS": "400000", "LAUREL_KEEPER_GRACE": "0"}
    with running_node(chain, tmp_path / "home", **env) as node:
        node.keep()
        assert settled(node) == {a.account for a in authors}
        assert claimed(node) == 24
        assert [t.purpose for t in node.transactions()].count("settle") > 1
        assert all(t.gas <= 400_000 and t.state == "mined" for t in node.transactions())


def test_one_bad_post_stops_no_other(
    node: Node, chain: Chain, caplog: pytest.LogCaptureFixture
) -> None:
    authors, _ = voted_posts(chain, authors=5, voters=2)
    node.keep()
    invent_post(node, post_of(authors[2]), account=authors[2].account)
    chain.anvil.forward(DAY)
    node.keep()
    assert settled(node) == {a.account for a in authors}
    assert claimed(node) == 10
    assert "unknown_post" in caplog.text
    assert {t.state for t in node.transactions()} == {"mined"}


def invent_post(node: Node, like: bytes, account: int) -> bytes:
    """Puts a post into the mirror that the chain has not."""
    fake = account.to_bytes(5) + bytes(27)
    with Session(node.engine) as session:
        row = dict(session.execute(select(*Post.__table__.c).where(Post.id == like)).one()._mapping)
        session.execute(insert(Post).values(**row | {"id": fake, "seq": 2 * row["seq"]}))
        session.commit()
    return fake


def test_an_author_claims_at_once_and_only_for_themselves(node: Node, chain: Chain) -> None:
    authors, _ = voted_posts(chain, authors=2, voters=2)
    node.mirror()
    ticket = claim(node, "author00")
    assert claim(node, "author00") == ticket  # on its way already
    node.keep()
    told = node.ticket(ticket)
    assert (told["state"], told["reason"], told["indexed"]) == ("included", None, True)
    assert told["tx"] in {t.hash for t in node.transactions() if t.purpose == "settle"}
    assert settled(node) == {authors[0].account}
    assert claimed(node) == 0
    again = node.client.post("/api/laurel/v1/accounts/author00/claim", json={})
    assert (again.status_code, again.json["code"]) == (409, "nothing_to_claim")
    nobody = node.client.post("/api/laurel/v1/accounts/nobody/claim", json={})
    assert (nobody.status_code, nobody.json["code"]) == (404, "unknown_account")


def test_a_curator_claims_and_the_posts_are_settled_first(node: Node, chain: Chain) -> None:
    authors, voters = voted_posts(chain, authors=3, voters=2)
    node.mirror()
    ticket = claim(node, "voter01")
    node.keep()
    assert node.state(ticket) == "included"
    assert settled(node) == {a.account for a in authors}
    with Session(node.engine) as session:
        paid = session.execute(
            select(Vote.account, func.count(), func.min(Vote.vests))
            .where(Vote.claimed)
            .group_by(Vote.account)
        ).one()
    assert paid[:2] == (voters[1].account, 3) and paid[2] > 0


def test_a_beneficiary_claims(node: Node, chain: Chain) -> None:
    author, friend, voter = join(chain, "author", "friend", "voter")
    stake(chain, voter, 10**21)
    chain.anvil.forward(5 * DAY)
    digest = sha256(b"shared")
    shared = author.post_with_options(digest, {friend.account: 10_000})
    assert chain.skipped(chain.relay(shared, voter.vote(author.post_id(digest), 10_000))) == {}
    chain.anvil.forward(8 * DAY)
    node.mirror()
    ticket = claim(node, "friend")
    node.keep()
    assert node.state(ticket) == "included"
    balances = [chain.core.functions.balanceOf(a.account).call() for a in (author, friend)]
    assert balances[0] == 0 < balances[1]


def test_a_claim_that_the_chain_refuses_says_why(node: Node, chain: Chain) -> None:
    authors, _ = voted_posts(chain, authors=2, voters=1)
    node.mirror()
    invent_post(node, post_of(authors[0]), account=authors[0].account)
    with Session(node.engine) as session:
        session.execute(update(Post).where(Post.id == post_of(authors[0])).values(settled=True))
        session.commit()
    ticket = claim(node, "author00")
    node.keep()
    told = node.ticket(ticket)
    assert (told["state"], told["reason"]) == ("skipped", "unknown_post")


def test_a_refusal_is_told_to_whom_it_concerns(node: Node, chain: Chain) -> None:
    authors, (voter,) = voted_posts(chain, authors=2, voters=1)
    chain.send(chain.core.functions.close(100))
    chain.send(chain.core.functions.claimStakeReward(voter.account))  # nothing else is owed
    node.mirror()
    invent_post(node, post_of(authors[0]), account=authors[0].account)
    with Session(node.engine) as session:  # the mirror is ahead of the chain
        ours = Post.id.in_([post_of(a) for a in authors])
        session.execute(update(Post).where(ours).values(settled=True, curation=1))
        session.commit()
    tickets = []
    for handle in ("voter00", "author00"):
        tickets.append(claim(node, handle))
        node.keep()
    assert [node.ticket(t)["state"] for t in tickets] == ["skipped", "skipped"]
    assert [node.ticket(t)["reason"] for t in tickets] == ["not_settled", "unknown_post"]


def test_claims_have_their_limit(node: Node, chain: Chain) -> None:
    voted_posts(chain, authors=2, voters=1)
    node.mirror()
    node.restart(LAUREL_RELAY_LIMITS="claim=1/3600")
    claim(node, "author00")
    answer = node.client.post("/api/laurel/v1/accounts/author01/claim", json={})
    assert (answer.status_code, answer.json["code"]) == (429, "rate_limited")
    assert int(answer.headers["Retry-After"]) > 3500
    node.restart(LAUREL_RELAY_LIMITS="all=1/86400")  # of everyone together
    answer = node.client.post("/api/laurel/v1/accounts/author01/claim", json={})
    assert (answer.status_code, answer.json["code"]) == (429, "rate_limited")
    assert int(answer.headers["Retry-After"]) > 86_000


def test_the_keeper_waits_for_the_mirror(node: Node, chain: Chain) -> None:
    voted_posts(chain, authors=1, voters=1)
    node.mirror()
    assert node.keeper.step()
    node.deliver()
    assert not node.keeper.step()  # what it did is not mirrored yet
    node.mirror()
    assert node.keeper.step()


def test_a_public_chain_is_not_closed_for_nothing(tmp_path: Path) -> None:
    with running_anvil("--chain-id", "84532") as anvil:
        chain = deployed_on(anvil, tmp_path / "deployments")
        with running_node(chain, tmp_path / "home") as node:
            anvil.forward(3 * DAY)
            assert node.keep() == 0
            anvil.forward(6 * DAY)
            assert node.keep() == 1  # eight days in one transaction
            assert [t.purpose for t in node.transactions()] == ["close"]
