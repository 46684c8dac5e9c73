"""Whether this process is ready to serve: what a load balancer asks."""

from typing import Any

from flask import Blueprint
from sqlalchemy import select

from backend.chain.wire import ChainUnreachable
from backend.site.database import session
from backend.site.node import current_node
from indexer.schema import Cursor

bp = Blueprint("health", __name__)


@bp.get("/health")
def health() -> tuple[dict[str, Any], int]:
    """200 if the mirror is near the chain's head, else 503; `reason` says why.

    A chain that does not answer leaves the site ready, as pages can still be read; a balancer that
    took every process away would end that too. (The indexer's /health reports the chain.)
    """
    node = current_node()
    block = session().scalar(select(Cursor.block))
    head, reason = None, ""
    try:
        head = node.clock.head()
    except ChainUnreachable:
        reason = "The chain does not answer."
    behind = 0 if block is None or head is None else max(head - block, 0)
    if block is None:
        reason = "Nothing was indexed yet."
    elif behind > node.settings.ready_blocks:
        reason = f"The mirror is {behind:,} blocks behind (at most {node.settings.ready_blocks:,})."
    ready = block is not None and behind <= node.settings.ready_blocks
    found = {"ready": ready, "reason": reason, "block": block, "head": head, "lag_blocks": behind}
    return found, 200 if ready else 503
