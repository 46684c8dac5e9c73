"""The present as a request sees it: the chain's time, and how far the mirror is."""

from dataclasses import dataclass

from flask import g
from sqlalchemy import select

from backend.chain.wire import ChainUnreachable
from backend.site.database import session
from backend.site.node import current_node
from indexer.schema import Cursor


@dataclass(frozen=True)
class Present:
    """`time`: the chain's present, in seconds; if the chain does not answer, that of the mirror's last block.

    `block`: the last block in the mirror, 0 for none. `reachable`: whether the chain answers.
    """

    time: int
    block: int
    reachable: bool


def present() -> Present:
    """The present of this request."""
    found: Present | None = g.get("present")
    if found is None:
        found = g.present = _look()
    return found


def _look() -> Present:
    cursor = session().scalar(select(Cursor))
    block, timestamp = (cursor.block, cursor.timestamp) if cursor else (0, 0)
    try:
        return Present(max(current_node().clock.now(), timestamp), block, True)
    except ChainUnreachable:
        return Present(timestamp, block, False)
