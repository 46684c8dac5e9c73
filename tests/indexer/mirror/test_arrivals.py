"""Whoever brings a document's words, they come in by one door."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, Table

from indexer.content import open_store
from indexer.content.cid import digest
from indexer.fetching.worker import Fetcher
from indexer.fold.rows import Row
from indexer.follow import Indexer
from indexer.mirror import arrivals
from indexer.mirror.lease import Lease
from indexer.rebuild import rebuild
from tests.actors import join
from tests.indexer.mirrors import Mirror, document, rows


def test_applied_fetched_and_rebuilt(
    mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    came: list[bytes] = []
    write = arrivals.arrived

    def seen(connection: Connection, found: Iterable[Row], into: Table = arrivals.CONTENTS) -> int:
        values = list(found)
        came.extend(row["digest"] for row in values)
        return write(connection, values, into)

    monkeypatch.setattr(arrivals, "arrived", seen)
    (alice,) = join(mirror.chain, "alice")
    here, later = document("Here"), document("Later")
    mirror.chain.relay(alice.post(digest(here)), alice.post(digest(later)))

    mirror.content.put(here)
    mirror.catch_up()
    assert came == [digest(here)]

    mirror.content.put(later)
    assert mirror.indexer.fetcher.look() == 1
    assert came == [digest(here), digest(later)]

    elsewhere = open_store(tmp_path / "empty")  # so that nothing is at hand but what the mirror has

    def indexer(engine: Engine) -> Indexer:
        fetcher = Fetcher(engine, elsewhere)
        return Indexer(engine, mirror.source, mirror.chain.deployment, Lease(engine), fetcher)

    before = rows(mirror.engine, "contents")
    mirror.indexer.lease.release()
    rebuild(mirror.engine, mirror.chain.deployment, indexer, lambda told: None)
    elsewhere.close()
    assert sorted(came[2:]) == sorted([digest(here), digest(later)])
    assert rows(mirror.engine, "contents") == before
    assert {row["state"] for row in before} == {"ready"}
