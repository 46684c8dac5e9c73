"""Mirrors of a test's chain: a real database, a real content store, a real indexer."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from indexer.chain.prefetch import Ahead
from indexer.chain.rpc import Rpc
from indexer.chain.source import Source
from indexer.content import open_store
from indexer.content.documents import canonical
from indexer.content.store import Store
from indexer.fetching.worker import Fetcher
from indexer.follow import Indexer, State, Status, catch_up
from indexer.mirror.bulk import primary, table
from indexer.mirror.lease import Lease
from indexer.mirror.store import CHAIN_TABLES
from indexer.protocol.deployment import save
from indexer.settings import ROOT
from indexer.verify.compare import Outcome, verify
from tests.chain import Chain
from tests.indexer.replay import Replay
from tests.tables import migrated_mirror

MIRRORED = (*CHAIN_TABLES, "contents")


@dataclass
class Mirror:
    engine: Engine
    source: Source
    indexer: Indexer
    content: Store
    home: Path
    chain: Chain

    def catch_up(self) -> list[Status]:
        """Indexes to the head; returns what was reported."""
        told: list[Status] = []
        catch_up(self.indexer, told.append)
        assert told[-1].state is State.LIVE
        return told

    def rows(self, name: str) -> list[dict[str, Any]]:
        return rows(self.engine, name)

    def one(self, name: str) -> dict[str, Any]:
        (row,) = self.rows(name)
        return row

    def verify(self) -> Outcome:
        return verify(self.engine, self.source, self.chain.deployment, wait=1)

    def dump(self) -> dict[str, list[dict[str, Any]]]:
        return dump(self.engine)


def rows(engine: Engine, name: str) -> list[dict[str, Any]]:
    """All rows of a table, in order of their keys."""
    order = [table(name).c[column] for column in primary(name)]
    with engine.connect() as connection:
        found = connection.execute(select(table(name)).order_by(*order))
        return [dict(row) for row in found.mappings()]


def dump(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """Every mirrored row."""
    return {name: rows(engine, name) for name in MIRRORED}


@contextmanager
def mirror_of(
    chain: Chain | Replay,
    home: Path,
    url: str | None = None,
    database: str | None = None,
    ahead: Ahead | None = None,
) -> Iterator[Mirror]:
    """A mirror in the folder `home`, whose lease the test holds. `url`: another way to the chain;
    `database`: the address of another than SQLite's there."""
    engine = migrated_mirror(database or f"sqlite:///{home / 'laurel.db'}")
    content = open_store(home / "content")
    contracts = chain.deployment.core, chain.deployment.graph
    source = Source(Rpc(url or chain.url, timeout=30), *contracts)
    lease = Lease(engine)
    assert lease.acquire() is None
    fetcher = Fetcher(engine, content)
    indexer = Indexer(engine, source, chain.deployment, lease, fetcher, ahead)
    try:
        yield Mirror(engine, source, indexer, content, home, chain)
    finally:
        content.close()
        source.rpc.close()
        engine.dispose()


def document(title: str, parent: bytes | None = None, body: str = "Words.", **more: Any) -> bytes:
    """A valid document's bytes; a comment if there is a parent."""
    return canonical(
        {
            "v": 1,
            "type": "comment" if parent else "post",
            "body": body,
            "parent": "0x" + parent.hex() if parent else None,
            "published": 1_700_000_000,
        }
        | ({} if parent else {"title": title})
        | more
    )


@contextmanager
def laurel_index(
    chain: Chain | Replay, home: Path, url: str | None = None, database: str | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """The real `laurel index` (without the site's slow imports), its words in home/said."""
    home.mkdir(exist_ok=True)
    with (home / "said").open("ab") as said:
        process = subprocess.Popen(
            [sys.executable, "-c", "from indexer.commands.index import index; index()"],
            cwd=ROOT,
            stdout=said,
            stderr=said,
            env=os.environ | environment(chain, home, url, database),
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(60)


def environment(
    chain: Chain | Replay, home: Path, url: str | None = None, database: str | None = None
) -> dict[str, str]:
    """What the `laurel` command reads its settings from."""
    save(home / "deployments", chain.deployment)
    return {
        "LAUREL_HOME": str(home),
        "LAUREL_RPC": url or chain.url,
        "LAUREL_DEPLOYMENTS": str(home / "deployments"),
        "LAUREL_DATABASE": database or f"sqlite:///{home / 'laurel.db'}",
    }


def until(condition: Callable[[], Any], seconds: float = 60.0) -> Any:
    """The first true value of `condition`; fails when there is none in time."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
