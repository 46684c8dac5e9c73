"""Reading a mirror again and again, in a process of its own: it imports nothing that it has no use for."""

from typing import Any

from sqlalchemy import Connection, func, select

from indexer.mirror.database import connect
from indexer.mirror.store import CHAIN_TABLES
from indexer.schema import Base, Vote

MIRRORED = (*CHAIN_TABLES, "contents")


def read_on(url: str, ready: Any, stop: Any, seen: Any) -> None:
    """Reads all tables again and again, each time in one transaction; puts what it saw into the queue."""
    engine, found, times = connect(url), set(), 0
    while not stop.is_set():
        with engine.connect() as connection:
            counts = [count(connection, name) for name in MIRRORED]
            counts.append(connection.scalar(select(func.sum(Vote.rshares))))
        found.add(tuple(counts))
        times += 1
        ready.set()
    seen.put((found, times))


def count(connection: Connection, name: str) -> int:
    return connection.scalar(select(func.count()).select_from(Base.metadata.tables[name])) or 0
