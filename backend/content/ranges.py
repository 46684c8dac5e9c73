"""Responses of known length: whole, one range, or none if the client has the bytes already."""

from collections.abc import Callable, Iterator
from itertools import chain

from flask import Response, request

from backend.site.problems import Problem

Read = Callable[[int, int], Iterator[bytes]]
"""The bytes from one offset up to another, which is not included."""


def answer(read: Read, size: int, etag: str, headers: dict[str, str]) -> Response:
    """The response to this request for `size` bytes: 200, 206 or 304. Several ranges at once get the whole.

    The first piece is read before the response begins, so that an error in reading it is still an error's
    response. Raises Problem 416 `range_not_satisfiable`, and what `read` raises.
    """
    if request.if_none_match.contains_weak(etag):
        response = Response(status=304, headers=headers)
    else:
        cut = _range(size, etag)
        start, stop = cut or (0, size)
        parts = read(start, stop)
        body = chain([next(parts, b"")], parts)
        response = Response(body, 206 if cut else 200, headers)
        response.content_length = stop - start
        response.headers["Accept-Ranges"] = "bytes"
        if cut:
            response.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    response.set_etag(etag)
    return response


def _range(size: int, etag: str) -> tuple[int, int] | None:
    """The one range requested, as its first byte and the one after its last; None for the whole."""
    asked = request.range
    same = "If-Range" not in request.headers or request.if_range.etag == etag
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1 or not same:
        return None
    start, stop = asked.ranges[0]
    if start < 0:  # the last so many bytes
        start = max(size + start, 0)
    stop = size if stop is None else min(stop, size)
    if start >= stop:
        detail = f"The file has {size:,} bytes; what is asked for lies beyond them."
        headers = {"Content-Range": f"bytes */{size}"}
        raise Problem(416, "range_not_satisfiable", detail, headers)
    return start, stop
