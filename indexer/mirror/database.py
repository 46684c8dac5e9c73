"""Connections to the node's database, and the mirror's migrations."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    create_engine,
    event,
    func,
    literal,
    make_url,
    select,
)
from sqlalchemy.exc import DatabaseError, InternalError, OperationalError

from indexer.errors import LaurelError

BUSY_SECONDS = 10
CACHE_KIB = 32 * 1024  # of SQLite's pages that each connection may cache
UNAVAILABLE = (OperationalError, InternalError)
"""Errors of a database that is away, locked, full, or (PostgreSQL) read-only for a while."""
MIGRATIONS = Path(__file__).parents[1] / "migrations"


class FromLater(LaurelError):
    """The database has tables of a revision that this program does not know."""


class DatabaseUnusable(LaurelError):
    """The database stays locked, or is no database of ours."""


class ServerAway(DatabaseUnusable):
    """PostgreSQL does not answer, or does not let this program in."""


class Turn(Enum):
    """The group of a writer. On PostgreSQL writers of one group take turns; on SQLite all writers do."""

    NODE = 1
    MIRROR = 2
    CONTENT = 3


def address(url: str) -> URL:
    """SQLAlchemy's form of `sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST/NAME` (by psycopg 3)."""
    parsed = make_url(url)
    if parsed.drivername in ("postgres", "postgresql"):
        return parsed.set(drivername="postgresql+psycopg")
    return parsed


def connect(url: str) -> Engine:
    """An engine for `url` (see `address`).

    SQLite is in WAL mode and waits up to BUSY_SECONDS for another writer. On SQLite, a transaction of
    `engine.begin()` that reads first and writes later fails at once ("database is locked") if another
    process wrote in between; begin those with `writing(engine)`.
    """
    parsed = address(url)
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
            # One lock for each schema: a rebuild in another one must hold nobody up.
            ours = func.hashtext(literal("laurel ") + func.current_schema())
            connection.execute(select(func.pg_advisory_xact_lock(ours, turn.value)))
        yield connection


def migrate_mirror(engine: Engine) -> None:
    """Brings the mirror's tables to the latest revision; processes doing so at once take turns.

    Raises FromLater.
    """
    upgrade(engine, Turn.MIRROR, MIGRATIONS, "mirror_version")


@contextmanager
def usable(url: str, migrate: bool = True) -> Iterator[Engine]:
    """An engine for `url` during the with block, with the mirror migrated first unless `migrate` is false.

    Raises FromLater. A database error in the block becomes DatabaseUnusable, or ServerAway if PostgreSQL does
    not answer.
    """
    engine = connect(url)
    try:
        if migrate:
            migrate_mirror(engine)
        yield engine
    except DatabaseError as error:
        if engine.dialect.name == "postgresql" and isinstance(error, OperationalError):
            raise ServerAway(
                f"The database {engine.url} cannot be used: {error.orig}. Start its server, or "
                "set LAUREL_DATABASE to another."
            ) from error
        raise DatabaseUnusable(
            f"The database {engine.url} cannot be used: {error.orig}. Close whatever holds it, "
            "or set LAUREL_DATABASE to another, then run this again."
        ) from error
    finally:
        engine.dispose()


def upgrade(engine: Engine, turn: Turn, migrations: Path, version_table: str) -> None:
    """Runs the migrations in a folder that have not run yet, all or none. Raises FromLater."""
    from alembic import command  # 11 MB that only migrating needs
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations))
    with writing(engine, turn) as connection:
        refuse_later(connection, migrations, version_table)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def refuse_later(connection: Connection, migrations: Path, version_table: str) -> None:
    """Raises FromLater if the tables were made by a revision that this folder of migrations does not have."""
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    context = MigrationContext.configure(connection, opts={"version_table": version_table})
    script = ScriptDirectory(str(migrations))
    known = {revision.revision for revision in script.walk_revisions()}
    if later := set(context.get_current_heads()) - known:
        raise FromLater(
            f"This database was made by a later Laurel (revision {', '.join(sorted(later))} of "
            f"{version_table}; this one knows up to {script.get_current_head()}). Run that version or "
            "one after it, or set LAUREL_DATABASE to another database."
        )


def _set_up_sqlite(connection: Any, record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself
    connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
