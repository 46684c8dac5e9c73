"""The local chain's clock, moved on from the page: POST /api/laurel/v1/chain/forward {"days": n}."""

from contextlib import closing
from typing import Any

import msgspec
from flask import Blueprint

from backend.local.clock import MOST_DAYS, forward
from backend.site.api import API
from backend.site.node import current_node
from backend.site.problems import Problem
from backend.site.request_bodies import json_body
from indexer.chain.rpc import NodeUnreachable, Rpc

bp = Blueprint("local-chain", __name__, url_prefix=API)


class Forward(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a request. `days`: DAYs of the chain."""

    days: int | float


@bp.post("/chain/forward")
def move() -> dict[str, Any]:
    """{"days": DAYs of the chain, more than 0} -> {"time": the latest block's, in seconds}.

    Problems: 404 `not_local` on a public chain, 400 `bad_json`, `bad_days`, 503 `chain_unreachable`.
    """
    node = current_node()
    if not node.deployment.local:
        raise Problem(404, "not_local", "The clock of a public chain cannot be moved.")
    days = json_body(Forward).days
    if not 0 < days <= MOST_DAYS:
        raise Problem(400, "bad_days", f"`days` is a number of days, over 0 and up to {MOST_DAYS}.")
    with closing(Rpc(node.settings.rpc)) as rpc:
        try:
            moved = forward(rpc, max(1, round(days * node.deployment.day)))
        except NodeUnreachable as error:
            raise Problem(503, "chain_unreachable", str(error)) from error
    node.clock.moved()
    return {"time": moved}
