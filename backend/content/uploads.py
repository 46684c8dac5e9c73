"""Takes pictures and re-encodes them; backend/content/gateway.py serves them."""

from typing import Any

from flask import Blueprint

from backend.site.address_limits import count_use
from backend.site.api import API
from backend.site.node import current_node
from backend.site.request_bodies import exact_bytes
from indexer.content import pictures

bp = Blueprint("media", __name__)


@bp.post(f"{API}/media")
def put_picture() -> tuple[dict[str, Any], int]:
    """Stores the body, a picture, re-encoded -> 201 {"cid", "type", "bytes", "width", "height": in pixels}.

    Problems: 429 `rate_limited`, and what is wrong with the picture (`pictures.reencode`).
    """
    data = exact_bytes(pictures.MAX_BYTES, pictures.PictureTooLarge.code)
    count_use("upload")  # counted before the work
    picture = pictures.reencode(data)
    cid = current_node().store.put(picture.data)
    size = {"width": picture.width, "height": picture.height}
    return {"cid": cid, "type": picture.type, "bytes": len(picture.data), **size}, 201
