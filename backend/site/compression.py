"""Compresses responses, gives them ETags, and lets browsers fetch pages before the click."""

import gzip

from flask import Flask, Response, request

from backend.site.assets import current_assets
from backend.site.security import SESSION_COOKIE

LEAST = 512
"""Bytes below which compressing is not worth it."""
_KINDS = ("text/html", "application/json", "application/atom+xml", "application/problem+json")


def init_app(app: Flask) -> None:
    """Does so for every response of HTML, JSON or Atom; files and blocks stay as they are."""
    app.after_request(_finish)


def _finish(response: Response) -> Response:
    if response.mimetype not in _KINDS or response.is_streamed:
        return response
    response.vary.update(["Accept-Encoding", "Cookie"])
    response.headers.setdefault("Cache-Control", "no-cache")
    # Pages that the browser fetched before this request do not show its outcome: it is told to drop them.
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
