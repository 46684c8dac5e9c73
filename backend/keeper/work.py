"""What there is to settle and to claim, read from the mirror."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from indexer.schema import Cursor, Post, Vote


@dataclass(frozen=True)
class Claim:
    """An unclaimed curation reward."""

    post: bytes
    account: int


def mirrored_block(session: Session) -> int:
    """The last block that the mirror has; -1 before the first."""
    block = session.scalar(select(Cursor.block))
    return -1 if block is None else block


def to_settle(
    session: Session, closed: int, graced: int, accounts: Collection[int], most: int
) -> list[bytes]:
    """Posts to settle, oldest first: cashed out before `graced`, or paying one of `accounts`.

    closed, graced: seconds; nothing that cashed out at `closed` or later can be settled.
    """
    curates = exists().where(Vote.post == Post.id, *_unclaimed(accounts))
    due = or_(Post.cashout_at < graced, Post.account.in_(accounts), curates)
    return list(
        session.scalars(
            select(Post.id)
            .where(Post.settled.is_(False), Post.net_rshares > 0)
            .where(Post.cashout_at < closed, due)
            .order_by(Post.cashout_at, Post.seq)
            .limit(most)
        )
    )


def to_claim(session: Session, graced: int, accounts: Collection[int], most: int) -> list[Claim]:
    """Unclaimed rewards on settled posts: cashed out before `graced`, or of `accounts`."""
    rows = session.execute(
        select(Vote.post, Vote.account)
        .join(Post, Post.id == Vote.post)
        .where(Vote.claimed.is_(False), Vote.weight > 0, Post.settled, Post.curation != 0)
        .where(or_(Post.cashout_at < graced, Vote.account.in_(accounts)))
        .order_by(Post.cashout_at, Post.seq, Vote.account)
        .limit(most)
    )
    return [Claim(post, account) for post, account in rows]


def has_claims(session: Session, since: int, until: int) -> bool:
    """Whether a post that may pay something cashes out in [since, until), in seconds."""
    paying = and_(Post.settled.is_(False), Post.net_rshares > 0)
    within = and_(Post.cashout_at >= since, Post.cashout_at < until)
    return session.scalar(select(exists().where(paying, within))) or False


def is_owed(session: Session, account: int, over: int) -> bool:
    """Whether days that ended by `over` (seconds) left the account anything to settle or claim."""
    return bool(to_settle(session, over, 0, [account], 1) or to_claim(session, 0, [account], 1))


def _unclaimed(accounts: Collection[int]) -> tuple[ColumnElement[bool], ...]:
    return Vote.account.in_(accounts), Vote.weight > 0, Vote.claimed.is_(False)
