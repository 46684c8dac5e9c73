"""Rolling back is the exact opposite of applying, whatever happened and however it was cut."""

from functools import cache
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from indexer.mirror import store
from indexer.mirror.database import connect, migrate_mirror
from indexer.mirror.lease import Lease
from indexer.protocol.events import Event
from tests.conftest import EXAMPLES, PROFILE
from tests.indexer.histories import KINDS, World, header, histories, span
from tests.indexer.mirrors import dump, rows

DAY = 86_400


@cache
def migrated() -> tuple[Engine, Lease]:
    """One database in memory for all examples: migrating it is the slow part."""
    engine = connect("sqlite://")
    migrate_mirror(engine)
    lease = Lease(engine)
    assert lease.acquire() is None
    return engine, lease


def empty_mirror() -> tuple[Engine, Lease]:
    engine, lease = migrated()
    store.empty(engine, lease)
    store.begin(engine, lease, 31337, "0x" + "00" * 20, header(0))
    return engine, lease


def events_of(history: list[list[Any]]) -> tuple[World, list[list[Event]]]:
    world = World()
    return world, [world.block(number, steps) for number, steps in enumerate(history, 1)]


@settings(max_examples=EXAMPLES[PROFILE] // 5)
@given(history=histories, data=st.data())
def test_apply_then_roll_back(history: list[list[Any]], data: st.DataObject) -> None:
    world, blocks = events_of(history)
    last = len(blocks)
    engine, lease = empty_mirror()
    dumps = [dump(engine)]
    for number in range(1, last + 1):
        store.apply(engine, lease, span(blocks, number, number), DAY)
        dumps.append(dump(engine))
    check_sums(dumps[-1], world)

    cuts = data.draw(st.sets(st.integers(1, last - 1)), label="ends of spans")
    depth = data.draw(st.integers(0, last - 1), label="roll back to")
    engine, lease = empty_mirror()
    for first, end in pairwise([0, *sorted(cuts), last]):
        store.apply(engine, lease, span(blocks, first + 1, end), DAY)
    assert dump(engine) == dumps[last]
    store.roll_back(engine, lease, depth)
    assert dump(engine) == dumps[depth]
    assert store.kept(engine) == [(n, header(n).hash) for n in range(depth, -1, -1)]
    store.apply(engine, lease, span(blocks, depth + 1, last), DAY)
    assert dump(engine) == dumps[last]


def test_every_event_there_is_can_be_undone() -> None:
    """One kind of happening to a block, all of them twice, then taken back one by one."""
    people = [[("register", 0, 0, 0)]] * 3
    rounds = [[(kind, a, a + 1, n)] for a in (0, 1) for n, kind in enumerate(KINDS)]
    world, blocks = events_of([*people, *rounds])
    assert {type(event) for block in blocks for event in block} == set(Event.__subclasses__())
    assert len(blocks) < store.KEPT
    engine, lease = empty_mirror()
    dumps = [dump(engine)]
    for number in range(1, len(blocks) + 1):
        store.apply(engine, lease, span(blocks, number, number), DAY)
        dumps.append(dump(engine))
    check_sums(dumps[-1], world)
    for depth in reversed(range(len(blocks))):
        store.roll_back(engine, lease, depth)
        assert dump(engine) == dumps[depth]


def check_sums(mirror: dict[str, list[dict[str, Any]]], world: World) -> None:
    """What is kept incrementally is what counting everything again gives."""
    standing = [post for post in mirror["posts"] if not post["removed"]]
    assert [post["id"] for post in standing] == sorted(world.posts)
    for post in mirror["posts"]:
        votes = [vote for vote in mirror["votes"] if vote["post"] == post["id"]]
        assert post["net_rshares"] == sum(vote["rshares"] for vote in votes)
        assert post["weight"] == sum(vote["weight"] for vote in votes)
        assert post["votes"] == sum(vote["bps"] != 0 for vote in votes)
        assert post["children"] == sum(other["parent"] == post["id"] for other in standing)
        assert post["replied"] == any(o["parent"] == post["id"] for o in mirror["posts"])
    for account in mirror["accounts"]:
        number = account["id"]
        assert account["posts"] == sum(p["account"] == number for p in standing)
        entries = [entry for entry in mirror["entries"] if entry["account"] == number]
        assert account["balance"] == sum(entry["wei"] for entry in entries)
        assert account["own"] == sum(entry["vests"] for entry in entries) == world.own[number]
        lent = [d["vests"] for d in mirror["delegations"] if d["account"] == number]
        assert account["delegated"] == sum(lent)
        assert 0 not in lent
    assert [pool["wei"] for pool in mirror["pool"]] == ([world.pool] if world.days else [])
    assert {b["account"]: b["amount"] for b in mirror["tip_balances"]}.items() <= world.tips.items()
    assert {content["digest"] for content in mirror["contents"]} == world.documents


def test_no_more_is_kept_than_can_be_undone() -> None:
    blocks: list[list[Event]] = [[] for _ in range(store.KEPT + 10)]
    world = World()
    blocks[5] = world.block(6, [("register", 0, 0, 0)])
    blocks[-1] = world.block(len(blocks), [("stake", 0, 0, 5)])
    engine, lease = empty_mirror()
    for first in range(0, len(blocks), 46):
        last = min(first + 46, len(blocks))
        store.apply(engine, lease, span(blocks, first + 1, last), DAY)
    assert [number for number, _ in store.kept(engine)] == list(range(len(blocks), 9, -1))
    assert {row["block"] for row in rows(engine, "undo")} == {len(blocks)}
    before = rows(engine, "accounts")
    store.roll_back(engine, lease, 10)
    assert rows(engine, "accounts") != before
    assert rows(engine, "accounts")[0]["effective"] == 0
