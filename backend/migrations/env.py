"""Alembic's environment for the node's own tables, in the transaction that `migrate_node` opened."""

from importlib import import_module
from pathlib import Path
from typing import Any

from alembic import context

from backend.site.database import NodeBase

BACKEND = Path(__file__).parents[1]

for path in sorted(BACKEND.rglob("tables.py")):  # each import adds its room's tables to NodeBase
    import_module(".".join(path.relative_to(BACKEND.parent).with_suffix("").parts))


def _is_ours(item: Any, name: str | None, kind: str, reflected: bool, against: Any) -> bool:
    """Whether Alembic looks at it: not at the mirror's tables, which are in the same database."""
    return kind != "table" or name in NodeBase.metadata.tables


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=NodeBase.metadata,
    version_table="node_version",
    include_object=_is_ours,
    render_as_batch=True,
)
context.run_migrations()
