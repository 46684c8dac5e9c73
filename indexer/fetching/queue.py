"""The content rows as work: taken by one worker at a time, written back, looked at, asked for again.

A worker takes a row by saying until when it has it (`claimed_until`); after that the row is anybody's
again, so that a worker which was killed holds nothing up. Times are the wall clock's, in seconds.
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
    """A missing document that is the taker's to find; `tries` counts this one too."""

    digest: bytes
    tries: int


@dataclass(frozen=True)
class Document:
    """How one document stands. The post is the first that shows it; a profile's has none."""

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
    """Takes the row that is due for longest, for so many seconds; None when none is due.

    Takers pass over each other's rows: PostgreSQL skips what is locked, SQLite has one writer at a time.
    """
    due = _due(Content.next_try <= now, now)
    with engine.connect() as connection:
        if connection.scalar(due) is None:  # most of the time, and without the lock of writers
            # Nothing is ever put off for so long: the clock was ahead, and has been set back.
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
    # Not `writing`: on PostgreSQL it would make the takers wait for one another.
    with engine.execution_options(immediate=True).begin() as connection:
        row = connection.execute(taken).first()
    return None if row is None else Task(row.digest, row.tries + 1)


def _due(when: ColumnElement[bool], now: float) -> Select[bytes]:
    """The document that is to be asked for first, of those put off until `when`."""
    free = Content.claimed_until <= now, Content.claimed_until > now + LONGEST_WAIT_SECONDS
    waiting = select(Content.digest).where(Content.state == "missing", when, or_(*free))
    return waiting.order_by(Content.next_try).limit(1)


def save(engine: Engine, rows: Iterable[Row]) -> int:
    """Writes rows that are still missing; one that a rollback removed meanwhile stays away."""
    found = list(rows)
    if not found:
        return 0
    with writing(engine, Turn.CONTENT) as connection:
        return arrivals.arrived(connection, found)


def listed(engine: Engine, state: str, limit: int) -> list[Document]:
    """Documents in one state: those of the oldest posts first, then what no post shows."""
    return _documents(engine, Content.state == state, limit)


def one(engine: Engine, digest: bytes) -> Document | None:
    """The document of a digest, if an event ever named it."""
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
