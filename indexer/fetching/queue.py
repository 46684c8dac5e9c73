"""The content rows as a work queue: a worker takes one, saves it; people list them, and have them asked for again.

A worker claims a row until a time (`claimed_until`). After that any worker may take it, so that a killed
worker holds nothing up. Times are wall-clock seconds.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Engine, Select, func, or_, select, update
from sqlalchemy.orm import aliased

from indexer.fetching.fetch import LONGEST_WAIT_SECONDS
from indexer.fold.rows import Row
from indexer.mirror import arrivals
from indexer.mirror.database import Turn, writing
from indexer.schema import Account, Content, Post


@dataclass(frozen=True)
class Task:
    """A missing document that a worker has claimed. `tries` includes the one that begins now."""

    digest: bytes
    tries: int


@dataclass(frozen=True)
class Document:
    """The state of one document. `post` is the first with this digest; profiles and edits have none."""

    digest: bytes
    state: str
    tries: int
    next_try: float
    claimed_until: float
    error: str | None
    title: str
    post: bytes | None
    author: str | None


def take(engine: Engine, now: float, seconds: float) -> Task | None:
    """Claims the row that has been due longest, for `seconds` from `now`; None when none is due.

    No two workers get one row: PostgreSQL skips locked rows, SQLite has one writer at a time.
    """
    due = _due(Content.next_try <= now, now)
    with engine.connect() as connection:
        if connection.scalar(due) is None:  # mostly so, and found without the write lock
            # No row is put off for so long: the clock was ahead when it was, and has been set back.
            due = _due(Content.next_try > now + LONGEST_WAIT_SECONDS, now)
            if connection.scalar(due) is None:
                return None
    chosen = due.with_for_update(skip_locked=True).scalar_subquery()
    taken = (
        update(Content)
        .where(Content.digest == chosen)
        .values(claimed_until=now + seconds)
        .returning(Content.digest, Content.tries)
    )
    # Not `writing`: on PostgreSQL it would make the workers wait for one another.
    with engine.execution_options(immediate=True).begin() as connection:
        row = connection.execute(taken).first()
    return None if row is None else Task(row.digest, row.tries + 1)


def _due(when: ColumnElement[bool], now: float) -> Select[bytes]:
    """Selects the digest to ask for first: missing, unclaimed, and `when` is true of it."""
    free = Content.claimed_until <= now, Content.claimed_until > now + LONGEST_WAIT_SECONDS
    waiting = select(Content.digest).where(Content.state == "missing", when, or_(*free))
    return waiting.order_by(Content.next_try).limit(1)


def save(engine: Engine, rows: Iterable[Row]) -> int:
    """Writes content rows over those still missing; rows that a rollback removed stay away. Returns how many."""
    found = list(rows)
    if not found:
        return 0
    with writing(engine, Turn.CONTENT) as connection:
        return arrivals.arrived(connection, found)


def listed(engine: Engine, state: str, limit: int) -> list[Document]:
    """Documents in one state: those of the oldest posts first, then what no post shows."""
    return _documents(engine, Content.state == state, limit)


def one(engine: Engine, digest: bytes) -> Document | None:
    """The document of a digest; None if no event named it."""
    return next(iter(_documents(engine, Content.digest == digest, 1)), None)


def ask_again(engine: Engine, condition: ColumnElement[bool]) -> int:
    """Makes documents that are not ready due at once, as if never asked for. Returns how many."""
    with writing(engine, Turn.CONTENT) as connection:
        changed = connection.execute(
            update(Content)
            .where(condition, Content.state != "ready")
            .values(state="missing", tries=0, next_try=0.0, error=None)
        )
    return changed.rowcount


def _documents(engine: Engine, condition: ColumnElement[bool], limit: int) -> list[Document]:
    shown = aliased(Post)
    first = select(func.min(shown.seq)).where(shown.digest == Content.digest)
    found = (
        select(
            Content.digest,
            Content.state,
            Content.tries,
            Content.next_try,
            Content.claimed_until,
            Content.error,
            Content.title,
            Post.id,
            Account.handle,
        )
        .select_from(Content)
        .outerjoin(Post, Post.seq == first.correlate(Content).scalar_subquery())
        .outerjoin(Account, Account.id == Post.account)
        .where(condition)
        .order_by(Post.seq.is_(None), Post.seq, Content.digest)
        .limit(limit)
    )
    with engine.connect() as connection:
        return [Document(*row) for row in connection.execute(found)]
