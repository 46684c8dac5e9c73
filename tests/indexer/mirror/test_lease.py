"""Several indexers on one database: one of them writes, whatever the clocks say."""

import random
import signal
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from indexer.mirror.database import Turn, connect, writing
from indexer.mirror.lease import LEASE_SECONDS, Lease, LeaseLost
from indexer.mirror.store import position
from tests.indexer.killed import Stock
from tests.indexer.mirrors import dump, mirror_of, rows, until
from tests.indexer.replay import happenings, replaying

HOUR = 3600.0


@dataclass
class Clocks:
    """The one that all share and that only goes forward, and each process's of the wall."""

    elapsed: float = 100.0
    wall: dict[int, float] = field(default_factory=dict)

    def lease(self, engine: Engine, number: int) -> Lease:
        self.wall[number] = 1_700_000_000.0
        return Lease(engine, lambda: self.wall[number] + self.elapsed, elapsed=lambda: self.elapsed)


@pytest.fixture
def engine(tables: str) -> Engine:
    return connect(tables)


@pytest.mark.parametrize(
    "jump", [HOUR, -HOUR, 1e9, pytest.param(-1e9, marks=pytest.mark.postgresql)]
)
def test_a_clock_that_jumps_moves_no_lease(jump: float, engine: Engine) -> None:
    clocks = Clocks()
    first, second = clocks.lease(engine, 1), clocks.lease(engine, 2)
    assert first.acquire() is None
    for number in (1, 2, 1):
        clocks.wall[number] += jump
        for _ in range(12):
            clocks.elapsed += 1
            assert second.acquire() == first.owner
            first.keep()
    write(engine, first)
    clocks.elapsed += 1
    assert second.acquire() == first.owner
    clocks.elapsed += LEASE_SECONDS  # in which the first one does nothing
    assert second.acquire() is None
    with pytest.raises(LeaseLost):
        write(engine, first)
    engine.dispose()


def write(engine: Engine, lease: Lease) -> None:
    with writing(engine, Turn.MIRROR) as connection:
        lease.renew(connection)


DOINGS = st.tuples(
    st.sampled_from(["acquire", "keep", "write", "release", "jump"]),
    st.integers(0, 2),
    st.floats(0, LEASE_SECONDS / 2) | st.floats(0, 3 * LEASE_SECONDS),
    st.floats(-HOUR, HOUR),
)


@given(doings=st.lists(DOINGS, max_size=60))
def test_three_with_clocks_of_their_own(doings: list[tuple[str, int, float, float]]) -> None:
    """Only the holder writes, and who renews in time stays the holder."""
    engine = connect("sqlite://")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE writer (id INTEGER, owner TEXT, until FLOAT)")
    clocks = Clocks()
    leases = [clocks.lease(engine, number) for number in range(3)]
    holder, renewed = None, 0.0
    for what, number, seconds, jump in doings:
        clocks.elapsed += seconds
        lease, late = leases[number], clocks.elapsed - renewed >= LEASE_SECONDS
        match what:
            case "acquire":
                other = lease.acquire()
                if other is None:
                    assert holder in (None, number) or late
                    holder, renewed = number, clocks.elapsed
                else:
                    assert holder is not None and other == leases[holder].owner
            case "keep" | "write":
                try:
                    lease.keep() if what == "keep" else write(engine, lease)
                except LeaseLost:
                    assert holder != number
                else:
                    assert holder == number or what == "keep"
                    if what == "write":
                        renewed = clocks.elapsed
            case "release":
                lease.release()
                holder = None if holder == number else holder
            case "jump":
                clocks.wall[number] += jump
        row = rows(engine, "writer")
        assert [r["owner"] for r in row] == ([] if holder is None else [leases[holder].owner])


@pytest.mark.postgresql
def test_started_at_the_same_instant(database: str, tmp_path: Path, indexers: Stock) -> None:
    """Four on an empty database; each is killed in turn, and the tables are as one made them."""
    steps, home = happenings(5), tmp_path / "node"
    with replaying() as chain, ExitStack() as ending:
        chain.longest = 10
        chain.extend(islice(steps, 200))
        homes = [home / str(number) for number in range(4)]  # the database's tells them apart not
        running = [ending.enter_context(indexers.index(chain, h, database)) for h in homes]
        engine = connect(database)
        until(lambda: at(engine) == chain.head)
        assert all(process.alive for process in running)
        for _ in range(3):
            owner = int(rows(engine, "writer")[0]["owner"].split(":")[1])
            (writer,) = [process for process in running if process.pid == owner]
            others = [process for process in running if process is not writer]
            assert all("Another indexer" in process.said.read_text() for process in others)
            chain.fork(3, islice(steps, 10))
            writer.end(random.Random(owner).choice([signal.SIGKILL, signal.SIGTERM]))
            running = others
            until(lambda: at(engine) == chain.head)
        survived = dump(engine)
        engine.dispose()
        with mirror_of(chain, tmp_path / "alone") as alone:
            alone.catch_up()
            expected = alone.dump()
    for name in expected:
        if name != "contents":  # nobody has them, and how often was asked is each one's own
            assert survived[name] == expected[name]


def at(engine: Engine) -> int:
    with engine.connect() as connection:
        if not engine.dialect.has_table(connection, "cursor"):
            return -1
    here = position(engine)
    return here.block if here else -1
