"""`POST /api/laurel/v1/content/blocks`: the requested blocks that this node has, as one CAR.

Blocks come in the order of the request. An answer ends after `MOST_BYTES` or `MOST_SECONDS`. So a block that
stands in the request before the last one received, and did not come, is not here; those after that last one
are to be requested again.
"""

import time
from collections.abc import Iterator, Sequence
from typing import Annotated

import msgspec
from flask import Blueprint, Response

from backend.site.address_limits import count_use
from backend.site.api import API
from backend.site.node import current_node
from backend.site.problems import Problem
from backend.site.request_bodies import json_body
from indexer.content.car import MEDIA_TYPE, write_car
from indexer.content.cid import BadCid, parse
from indexer.content.store import Corrupt, Missing, Store, StoreUnavailable
from indexer.fetching.bulk import MOST_BYTES, MOST_CIDS

MOST_JSON = 80 * MOST_CIDS
"""Bytes of a request at most: a CID has 59 letters."""
MOST_SECONDS = 20.0
"""An answer takes no longer, since it occupies one of the site's few threads."""

bp = Blueprint("sync", __name__)


class Asked(msgspec.Struct):
    """The body of a request."""

    cids: Annotated[list[str], msgspec.Meta(min_length=1, max_length=MOST_CIDS)]


@bp.post(f"{API}/content/blocks")
def blocks() -> Response:
    asked = json_body(Asked, MOST_JSON).cids
    try:
        for cid in asked:
            parse(cid)
    except BadCid as error:
        raise Problem(400, error.code, str(error)) from error
    count_use("blocks")
    store = current_node().store  # here: while the answer is sent there is no application context
    return Response(
        write_car(asked[:1], _held(store, asked)),
        content_type=f"{MEDIA_TYPE}; version=1",
        headers={"Cache-Control": "no-store", "Content-Disposition": "attachment"},
    )


def _held(store: Store, cids: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    size, end = 0, time.monotonic() + MOST_SECONDS
    for cid in cids:
        late = time.monotonic() > end
        if size >= MOST_BYTES or (size and late):
            return
        if late:  # an end here would mean that no block is here: the answer breaks off instead
            raise StoreUnavailable(
                f"The content store gave no block in {MOST_SECONDS:.0f} seconds."
            )
        try:
            data = store.get(cid)
        except (Missing, Corrupt):
            continue
        size += len(data)
        yield cid, data
