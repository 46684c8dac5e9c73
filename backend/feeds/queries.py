"""Lists of posts in an order, a page at a time."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from backend.posts.queries import Piece, pieces, read
from backend.site import paging
from backend.site.problems import Problem
from indexer.protocol.deployment import Deployment
from indexer.schema import Post

_ORDERS: dict[str, tuple[tuple[Any, ...], tuple[Callable[[str], Any], ...]]] = {
    "hot": ((Post.hot, Post.seq), (float, int)),
    "trending": ((Post.trending, Post.seq), (float, int)),
    "new": ((Post.seq,), (int,)),
}
FEEDS = tuple(_ORDERS)


def feed(
    session: Session, deployment: Deployment, name: str, size: int, *, whole: bool = False
) -> tuple[list[Piece], str | None]:
    """A page of the feed `name` at the request's cursor, and the next cursor; `whole`: with HTML.

    Raises Problem 400 `unknown_feed`, `bad_cursor`.
    """
    if name not in _ORDERS:
        raise Problem(400, "unknown_feed", f"The feeds are {', '.join(FEEDS)}.")
    columns, kinds = _ORDERS[name]
    return _page(session, deployment, [Post.depth == 0], columns, kinds, size, whole)


def of_account(
    session: Session,
    deployment: Deployment,
    account: int,
    *,
    comments: bool,
    size: int,
    whole: bool = False,
) -> tuple[list[Piece], str | None]:
    """A page of one account's posts, or of its comments, newest first."""
    where = [Post.account == account, Post.depth > 0 if comments else Post.depth == 0]
    return _page(session, deployment, where, (Post.seq,), (int,), size, whole)


def _page(
    session: Session,
    deployment: Deployment,
    where: list[Any],
    columns: tuple[Any, ...],
    kinds: tuple[Callable[[str], Any], ...],
    size: int,
    whole: bool,
) -> tuple[list[Piece], str | None]:
    where = [*where, Post.removed.is_(False)]
    condition = paging.after(columns, kinds)
    if condition is not None:
        where = [*where, condition]
    statement = (
        pieces(whole=whole).where(*where).order_by(*(c.desc() for c in columns)).limit(size + 1)
    )
    found = read(session, deployment, statement)
    return paging.cut(found, size, lambda piece: [getattr(piece.post, c.key) for c in columns])
