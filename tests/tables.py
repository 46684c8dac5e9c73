"""Databases with the mirror's tables, and with the node's own beside them."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine

from backend.site.database import migrate_node
from indexer.mirror.database import connect, migrate_mirror

Migrate = Callable[[Engine], None]


def migrated_mirror(url: str) -> Engine:
    """The database at `url` with the mirror's tables brought up to date."""
    return _migrated(url, migrate_mirror)


def migrated_node(url: str) -> Engine:
    """The database at `url` with all tables of a node brought up to date."""
    return _migrated(url, migrate_mirror, migrate_node)


def _migrated(url: str, *migrations: Migrate) -> Engine:
    """A new file of SQLite's is a copy, as migrating is slow."""
    engine = connect(url)
    file = Path(engine.url.database or "") if engine.dialect.name == "sqlite" else None
    if file is None or file.exists():
        for migrate in migrations:
            migrate(engine)
    else:
        file.write_bytes(_file(migrations))
    return engine


@cache
def _file(migrations: tuple[Migrate, ...]) -> bytes:
    """SQLite's file as the migrations make it from nothing."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "laurel.db"
        engine = connect(f"sqlite:///{file}")
        for migrate in migrations:
            migrate(engine)
        engine.dispose()  # with the last connection, what is in its log goes to the file
        return file.read_bytes()
