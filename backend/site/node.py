"""What one process of the site holds: settings, database, content store and the chain's clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from flask import current_app
from sqlalchemy import Engine, select

from backend.chain.clock import Clock
from backend.site.settings import SiteSettings
from indexer.content import open_store
from indexer.content.store import Store
from indexer.protocol.deployment import Deployment, load
from indexer.schema import Cursor
from indexer.settings import Settings

T = TypeVar("T")


@dataclass
class Node:
    """What a process of the site holds. Made after any fork, which neither store nor engine survives.

    rooms: the settings of rooms above this one, by their type.
    """

    settings: Settings
    engine: Engine
    reader: Engine  # of the same database, or of a replica that follows it
    clock: Clock
    site: SiteSettings
    rooms: Mapping[type, Any] = field(default_factory=dict)

    def settings_of(self, room: type[T]) -> T:
        """A room's settings, such as RelaySettings, as they were when the process began."""
        found: T = self.rooms[room]
        return found

    @cached_property
    def store(self) -> Store:
        """The content store. Raises StoreUnavailable."""
        return open_store(self.settings.home / "content", self.settings.ipfs_api)

    @cached_property
    def deployment(self) -> Deployment:
        """The contracts that this node follows: the mirror's, or before there is one, the chain's.

        Raises NotDeployed, ChainUnreachable.
        """
        with self.engine.connect() as connection:
            mirrored = connection.scalar(select(Cursor.chain_id))
        return load(self.settings.deployments, mirrored or self.clock.chain_id())

    @property
    def public_rpc(self) -> str | None:
        """The RPC URL that anybody may know: a node's own may hold a secret."""
        return self.site.rpc or (self.settings.rpc if self.deployment.local else None)


def current_node() -> Node:
    """The node of the running application."""
    node: Node = current_app.extensions["laurel"]
    return node
