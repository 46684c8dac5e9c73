"""How much gas is paid for an account: counted once, come back over a day, told beforehand."""

import itertools
import time

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, update

from backend.chain.gas import item_gas
from backend.relay.sponsor import quota
from backend.relay.sponsor.quota import DAY_SECONDS, POST_GAS, Standing, remaining, spend, standing
from backend.relay.sponsor.settings import ACTION_GAS, BadSponsoring, Quota, SponsorSettings
from backend.relay.sponsor.tables import Used
from backend.site.database import NodeBase
from backend.site.problems import Problem
from indexer.fold.rows import new_account
from indexer.mirror.database import connect, writing
from indexer.protocol.actions import Signed, sha256
from indexer.protocol.kinds import KINDS
from indexer.schema import Account
from tests.actors import Actor, join, stake
from tests.backend.relay.node import Node
from tests.backend.relay.sponsor.racing import at_once
from tests.chain import Chain

LRL = 10**18
VEST = 10**9  # micro-vests of one LRL
VOTE, POST, ADD_KEY = (Signed(KINDS[kind].number, b"", b"") for kind in ("Vote", "Post", "AddKey"))
VOTES = Signed(KINDS["Votes"].number, bytes(500), b"")


class Wall:
    """A wall's clock that the test moves."""

    seconds = 1_000_000.0

    def time(self) -> float:
        return self.seconds


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    wall = Wall()
    monkeypatch.setattr(quota, "time", wall)
    return wall


def give_power(engine: Engine, account: int, lrl: int) -> None:
    row = new_account(account, f"acc{account}", 0) | {"effective": lrl * VEST}
    with writing(engine) as connection:
        connection.execute(insert(Account).values(**row))


def take(engine: Engine, allowed: Quota, account: int = 1, signed: Signed = VOTE) -> Standing:
    with writing(engine) as connection:
        return spend(connection, allowed, account, signed)


def test_settings() -> None:
    made = SponsorSettings.from_env({"LAUREL_QUOTA": " 20+10 / 500LRL", "LAUREL_JOIN": "work"})
    assert (made.join, made.quota) == ("work", Quota(20, 10, 500 * VEST))
    assert made.quota is not None
    assert made.quota.gas(0) == 20 * ACTION_GAS
    assert made.quota.gas(1250 * VEST) == 45 * ACTION_GAS
    assert SponsorSettings.from_env({"LAUREL_QUOTA": "off"}).quota is None
    usual = SponsorSettings.from_env({})
    assert (usual.join, usual.quota) == ("open", Quota(100, 100, 1000 * VEST))
    for name, values in {
        "LAUREL_QUOTA": ("20", "20+10", "20+10/0 LRL", "x+1/1 LRL", "-1+1/1 LRL"),
        "LAUREL_JOIN": ("closed",),
        "LAUREL_WORK_BITS": ("0", "33", "many"),
    }.items():
        for value in values:
            with pytest.raises(BadSponsoring, match=name):
                SponsorSettings.from_env({name: value})


def test_it_comes_back_evenly_over_a_day() -> None:
    assert remaining(1000, 1000, 0) == 1000
    assert remaining(1000, 1000, DAY_SECONDS / 4) == 750
    assert remaining(1000, 1000, DAY_SECONDS) == remaining(1, 1000, DAY_SECONDS * 9) == 0
    assert remaining(1000, 1000, -5) == 1000  # a clock that was put back gives nothing
    half = Standing(full=1000, used=900)
    assert (half.left, half.low, half.wait(100), half.wait(200)) == (100, True, 0, 8640)
    assert not Standing(1000, 800).low and Standing(1000, 801).low


