"""What a browser may do with our pages, and which requests may change anything."""

from ipaddress import IPv6Address, ip_address
from urllib.parse import SplitResult, urlsplit

from flask import Flask, Response, request
from werkzeug.exceptions import NotFound

from backend.site.node import current_node
from backend.site.problems import Problem

SESSION_COOKIE = "laurel_session"

CSP = "; ".join(
    [
        "default-src 'none'",
        *(f"{kind} 'self'" for kind in ("script-src", "style-src", "img-src", "font-src")),
        *(f"{kind} 'self'" for kind in ("connect-src", "form-action", "manifest-src")),
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types laurel",
    ]
)

_HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def init_app(app: Flask) -> None:
    """Checks each request's host, path and origin, and puts the headers on every answer."""
    app.before_request(check_host)
    app.before_request(check_path)
    app.before_request(check_origin)
    app.after_request(_put_headers)


def client_address() -> str:
    """The client by which limits count: its IPv4 address, or its IPv6 /64 network, as one customer has all of that."""
    text = request.remote_addr or ""
    try:
        address = ip_address(text)
    except ValueError:  # a Unix socket has no address
        return text
    if not isinstance(address, IPv6Address):
        return text
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return f"{IPv6Address(int(address) >> 64 << 64)}/64"


def check_host() -> None:
    """Raises Problem 400 `unknown_host` if the request is for a name that is not this site's.

    Else a page of another name that leads to this machine (DNS rebinding) would count as ours, and a sign-in text
    would ask for that name. (Flask's TRUSTED_HOSTS knows no IPv6 address.)
    """
    if request.path == "/health":  # a balancer asks each process by its address
        return
    if _parts("//" + request.host).hostname not in current_node().site.hosts:
        detail = "This site does not go by that name. Who runs it sets its names in LAUREL_HOSTS."
        raise Problem(400, "unknown_host", detail)


def check_path() -> None:
    """Raises NotFound for a path with U+0000, which no name here has, and which PostgreSQL does not store."""
    if "\0" in request.path:
        raise NotFound


def check_origin() -> None:
    """Raises Problem 403 `cross_origin` if another site's page sent this changing request.

    A browser always sends Origin then. A client that sends none is no browser, and must not send a
    session's cookie. A form of another site cannot send the content types that we take (415 otherwise).
    """
    if request.method in _SAFE:
        return
    origin = request.headers.get("Origin")
    foreign = _parts(origin).netloc != request.host if origin else SESSION_COOKIE in request.cookies
    if foreign:
        raise Problem(403, "cross_origin", "This request did not come from a page of this site.")
    plain_form = request.mimetype in (
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "text/plain",
    )
    if plain_form:
        detail = "Send JSON (application/json), a document (application/octet-stream) or a picture."
        raise Problem(415, "unsupported_media_type", detail)


def _parts(url: str) -> SplitResult:
    """The parts of a URL; all of them empty if it is none."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def _put_headers(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response
