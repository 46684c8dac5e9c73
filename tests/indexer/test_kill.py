"""SIGKILL at random moments: what is indexed in the end is what an undisturbed run indexes."""

import random
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, inspect

from indexer.content import open_store
from indexer.mirror.database import connect
from indexer.mirror.store import position
from tests.conftest import PROFILE
from tests.indexer.histories import WORDS
from tests.indexer.killed import PATIENCE, Running, Stock
from tests.indexer.mirrors import MIRRORED, dump, mirror_of, rows, until
from tests.indexer.replay import Replay, happenings, replaying

SEEDS = range(40) if PROFILE == "long" else range(1)
KILLS = 6  # of each history in the middle, and as many at the head
BLOCKS = 300


@pytest.mark.postgresql
@pytest.mark.parametrize("seed", SEEDS)
def test_killed_again_and_again(seed: int, database: str, tmp_path: Path, indexers: Stock) -> None:
    rng, steps, home = random.Random(seed), happenings(seed), tmp_path / "node"
    content = open_store(home / "content")
    content.put_many(WORDS[::2])
    with replaying() as chain:
        chain.longest = rng.randint(5, 40)
        chain.extend(islice(steps, BLOCKS))
        engine = connect(database)
        reached = []
        for _ in range(KILLS):
            with indexers.index(chain, home, database) as running:
                wait_a_little(rng, chain, running, rng.randint(0, 80))
            reached.append(at_block(engine))
        assert reached == sorted(reached), f"seed {seed}: {reached}"

        for kill in range(KILLS):
            with indexers.index(chain, home, database) as running:
                until(lambda: at_head(engine, chain))
                move(rng, chain, steps)
                wait_a_little(rng, chain, running, rng.randint(0, 4))
            if kill == KILLS // 2:
                content.put_many(WORDS[1::2])
        content.close()

        with indexers.index(chain, home, database):
            until(lambda: at_head(engine, chain) and no_content_missing(engine))
        survived = dump(engine)
        engine.dispose()
        chain.longest = 10**9
        assert survived == undisturbed(chain, tmp_path / "undisturbed"), f"seed {seed}"
        print(f"seed {seed}: killed at blocks {reached}, then at the head {KILLS} times")


def wait_a_little(rng: random.Random, chain: Replay, running: Running, requests: int) -> None:
    """Until the process has asked some more of the node, and some milliseconds beyond."""
    goal, end = chain.requests + requests, time.monotonic() + PATIENCE
    while chain.requests < goal:
        assert running.alive, running.words
        assert time.monotonic() < end, running.words
        time.sleep(0.001)
    time.sleep(rng.choice([0.002, 0.02, 0.2]) * rng.random())


def move(rng: random.Random, chain: Replay, steps: Iterator[Any]) -> None:
    """The chain grows, or is reorganised."""
    depth = rng.choice([0, 1, 5, 30])
    if depth:
        chain.fork(depth, islice(steps, depth + rng.randint(-1, 5)))
    else:
        chain.extend(islice(steps, rng.randint(1, 30)))


def at_block(engine: Engine) -> int:
    """How far the mirror is; -1 before its tables are there."""
    if not inspect(engine).has_table("cursor"):
        return -1
    here = position(engine)
    return here.block if here else -1


def at_head(engine: Engine, chain: Replay) -> bool:
    here = position(engine) if inspect(engine).has_table("cursor") else None
    return here is not None and "0x" + here.hash.hex() == chain.blocks[-1].hash


def no_content_missing(engine: Engine) -> bool:
    return all(row["state"] != "missing" for row in rows(engine, "contents"))


def undisturbed(chain: Replay, home: Path) -> dict[str, list[dict[str, Any]]]:
    with mirror_of(chain, home) as mirror:
        mirror.content.put_many(WORDS)
        mirror.catch_up()
        mirror.indexer.fetcher.sweep()
        assert [name for name in MIRRORED if not mirror.rows(name)] == []
        return mirror.dump()
