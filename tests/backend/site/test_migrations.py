"""The migrations make the tables that the rooms' `tables.py` declare, and no others."""

from pathlib import Path
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from backend.site.database import NodeBase, migrate_node
from indexer.mirror.database import connect
from indexer.schema import Base


def test_migrations_make_what_is_declared(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'laurel.db'}")
    migrate_node(engine)

    def is_ours(item: Any, name: str | None, kind: str, *_: Any) -> bool:
        return kind != "table" or (name not in Base.metadata.tables and name != "node_version")

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": is_ours})
        assert compare_metadata(context, NodeBase.metadata) == []
