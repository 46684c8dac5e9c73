"""`/ipfs/<cid>`: blocks and files of this node's own store, for other sites and other nodes too.

A trustless gateway (https://specs.ipfs.tech/http-gateways/trustless-gateway/): whoever asks for
`format=raw` or `format=car` can check each byte by its CID. A block that is not here is not fetched.
"""

from functools import lru_cache, partial
from itertools import chain

from flask import Blueprint, Response, json, request

from backend.content.providers import record
from backend.content.ranges import answer
from backend.site.node import current_node
from backend.site.problems import Problem
from indexer.content import car, unixfs
from indexer.content.cid import BadCid, parse
from indexer.content.dagpb import BadNode

bp = Blueprint("gateway", __name__)

_FOR_EVER = "public, max-age=31536000, immutable"
_RAW = "application/vnd.ipld.raw"
_FORMATS = {_RAW: "raw", car.MEDIA_TYPE: "car"}
_NDJSON = "application/x-ndjson"
_SCOPES = ("all", "entity", "block")  # of a file, the first two are the same
_MAGIC = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
_OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Content-Type, If-None-Match, Range, User-Agent, X-Requested-With",
    "Access-Control-Expose-Headers": "Content-Length, Content-Range, ETag, X-Ipfs-Path, X-Ipfs-Roots",
    "Access-Control-Max-Age": "86400",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


@bp.get("/ipfs/<cid>")
def content(cid: str) -> Response:
    """The file called `cid`, or with `format` the block, or the CAR of all its blocks."""
    parse(cid)
    answer_as = {"raw": _block, "car": _car}.get(_format(), _file)
    headers = {"Cache-Control": _FOR_EVER, "X-Ipfs-Path": f"/ipfs/{cid}", "X-Ipfs-Roots": cid}
    if "format" not in request.args:
        headers["Vary"] = "Accept"
    try:
        return answer_as(cid, headers)
    except BadNode as error:
        detail = f"{error} The block itself is to be had with ?format=raw."
        raise Problem(422, error.code, detail) from error


@bp.get("/routing/v1/providers/<cid>")
def providers(cid: str) -> Response:
    """The provider record of this node if it holds the block; else an empty list."""
    try:
        held = current_node().store.has(cid)
    except BadCid:  # of a kind that is never held here
        held = False
    found = [record(request.host_url)] if held else []
    if _NDJSON in request.accept_mimetypes.values():
        lines = "".join(json.dumps(each) + "\n" for each in found)
        response = Response(lines, content_type=_NDJSON)
    else:
        response = Response(json.dumps({"Providers": found}), content_type="application/json")
    response.headers["Cache-Control"] = f"public, max-age={300 if held else 15}"
    response.headers["Vary"] = "Accept"
    return response


@bp.after_request
def open_to_all(response: Response) -> Response:
    """Lets pages of other sites read what this blueprint answers, and lets nothing in it run."""
    response.headers.update(_OPEN)
    if response.mimetype != "text/html":  # which is our own page of an error
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _format() -> str:
    """The format requested: `raw`, `car`, or an empty text for the file. Raises Problem 406."""
    asked = request.args.get("format")
    if asked is None:
        best = next(iter(request.accept_mimetypes.values()), "")
        return _FORMATS.get(best.partition(";")[0].strip().lower(), "")
    if asked not in _FORMATS.values():
        detail = "Ask for format=raw, for format=car, or for the file itself without a format."
        raise Problem(406, "unsupported_format", detail)
    return asked


def _block(cid: str, headers: dict[str, str]) -> Response:
    data = current_node().store.get(cid)
    headers |= {"Content-Type": _RAW, "Content-Disposition": f'attachment; filename="{cid}.bin"'}
    return answer(lambda start, stop: iter([data[start:stop]]), len(data), f"{cid}.raw", headers)


def _car(cid: str, headers: dict[str, str]) -> Response:
    scope = request.args.get("dag-scope", "all")
    if scope not in _SCOPES:
        raise Problem(400, "bad_scope", f"dag-scope is one of {', '.join(_SCOPES)}.")
    headers["Content-Type"] = f"{car.MEDIA_TYPE}; version=1; order=dfs; dups=n"
    headers["Content-Disposition"] = f'attachment; filename="{cid}.car"'
    get = current_node().store.get
    blocks = iter([(cid, get(cid))]) if scope == "block" else unixfs.blocks_under(get, cid)
    root = next(blocks)  # raises before the answer begins: not here, or no file
    etag = f"{cid}.car.{scope}"
    if request.if_none_match.contains_weak(etag):
        response = Response(status=304, headers=headers)
    else:
        response = Response(car.write_car([cid], chain([root], blocks)), headers=headers)
    response.set_etag(etag)
    return response


def _file(cid: str, headers: dict[str, str]) -> Response:
    get = lru_cache(maxsize=4)(current_node().store.get)  # the root is read three times
    size = unixfs.size_of(get, cid)
    kind = _shown(b"".join(unixfs.read_file(get, cid, 0, 12)))
    headers["Content-Type"] = kind or "application/octet-stream"
    if kind is None:
        headers["Content-Disposition"] = f'attachment; filename="{cid}.bin"'
    return answer(partial(unixfs.read_file, get, cid), size, cid, headers)


def _shown(data: bytes) -> str | None:
    """The media type of a picture or film that a browser may show, by its first twelve bytes."""
    if data[:4] == b"RIFF" and data[8:] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp" and data[8:] not in (b"avif", b"avis"):
        return "video/mp4"
    return next((kind for magic, kind in _MAGIC.items() if data.startswith(magic)), None)
