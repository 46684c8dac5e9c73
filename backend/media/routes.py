"""Pictures in, re-encoded; blocks out by their CID."""

from typing import Any

from flask import Blueprint, Response, request

from backend.bodies import exact_bytes
from backend.limits import count_use
from backend.node import current_node
from indexer.content import pictures
from indexer.content.cid import digest_of

bp = Blueprint("media", __name__)

_FOR_EVER = "public, max-age=31536000, immutable"
_MAGIC = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}


@bp.post("/api/v1/media")
def put_picture() -> tuple[dict[str, Any], int]:
    data = exact_bytes(pictures.MAX_BYTES, pictures.PictureTooLarge.code)
    count_use("upload")  # before the work
    picture = pictures.reencode(data)
    cid = current_node().store.put(picture.data)
    size = {"width": picture.width, "height": picture.height}
    return {"cid": cid, "type": picture.type, "bytes": len(picture.data), **size}, 201


@bp.get("/ipfs/<cid>")
def block(cid: str) -> Response:
    """A block of this node's own store, as it is; what is no picture is only for saving."""
    digest_of(cid)
    headers = {
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Access-Control-Allow-Origin": "*",
        "X-Ipfs-Path": f"/ipfs/{cid}",
    }
    if request.if_none_match.contains_weak(cid):
        return Response(status=304, headers={**headers, "ETag": f'"{cid}"'})
    data = current_node().store.get(cid)
    kind = picture_type(data)
    if kind is None:
        headers["Content-Disposition"] = f'attachment; filename="{cid}.bin"'
    response = Response(data, headers=headers, content_type=kind or "application/octet-stream")
    response.headers["Cache-Control"] = _FOR_EVER
    response.set_etag(cid)
    return response


def picture_type(data: bytes) -> str | None:
    """The media type of a picture that a browser may show, by its first bytes."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for magic, kind in _MAGIC.items() if data.startswith(magic)), None)
