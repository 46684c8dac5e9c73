"""Connections to the node's database, and the mirror's migrations."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, func, make_url, select

BUSY_SECONDS = 10
LOCKS = 0x4C52  # PostgreSQL's advisory locks of this number are ours
MIGRATIONS = Path(__file__).parent / "migrations"


class Turn(Enum):
    """Whose writers take turns. On SQLite all of them do; PostgreSQL keeps these apart."""

    NODE = 1
    MIRROR = 2
    CONTENT = 3


def connect(url: str) -> Engine:
    """An engine for `url`: `sqlite:///FILE`, or `postgresql://USER:PASSWORD@HOST/NAME` (by psycopg 3).

    SQLite is in WAL mode and waits up to BUSY_SECONDS for another writer. There, a transaction of
    `engine.begin()` that reads first and writes later fails at once ("database is locked") if another
    process wrote in between; begin those with `writing(engine)`.
    """
    parsed = make_url(url)
    if parsed.drivername in ("postgres", "postgresql"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    engine = create_engine(parsed)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


@contextmanager
def writing(engine: Engine, turn: Turn = Turn.NODE) -> Iterator[Connection]:
    """A transaction that holds the write lock of its turn from its start, committed at the end of the block."""
    with engine.execution_options(immediate=True).begin() as connection:
        if engine.dialect.name == "postgresql":
            lock = func.pg_advisory_xact_lock(LOCKS, turn.value)
            connection.execute(select(lock))
        yield connection


def migrate_mirror(engine: Engine) -> None:
    """Brings the mirror's tables to the latest revision; processes doing so at once take turns."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with writing(engine, Turn.MIRROR) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _set_up_sqlite(connection: Any, record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself
    connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
