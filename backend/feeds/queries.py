"""Lists of posts in an order, a page at a time."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from backend.posts.queries import Piece, pieces, read_pieces
from backend.site import paging
from backend.site.paging import PageRequest
from backend.site.problems import Problem
from indexer.fold import ranking
from indexer.protocol.deployment import Deployment
from indexer.schema import Post


@dataclass(frozen=True)
class Feed:
    """An order of all posts, the highest first.

    columns: what posts are sorted by. kinds: the parsers of a cursor's parts, one for each column. score: the
    formula of the first column, from net rshares (micro-vests) and the time of the post (seconds); None where
    votes do not count.
    """

    columns: tuple[Any, ...]
    kinds: tuple[Callable[[str], Any], ...]
    score: Callable[[int, int], float] | None = None


FEEDS = {
    "hot": Feed((Post.hot, Post.seq), (float, int), ranking.hot),
    "trending": Feed((Post.trending, Post.seq), (float, int), ranking.trending),
    "new": Feed((Post.seq,), (int,)),
}
"""By name: the one list from which pages, API, tabs and past feeds are made."""


def feed_called(name: str) -> Feed:
    """The feed `name`. Raises Problem 400 `unknown_feed`."""
    if name not in FEEDS:
        raise Problem(400, "unknown_feed", f"The feeds are {', '.join(FEEDS)}.")
    return FEEDS[name]


def feed(
    session: Session, deployment: Deployment, name: str, page: PageRequest, *, whole: bool = False
) -> tuple[list[Piece], str | None]:
    """A page of the feed `name`, and the next cursor; `whole`: with HTML.

    Raises Problem 400 `unknown_feed`, `bad_cursor`.
    """
    return _page(session, deployment, [Post.depth == 0], feed_called(name), page, whole)


def of_account(
    session: Session,
    deployment: Deployment,
    account: int,
    page: PageRequest,
    *,
    comments: bool,
    whole: bool = False,
) -> tuple[list[Piece], str | None]:
    """A page of one account's posts, or of its comments, newest first. Raises Problem 400 `bad_cursor`."""
    where = [Post.account == account, Post.depth > 0 if comments else Post.depth == 0]
    return _page(session, deployment, where, FEEDS["new"], page, whole)


def _page(
    session: Session,
    deployment: Deployment,
    where: list[Any],
    order: Feed,
    page: PageRequest,
    whole: bool,
) -> tuple[list[Piece], str | None]:
    statement = (
        pieces(whole=whole)
        .where(*where, Post.removed.is_(False))
        .where(paging.after(page.cursor, order.columns, order.kinds))
        .order_by(*(c.desc() for c in order.columns))
        .limit(page.size + 1)
    )
    found = read_pieces(session, deployment, statement)
    return paging.cut(
        found, page.size, lambda piece: [getattr(piece.post, c.key) for c in order.columns]
    )
