"""The size of the database, and how many rows it has."""

from pathlib import Path

from sqlalchemy import Connection, func, select, text

from indexer.mirror.bulk import table
from indexer.schema import CONTENT_STATES, Content

ESTIMATED = 100_000  # rows from which on PostgreSQL's estimate is used


def database_bytes(connection: Connection) -> int:
    """Bytes of the database on disk, with SQLite's write-ahead log."""
    if connection.dialect.name == "postgresql":
        return connection.scalar(select(func.pg_database_size(func.current_database()))) or 0
    file = connection.scalar(text("SELECT file FROM pragma_database_list WHERE name = 'main'"))
    parts = (Path(f"{file}{suffix}") for suffix in ("", "-wal", "-shm"))
    return sum(part.stat().st_size for part in parts if part.exists()) if file else 0


def contents_by_state(connection: Connection) -> dict[str, int]:
    """How many documents are in each state; 0 where none is."""
    counted = select(Content.state, func.count()).group_by(Content.state)
    return dict.fromkeys(CONTENT_STATES, 0) | dict(connection.execute(counted).all())


def rows_in(connection: Connection, name: str) -> tuple[int, bool]:
    """Rows of a table, and whether that is exact."""
    if connection.dialect.name == "postgresql":
        estimate = connection.scalar(
            text("SELECT reltuples::bigint FROM pg_class WHERE oid = CAST(:name AS regclass)"),
            {"name": name},
        )
        if estimate is not None and estimate >= ESTIMATED:
            return estimate, False
    return connection.scalar(select(func.count()).select_from(table(name))) or 0, True
