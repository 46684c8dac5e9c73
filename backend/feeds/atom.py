"""Posts as an Atom feed."""

from flask import Response, render_template, request

from backend.posts.queries import Piece
from backend.site.now import present


def atom(title: str, page: str, found: list[Piece]) -> Response:
    """The posts whose words are here, as Atom (RFC 4287). page: the path of the same list for people."""
    ready = [piece for piece in found if piece.words]
    body = render_template(
        "atom.xml",
        title=title,
        page=page,
        pieces=ready,
        updated=max((p.post.created_at for p in ready), default=present().time),
        origin=request.host_url.rstrip("/"),
    )
    return Response(body, content_type="application/atom+xml; charset=utf-8")
