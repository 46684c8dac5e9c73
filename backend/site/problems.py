"""Errors as RFC 9457 problem documents with a stable `code`, or as a page for people."""

import logging
from typing import Any

from flask import Flask, Response, json, render_template, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from backend.chain.wire import ChainUnreachable
from indexer.content.errors import ContentError
from indexer.protocol.deployment import NotDeployed

_log = logging.getLogger("laurel.site")

_CODES = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    411: "length_required",
    413: "too_large",
    415: "unsupported_media_type",
}
_HEADINGS = {
    400: "That address does not make sense",
    403: "This is for somebody else",
    404: "There is nothing here",
    409: "That cannot be done now",
    429: "Slow down a little",
    503: "This is not ready yet",
}
_NOT_FOUND = "This page does not exist. It may have moved, or the address has a slip in it."


class Problem(Exception):
    """An error for the client: HTTP status, stable code, a sentence, and further members.

    `headers` are added to the response (such as Retry-After).
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        headers: dict[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = headers or {}
        self.extra = extra

    @property
    def title(self) -> str:
        """The status in words."""
        return HTTP_STATUS_CODES.get(self.status, "Error")


def init_app(app: Flask) -> None:
    """Turns exceptions into answers with a problem."""
    app.register_error_handler(Problem, respond)
    app.register_error_handler(HTTPException, _from_http)
    app.register_error_handler(ContentError, _from_content)
    app.register_error_handler(NotDeployed, lambda e: _waiting("not_deployed", e))
    app.register_error_handler(ChainUnreachable, _from_chain)
    app.register_error_handler(OperationalError, _from_database)


def respond(problem: Problem) -> Response:
    """The problem as JSON for programs, as a page for people."""
    if not _asked_by_program() and request.accept_mimetypes.accept_html:
        heading = _HEADINGS.get(problem.status, "Something went wrong")
        page = render_template("problem.html", problem=problem, heading=heading)
        response = Response(page, problem.status)
    else:
        members = {
            "type": "about:blank",
            "title": problem.title,
            "status": problem.status,
            "detail": problem.detail,
            "code": problem.code,
        }
        response = Response(
            json.dumps(members | problem.extra),
            problem.status,
            content_type="application/problem+json",
        )
    response.headers.update(problem.headers)
    return response


def _asked_by_program() -> bool:
    """Whether the path is one for programs, which get no page, whatever Accept says."""
    return request.path.startswith(("/api/", "/routing/")) or (
        request.path.startswith("/ipfs/") and "format" in request.args
    )


def _from_http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400 and error.response is not None:
        return Response(status=status, headers=dict(error.response.headers))
    code = _CODES.get(status, "internal" if status >= 500 else "bad_request")
    headers = {k: v for k, v in error.get_headers() if k in ("Allow", "Location", "Retry-After")}
    detail = _NOT_FOUND if status == 404 else error.description or "Something went wrong."
    return respond(Problem(status, code, detail, headers))


def _from_content(error: ContentError) -> Response:
    status = {
        "block_missing": 404,
        "bad_cid": 404,
        "block_corrupt": 502,
        "block_too_large": 413,
        "document_too_large": 413,
        "store_full": 507,
        "store_unavailable": 503,
    }.get(error.code, 400)
    return respond(Problem(status, error.code, str(error)))


def _waiting(code: str, error: Exception) -> Response:
    return respond(Problem(503, code, str(error), {"Retry-After": "5"}))


def _from_chain(error: ChainUnreachable) -> Response:
    _log.warning("%s", error)  # for the operator alone: it names the RPC URL
    detail = "The chain does not answer; try again in a moment."
    return respond(Problem(503, "chain_unreachable", detail, {"Retry-After": "5"}))


def _from_database(error: OperationalError) -> Response:
    detail = "The database is busy or not ready; try again in a moment."
    return respond(Problem(503, "database_unavailable", detail, {"Retry-After": "2"}))