def test_room_comes_back_and_the_refusal_says_when(engine: Engine, wall: Wall) -> None:
    allowed = Quota(2, 0, 1)
    assert take(engine, allowed).left == ACTION_GAS
    take(engine, allowed)
    with pytest.raises(Problem) as full:
        take(engine, allowed)
    problem = full.value
    assert (problem.status, problem.code) == (429, "quota_used")
    assert problem.extra["until"] == 1_000_000 + DAY_SECONDS // 2
    assert problem.headers["Retry-After"] == str(DAY_SECONDS // 2)
    assert "in 12 h" in problem.detail and "wallet" in problem.detail
    assert take(engine, allowed, account=2).left == ACTION_GAS  # another's
    wall.seconds += DAY_SECONDS / 2 - 60
    with pytest.raises(Problem):
        take(engine, allowed)
    wall.seconds += 60
    assert take(engine, allowed).left == 0


def test_what_a_refusal_promises_is_kept_and_a_day_costs_no_more(
    engine: Engine, wall: Wall
) -> None:
    accounts = itertools.count(1)
    pauses = st.integers(0, DAY_SECONDS // 2)
    kinds = st.sampled_from([VOTE, POST, VOTES, ADD_KEY])

    @given(st.lists(st.tuples(pauses, kinds), max_size=12), st.integers(1, 6))
    def holds(steps: list[tuple[int, Signed]], base: int) -> None:
        account, allowed = next(accounts), Quota(base, 0, 1)
        spent: list[tuple[float, int]] = []
        for pause, signed in steps:
            wall.seconds += pause
            try:
                now = take(engine, allowed, account, signed)
            except Problem as problem:
                assert problem.extra["until"] > wall.seconds
                wall.seconds = problem.extra["until"]
                now = take(engine, allowed, account, signed)
            spent.append((wall.seconds, min(item_gas(signed), now.full)))
            within = [gas for at, gas in spent if at > wall.seconds - DAY_SECONDS]
            # What was left, what came back meanwhile, and what is kept for saving the account.
            assert sum(within) <= 3 * now.full

    holds()


def test_power_adds_to_it(engine: Engine) -> None:
    give_power(engine, 7, 3000)
    allowed = Quota(1, 2, 1000 * VEST)
    with engine.connect() as connection:
        assert standing(connection, allowed, 7) == Standing(7 * ACTION_GAS, 0)
        assert standing(connection, allowed, 8) == Standing(ACTION_GAS, 0)
    nothing = Quota(0, 2, 1000 * VEST)
    assert take(engine, nothing, 7).full == 6 * ACTION_GAS
    with pytest.raises(Problem, match="Power up"):
        take(engine, nothing, 8)


def test_what_is_more_than_a_quota_takes_all_of_it(engine: Engine) -> None:
    many = Signed(KINDS["Votes"].number, bytes(3400), b"")
    assert take(engine, Quota(3, 0, 1), signed=many).left == 0


def test_who_uses_all_of_it_can_still_be_stopped(engine: Engine) -> None:
    """A thief of a posting key must not keep the owner from revoking it."""
    allowed = Quota(4, 0, 1)
    for _ in range(4):
        take(engine, allowed)
    assert take(engine, allowed, signed=ADD_KEY).left == 0
    with pytest.raises(Problem):
        take(engine, allowed, signed=ADD_KEY)  # 416,000 gas, twice, are beyond another whole one
    with pytest.raises(Problem):
        take(engine, allowed)


def test_many_at_once_get_no_more_than_there_is(database: str) -> None:
    """Each with a connection of their own, as workers and several sites have."""
    allowed = Quota(10, 0, 1)
    engines = [connect(database) for _ in range(8)]

    def spender(i: int) -> int:
        got = 0
        for _ in range(3):
            try:
                take(engines[i], allowed)
                got += 1
            except Problem as problem:
                assert problem.code == "quota_used"
        return got

    assert sum(at_once(8, spender)) == 10
    for engine in engines:
        engine.dispose()


def test_the_relay_counts_tells_and_refuses(node: Node, deployed: Chain) -> None:
    node.restart(LAUREL_QUOTA="3+2/1000 LRL")
    (ann,) = join(deployed, "ann", posting=True)
    stake(deployed, ann, 1000 * LRL)
    node.mirror()
    full = 5 * ACTION_GAS
    before = node.client.get("/api/laurel/v1/accounts/ann/quota").json
    assert before["quota"]["left"] == before["quota"]["full"] == full

    def post(i: int):
        return node.submit(ann.post(sha256(b"post %d" % i)))

    first = post(0)
    assert first.status_code == 202
    assert first.json["quota"]["left"] == pytest.approx(full - POST_GAS, abs=full // 1000)
    assert first.headers["RateLimit-Policy"] == f'"quota";q={full};w=86400;qu="gas"'
    left = first.json["quota"]["left"]
    assert first.headers["RateLimit"].startswith(f'"quota";r={left};t=')
    # What the simulation refuses costs nothing, and neither does asking twice for the same.
    assert node.refusal(ann.vote(sha256(b"no post"), 100)) == "unknown_post"
    assert post(0).status_code == 202
    assert [post(i).status_code for i in range(1, 6)] == [202] * 5
    refused = post(6)
    assert (refused.status_code, refused.json["code"]) == (429, "quota_used")
    assert 0 < int(refused.headers["Retry-After"]) < DAY_SECONDS
    assert refused.headers["RateLimit-Policy"] == first.headers["RateLimit-Policy"]
    assert refused.json["until"] > time.time() and refused.json["quota"]["low"] is True
    # A key that was stolen can be revoked all the same.
    assert ann.posting is not None
    node.accept(ann.revoke_key(ann.posting.address))
    with writing(node.engine) as connection:
        connection.execute(update(Used).values(at=Used.at - 2 * DAY_SECONDS))
    assert node.client.get("/api/laurel/v1/accounts/ann/quota").json == before
    node.restart(LAUREL_QUOTA="off")
    free = post(7)  # the revocation is only queued
    assert (free.status_code, "quota" in free.json) == (202, False)
    assert "RateLimit" not in free.headers
    assert node.client.get("/api/laurel/v1/accounts/ann/quota").json["quota"] is None
    assert node.client.get("/api/laurel/v1/accounts/nobody/quota").status_code == 404


def test_what_is_never_sent_is_given_back(node: Node, deployed: Chain) -> None:
    node.restart(LAUREL_QUOTA="2+0/1 LRL")
    (ann,) = join(deployed, "ann")
    node.mirror()
    posts = [node.accept(ann.post(sha256(b"%d" % i))) for i in range(2)]
    assert node.refusal(ann.post(sha256(b"more"))) == "quota_used"
    deployed.anvil.forward(3600)  # past their deadlines
    node.sender.send()
    assert [node.state(post) for post in posts] == ["expired"] * 2
    now = node.client.get("/api/laurel/v1/accounts/ann/quota").json["quota"]
    assert now["left"] == now["full"]
    node.accept(ann.post(sha256(b"more")))


def test_somebody_elses_actions_are_not_counted(node: Node, deployed: Chain) -> None:
    """Whoever has no key of an account cannot use up its quota."""
    node.restart(LAUREL_QUOTA="1+0/1 LRL")
    ann, eve = join(deployed, "ann", "eve")
    thief = Actor(ann.deployment, ann.anvil, "ann", owner=eve.owner, account=ann.account)
    assert node.refusal(thief.post(sha256(b"x"))) == "unknown_key"
    node.accept(ann.post(sha256(b"x")))


def test_the_tables_are_what_the_migration_made(engine: Engine) -> None:
    ours = {"invitations", "admissions", "works", "quota_used"}

    def is_ours(item, name, kind, *_) -> bool:
        return (name if kind == "table" else item.table.name) in ours

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": is_ours})
        assert compare_metadata(context, NodeBase.metadata) == []
