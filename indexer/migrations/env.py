"""Alembic's environment for the mirror: only its own tables, in `migrate_mirror`'s transaction."""

from typing import Any

from alembic import context

from indexer.schema import Base


def _is_mirror(item: Any, name: str | None, kind: str, reflected: bool, against: Any) -> bool:
    """Whether a table is the mirror's: Alembic must ignore the node's other tables in the same database."""
    return kind != "table" or name in Base.metadata.tables


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table="mirror_version",
    include_object=_is_mirror,
    render_as_batch=True,
)
context.run_migrations()
