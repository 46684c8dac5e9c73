"""Databases with all of a node's tables, the mirror's and its own."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine

from backend.site.database import migrate_node
from indexer.mirror.database import connect, migrate_mirror


def migrated(url: str) -> Engine:
    """The database at `url` brought up to date. A new file of SQLite's is a copy, as migrating is slow."""
    engine = connect(url)
    file = Path(engine.url.database or "") if engine.dialect.name == "sqlite" else None
    if file is None or file.exists():
        migrate_mirror(engine)
        migrate_node(engine)
    else:
        file.write_bytes(_tables())
    return engine


@cache
def _tables() -> bytes:
    """SQLite's file as the migrations make it from nothing."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "laurel.db"
        engine = connect(f"sqlite:///{file}")
        migrate_mirror(engine)
        migrate_node(engine)
        engine.dispose()  # with the last connection, what is in its log goes to the file
        return file.read_bytes()
