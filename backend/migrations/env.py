"""Alembic's way into the node's own tables, in the transaction that `migrate_node` opened."""

from typing import Any

from alembic import context

import backend.identity.tables  # noqa: F401
import backend.relay.keeping.tables  # noqa: F401  # each import adds its tables to NodeBase
import backend.relay.sponsor.tables  # noqa: F401
import backend.relay.tables  # noqa: F401
import backend.steem.tables  # noqa: F401
from backend.site.database import NodeBase


def _is_ours(item: Any, name: str | None, kind: str, reflected: bool, against: Any) -> bool:
    """The mirror's tables live in the same database and are none of our business."""
    return kind != "table" or name in NodeBase.metadata.tables


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=NodeBase.metadata,
    version_table="node_version",
    include_object=_is_ours,
    render_as_batch=True,
)
context.run_migrations()
