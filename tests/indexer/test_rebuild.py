"""Rebuilding beside the mirror: readers see the old tables, then the new, and a kill changes nothing."""

import multiprocessing
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, inspect, make_url, text, update

from indexer import rebuild as rebuilding
from indexer.content.cid import digest
from indexer.fetching.worker import Fetcher
from indexer.follow import Indexer, follow
from indexer.mirror.database import migrate_mirror, writing
from indexer.mirror.digests import table_digests
from indexer.mirror.lease import Lease
from indexer.rebuild import BESIDE, ReadersInTheWay, RebuildRunning, Rebuilt, rebuild
from indexer.schema import Content, Post, Vote
from tests.actors import join
from tests.chain import Chain
from tests.indexer.eventful import first_half, publish, settled_in
from tests.indexer.killed import Stock, stock
from tests.indexer.mirror.test_migrations import described, differences
from tests.indexer.mirrors import Mirror, document, environment, mirror_of, rows, until
from tests.indexer.reading import count, read_on


@pytest.fixture
def lived(mirror: Mirror) -> Mirror:
    """A mirror of a little of everything, whose lease nobody holds."""
    publish(mirror.content)
    first_half(mirror.chain, settled_in(mirror.chain))
    mirror.catch_up()
    mirror.indexer.lease.release()
    return mirror


def indexer_of(mirror: Mirror) -> Callable[[Engine], Indexer]:
    def make(engine: Engine) -> Indexer:
        fetcher = Fetcher(engine, mirror.content)
        return Indexer(engine, mirror.source, mirror.chain.deployment, Lease(engine), fetcher)

    return make


def rebuilt(mirror: Mirror, report: Callable[[Any], None] = lambda told: None) -> Rebuilt:
    return rebuild(mirror.engine, mirror.chain.deployment, indexer_of(mirror), report)


