"""Answers made smaller for the wire, named by their bytes, and fetched ahead of the click."""

import gzip

from flask import Flask, Response, request

from backend.site.assets import current_assets
from backend.site.security import SESSION_COOKIE

LEAST = 512
"""Bytes below which compressing is not worth it."""
_KINDS = ("text/html", "application/json", "application/atom+xml", "application/problem+json")


def init_app(app: Flask) -> None:
    """Compresses what the rooms answer; files and blocks come as they are."""
    app.after_request(_finish)


def _finish(response: Response) -> Response:
    if response.mimetype not in _KINDS or response.is_streamed:
        return response
    response.vary.update(["Accept-Encoding", "Cookie"])
    response.headers.setdefault("Cache-Control", "no-cache")
    # What was fetched ahead is shown as it was then: whoever acts here would not see the outcome.
    if request.method not in ("GET", "HEAD"):
        response.headers["Clear-Site-Data"] = '"prefetchCache"'
    elif response.mimetype == "text/html" and SESSION_COOKIE not in request.cookies:
        rules = current_assets().url("rules/prefetch.json")
        response.headers["Speculation-Rules"] = f'"{rules}"'
    if response.status_code == 200 and SESSION_COOKIE not in request.cookies:
        response.add_etag(weak=True)
        response.make_conditional(request)
    if response.status_code == 304 or not request.accept_encodings["gzip"]:
        return response
    data = response.get_data()
    if len(data) >= LEAST:
        response.set_data(gzip.compress(data, 6, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
