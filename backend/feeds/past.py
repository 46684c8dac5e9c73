"""Lists of posts as they stood at a moment of the past, from the votes that the mirror has.

A post whose voting had ended by then has its present rank. The rank of a post that was still open is worked out
from its votes, by the formulas of all ranks (indexer/fold/ranking.py). A vote counts from when it was signed (at
most an hour before its block). Of a vote that was changed later only the last state is known, so it counts from
its last change on. A post that its author has removed since is missing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, case, func, select
from sqlalchemy.orm import Session

from backend.feeds.queries import Feed, feed_called
from backend.posts.queries import Piece, pieces, read_pieces
from backend.site import paging
from backend.site.paging import PageRequest
from indexer.fold import ranking
from indexer.protocol.deployment import Deployment
from indexer.rewards import CASHOUT_DAYS
from indexer.schema import Post, Vote

MOST = 5_000
"""At most so many posts that were open then are weighed: those that rank highest now."""
MOST_RSHARES = 2**63 - 1

Place = tuple[Any, ...]
"""Where a post stands in a list: its score, if the list has one, and its seq."""


@dataclass(frozen=True)
class Then:
    """A post, and what it had at the moment asked for: rshares (micro-vests), votes, ranks."""

    piece: Piece
    net_rshares: int
    votes: int

    @property
    def hot(self) -> float:
        return ranking.hot(self.net_rshares, self.piece.post.created_at)

    @property
    def trending(self) -> float:
        return ranking.trending(self.net_rshares, self.piece.post.created_at)


def feed_at(
    session: Session, deployment: Deployment, name: str, at: int, page: PageRequest
) -> tuple[list[Then], str | None]:
    """A page of the feed `name` as it stood at `at` (the chain's seconds), and the next cursor.

    Raises Problem 400 `unknown_feed`, `bad_cursor`.
    """
    feed = feed_called(name)
    after = paging.position(page.cursor, feed.kinds)
    if feed.score is None:
        found = _newest(session, deployment, at, after, page.size + 1)
    else:
        found = _ranked(session, deployment, feed, feed.score, at, after, page.size + 1)
    chosen, cursor = paging.cut(found, page.size, lambda row: row[0])
    return _then(session, deployment, [post for _, post in chosen], at), cursor


def first_post(session: Session) -> int | None:
    """When the oldest post was made, in the chain's seconds."""
    return session.scalar(select(Post.created_at).order_by(Post.seq).limit(1))


def _newest(
    session: Session, deployment: Deployment, at: int, after: Place | None, most: int
) -> list[tuple[Place, bytes]]:
    """The newest posts at `at`. The last one is found by cashout time, which has an index: `seq` follows time."""
    span = CASHOUT_DAYS * deployment.day
    last = max(
        session.scalar(
            select(Post.seq)
            .where(Post.settled.is_(settled), Post.cashout_at <= at + span)
            .order_by(Post.cashout_at.desc(), Post.seq.desc())
            .limit(1)
        )
        or 0
        for settled in (False, True)
    )
    below = min(last + 1, after[0]) if after else last + 1
    rows = session.execute(
        select(Post.seq, Post.id)
        .where(*_SHOWN, Post.seq < below)
        .order_by(Post.seq.desc())
        .limit(most)
    )
    return [((seq,), post) for seq, post in rows]


def _ranked(
    session: Session,
    deployment: Deployment,
    feed: Feed,
    score: Callable[[int, int], float],
    at: int,
    after: Place | None,
    most: int,
) -> list[tuple[Place, bytes]]:
    column = feed.columns[0]
    opened = at - CASHOUT_DAYS * deployment.day
    # No post that was closed then ranks higher, and this bound spares reading all that was posted since.
    over = [Post.cashout_at <= at, column <= score(MOST_RSHARES, opened)]
    if after is not None:
        over.append(paging.below((column, Post.seq), after))
    rows = session.execute(
        select(column, Post.seq, Post.id)
        .where(*_SHOWN, *over)
        .order_by(column.desc(), Post.seq.desc())
        .limit(most)
    )
    found: list[tuple[Place, bytes]] = [((rank, seq), post) for rank, seq, post in rows]
    open_then = (
        select(Post.id)
        .where(*_SHOWN, Post.settled.in_((False, True)))
        .where(Post.cashout_at > at, Post.cashout_at <= at + CASHOUT_DAYS * deployment.day)
        .order_by(column.desc())
        .limit(MOST)
    )
    for row in _tallies(session, Post.id.in_(open_then), at):
        place = score(int(row.net), row.created_at), row.seq
        if after is None or place < after:
            found.append((place, row.id))
    return sorted(found, reverse=True)[:most]


def _tallies(session: Session, chosen: ColumnElement[bool], at: int) -> list[Row[Any]]:
    """Of each chosen post: id, seq, created_at, its net rshares and how many votes stood at `at`."""
    return list(
        session.execute(
            select(
                Post.id,
                Post.seq,
                Post.created_at,
                func.coalesce(func.sum(Vote.rshares), 0).label("net"),
                func.coalesce(func.sum(case((Vote.bps != 0, 1), else_=0)), 0).label("votes"),
            )
            .outerjoin(Vote, (Vote.post == Post.id) & (Vote.signed_at <= at))
            .where(chosen)
            .group_by(Post.id, Post.seq, Post.created_at)
        )
    )


def _then(session: Session, deployment: Deployment, posts: list[bytes], at: int) -> list[Then]:
    """These posts, in this order, with what they had at `at`."""
    found = read_pieces(session, deployment, pieces().where(Post.id.in_(posts)))
    by_id = {piece.post.id: piece for piece in found}
    tallies = {row.id: row for row in _tallies(session, Post.id.in_(posts), at)}
    return [Then(by_id[p], int(tallies[p].net), int(tallies[p].votes)) for p in posts]


_SHOWN = (Post.depth == 0, Post.removed.is_(False))
