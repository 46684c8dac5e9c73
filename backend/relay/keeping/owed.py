"""What there is to settle, to claim and to complete, read from the mirror."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, literal, or_, select, union_all
from sqlalchemy.orm import Session

from indexer.rewards import accrued_down
from indexer.schema import Account, Beneficiary, Cursor, Pool, Post, Vote


@dataclass(frozen=True)
class Claim:
    """An unclaimed curation reward."""

    post: bytes
    account: int


@dataclass(frozen=True)
class Due:
    """Something that anyone may do for an account: the core's function, which takes its number."""

    function: str
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
    shares = exists().where(Beneficiary.post == Post.id, Beneficiary.account.in_(accounts))
    due = or_(Post.cashout_at < graced, Post.account.in_(accounts), curates, shares)
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


def to_complete(session: Session, now: int, most: int) -> list[Due]:
    """Recoveries, parts of power downs and returning stake whose time has come, soonest due first."""
    waits = {
        "completeRecovery": (Account.request_ready_at, Account.request_ready_at),
        "releasePowerDown": (Account.due_at, Account.leaving),
        "completeReturn": (Account.return_at, Account.returning),
    }
    parts = (
        select(literal(function).label("function"), Account.id, at.label("at"))
        .where(there > 0, at <= now)
        .order_by(at, Account.id)
        .limit(most)
        .subquery()
        for function, (at, there) in waits.items()
    )
    rows = union_all(*(select(part) for part in parts)).order_by("at", "function", "id").limit(most)
    return [Due(function, account) for function, account, _ in session.execute(rows)]


def stake_reward(session: Session, account: int) -> int:
    """Micro-vests of the stakers' emission that an account can claim, up to the last closed day."""
    row = session.get(Account, account)
    index = session.scalar(select(Pool.index))
    if row is None or index is None:
        return 0
    return row.accrued + accrued_down(row.own, index - row.index)


def is_owed(session: Session, account: int, over: int) -> bool:
    """Whether days that ended by `over` (seconds) left the account anything to settle or claim."""
    return bool(
        to_settle(session, over, 0, [account], 1)
        or to_claim(session, 0, [account], 1)
        or stake_reward(session, account)
    )


def _unclaimed(accounts: Collection[int]) -> tuple[ColumnElement[bool], ...]:
    return Vote.account.in_(accounts), Vote.weight > 0, Vote.claimed.is_(False)
