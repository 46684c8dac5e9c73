"""The node's own tables (sessions, the relay's queue), beside the mirror in the same database."""

from pathlib import Path

from flask import g
from sqlalchemy import Engine, MetaData
from sqlalchemy.orm import DeclarativeBase, Session

from backend.site.node import current_node
from indexer.mirror.database import Turn, upgrade

MIGRATIONS = Path(__file__).parents[1] / "migrations"


class NodeBase(DeclarativeBase):
    """Base of every table that is the node's own and not the mirror's."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "pk": "pk_%(table_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
        }
    )


def migrate_node(engine: Engine) -> None:
    """Brings the node's tables to the latest revision; processes that do so at once take turns.

    Raises FromLater.
    """
    upgrade(engine, Turn.NODE, MIGRATIONS, "node_version")


def session(fresh: bool = False) -> Session:
    """The request's session, for reading; it ends with the request. `writing(engine)` writes.

    It may read a replica, a moment behind; `fresh` reads the primary database, with all this node has written.
    """
    sessions: dict[bool, Session] = g.setdefault("sessions", {})
    if fresh not in sessions:
        node = current_node()
        sessions[fresh] = Session(node.engine if fresh else node.reader)
    return sessions[fresh]


def close_sessions(error: BaseException | None = None) -> None:
    """Ends the request's sessions."""
    for found in g.pop("sessions", {}).values():
        found.close()