def url_of(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def beside(engine: Engine) -> list[str]:
    """What stands beside the mirror at this moment."""
    if engine.dialect.name == "sqlite":
        return [
            p.name
            for p in Path(engine.url.database or "").parent.glob("*.db-rebuild*")
            if p.suffix != ".lock"
        ]
    return [name for name in inspect(engine).get_schema_names() if name == BESIDE]


@pytest.mark.postgresql
def test_the_tables_are_the_same_under_the_same_names(lived: Mirror) -> None:
    before, names = lived.dump(), described(lived.engine)
    done = rebuilt(lived)
    assert done.same
    assert done.before == done.after == table_digests(lived.engine)
    assert done.block == lived.chain.w3.eth.block_number
    assert lived.dump() == before
    assert described(lived.engine) == names
    assert differences(lived.engine) == []
    assert beside(lived.engine) == []
    migrate_mirror(lived.engine)
    assert rebuilt(lived).same  # and again


@pytest.mark.postgresql
def test_the_mirror_goes_on_from_the_new_tables(lived: Mirror) -> None:
    rebuilt(lived)
    lease = lived.indexer.lease
    assert lease.acquire() is None
    (zoe,) = join(lived.chain, "zoe")
    lived.chain.relay(zoe.post(digest(document("After"))))
    lived.catch_up()
    assert lived.verify().same
    lived.chain.anvil.rpc("anvil_reorg", 3, [])
    told = lived.catch_up()
    assert sum(status.undone for status in told) == 3
    assert "zoe" not in [row["handle"] for row in lived.rows("accounts")]
    assert lived.verify().same


def test_what_was_wrong_is_put_right_and_told(lived: Mirror) -> None:
    before = lived.dump()
    with writing(lived.engine) as connection:
        connection.execute(update(Vote).values(bps=Vote.bps + 1))
        connection.execute(update(Post).values(weight=7))
    done = rebuilt(lived)
    assert not done.same
    changed = [name for name in done.after if done.after[name] != done.before[name]]
    assert changed == ["posts", "votes"]
    assert lived.dump() == before


@pytest.mark.postgresql
def test_content_that_waits_keeps_its_place_and_what_came_is_kept(lived: Mirror) -> None:
    with writing(lived.engine) as connection:
        missing = update(Content).where(Content.state == "missing")
        connection.execute(missing.values(tries=5, next_try=1e12, error="nobody"))
    before = lived.dump()["contents"]
    assert {(row["state"], row["tries"]) for row in before} == {("ready", 0), ("missing", 5)}
    lived.content.close()  # the store is gone: what was found is kept all the same
    rebuilt(lived)
    assert lived.dump()["contents"] == before


# ---------------------------------------------------------------- readers


@pytest.mark.postgresql
def test_readers_never_see_empty_or_mixed_tables(lived: Mirror) -> None:
    wanted = (
        *(len(found) for found in lived.dump().values()),
        sum(row["rshares"] for row in lived.rows("votes")),
    )
    spawn = multiprocessing.get_context("spawn")
    ready, stop, seen = spawn.Event(), spawn.Event(), spawn.Queue()
    readers = [
        spawn.Process(target=read_on, args=(url_of(lived.engine), ready, stop, seen))
        for _ in range(2)
    ]
    for reader in readers:
        reader.start()
    try:
        assert ready.wait(60)
        for _ in range(3):
            assert rebuilt(lived).same
    finally:
        stop.set()
    outcomes = [seen.get(timeout=60) for _ in readers]
    for reader in readers:
        reader.join(60)
        assert reader.exitcode == 0
    assert [found for found, _ in outcomes] == [{wanted}, {wanted}]
    assert all(times > 10 for _, times in outcomes)


@pytest.mark.postgresql
def test_a_long_reader_is_waited_for_and_never_ended(
    lived: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuilding, "READERS_SECONDS", 1.0)
    before = lived.dump()
    with lived.engine.connect() as reader:
        assert count(reader, "posts") == len(before["posts"])
        if lived.engine.dialect.name == "sqlite":
            assert rebuilt(lived).same  # the reader has its own state of things
        else:
            with pytest.raises(ReadersInTheWay, match="pg_stat_activity"):
                rebuilt(lived)
        assert count(reader, "votes") == len(before["votes"])
    assert beside(lived.engine) == []
    assert lived.dump() == before
    assert rebuilt(lived).same


def test_who_was_let_in_still_is(deployed: Chain, postgres: str, tmp_path: Path) -> None:
    reader = f'"50%% :reader\'s of {make_url(postgres).database}"'  # %% is psycopg's %
    with mirror_of(deployed, tmp_path / "node", database=postgres) as mirror:
        mirror.catch_up()
        with mirror.engine.begin() as connection:
            connection.exec_driver_sql(f"CREATE ROLE {reader}")
            connection.exec_driver_sql(f"GRANT SELECT ON posts TO {reader}")
            connection.execute(text("GRANT SELECT ON votes TO PUBLIC"))
        rebuilt(mirror)
        with mirror.engine.begin() as connection:
            connection.exec_driver_sql(f"SET ROLE {reader}")
            may = text("SELECT has_table_privilege(:name, 'SELECT')")
            found = [connection.scalar(may, {"name": name}) for name in ("posts", "votes", "days")]
            connection.execute(text("RESET ROLE"))
            connection.exec_driver_sql(f"DROP OWNED BY {reader}")
            connection.exec_driver_sql(f"DROP ROLE {reader}")
    assert found == [True, True, False]


# ---------------------------------------------------------------- other writers


@pytest.mark.postgresql
def test_a_running_indexer_goes_on_meanwhile_and_afterwards(lived: Mirror) -> None:
    lived.indexer.lease.release()
    stop, told = threading.Event(), list[str]()
    thread = threading.Thread(
        target=follow, args=(lived.indexer, lambda status: told.append(status.reason), stop)
    )
    thread.start()
    half = threading.Event()

    def once(status: Any) -> None:
        """While the new tables are filled, the old ones go on."""
        if not half.is_set():
            half.set()
            join(lived.chain, "yara")
            until(lambda: "yara" in [row["handle"] for row in rows(lived.engine, "accounts")], 20)

    try:
        done = rebuilt(lived, once)
        assert half.is_set()
        assert done.same
        assert "yara" in [row["handle"] for row in lived.rows("accounts")]
        join(lived.chain, "zoe")
        until(lambda: "zoe" in [row["handle"] for row in lived.rows("accounts")], 20)
    finally:
        stop.set()
        thread.join(10)
    assert lived.verify().same


@pytest.mark.postgresql
def test_one_rebuild_at_a_time(lived: Mirror) -> None:
    def second(status: Any) -> None:
        with pytest.raises(RebuildRunning, match="Another `laurel rebuild`"):
            rebuilt(lived)

    assert rebuilt(lived, second).same


# ---------------------------------------------------------------- killed

DIE = """
import os, signal
from indexer import rebuild
def die(*arguments, **more):
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(scope="module")
def rebuilders() -> Iterator[Stock]:
    """Where processes of the real `laurel rebuild` come from."""
    with stock("indexer.commands.index:rebuild_command") as rebuilders:
        yield rebuilders


PATCHES = {
    "before anything is filled": "rebuild.catch_up = die",
    "when the new tables are filled": "rebuild.table_digests = die",
    "in the middle of the swap": (
        "keep = rebuild._keep_contents\n"
        "def late(connection):\n"
        "    keep(connection)\n"
        "    connection.exec_driver_sql('DELETE FROM posts')\n"
        "    connection.exec_driver_sql('DELETE FROM cursor')\n"
        "    die()\n"
        "rebuild._keep_contents = late"
    ),
    "just before the end of the swap": (
        "from sqlalchemy import event, engine\n"
        "swap = rebuild._swap_sqlite, rebuild._swap_postgresql\n"
        "def watched(old):\n"
        "    def swapped(main, *more):\n"
        "        event.listen(main, 'commit', die)\n"
        "        old(main, *more)\n"
        "    return swapped\n"
        "rebuild._swap_sqlite, rebuild._swap_postgresql = map(watched, swap)"
    ),
}


# Until the swap, nothing that is done differs between the two databases.
@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(moment, marks=[pytest.mark.postgresql] if "swap" in moment else [])
        for moment in PATCHES
    ],
)
def test_a_killed_rebuild_leaves_the_old_tables(
    moment: str, lived: Mirror, rebuilders: Stock
) -> None:
    before = lived.dump()
    env = environment(lived.chain, lived.home)
    env["LAUREL_DATABASE"] = url_of(lived.engine)
    killed = rebuilders.start(lived.home, env, before=DIE + PATCHES[moment])
    assert killed.wait() == -signal.SIGKILL, killed.words
    assert beside(lived.engine) != []
    assert lived.dump() == before
    assert lived.indexer.lease.acquire() is None  # the dead one is not waited for
    (zoe,) = join(lived.chain, "zoe")
    lived.chain.relay(zoe.post(digest(document("After"))))
    lived.catch_up()
    assert lived.verify().same
    lived.indexer.lease.release()
    assert rebuilt(lived).same
    assert beside(lived.engine) == []
