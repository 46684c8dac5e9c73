"""Accounts and their keys, as the mirror has them."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.problems import Problem
from indexer.rewards import DOWNVOTE_DIVISOR, mana_down
from indexer.schema import Account, Key, Vote

ROLES = {1: "posting", 2: "active", 3: "owner"}


@dataclass(frozen=True)
class Mana:
    """Micro-vests, regenerated to the present."""

    voting: int
    voting_full: int
    downvote: int
    downvote_full: int


def by_handle(session: Session, handle: str) -> Account:
    """Raises Problem 404 `unknown_account`."""
    account = session.scalar(select(Account).where(Account.handle == handle))
    if account is None:
        raise Problem(404, "unknown_account", f"There is no account called @{handle[:40]}.")
    return account


def mana(account: Account, now: int, day: int) -> Mana:
    """The mana of an account at the chain's moment `now`; `day` in seconds."""
    elapsed = max(0, now - account.updated_at)
    quarter = account.effective // DOWNVOTE_DIVISOR
    return Mana(
        mana_down(account.mana, account.effective, elapsed, day),
        account.effective,
        mana_down(account.down_mana, quarter, elapsed, day),
        quarter,
    )


def keys(session: Session, account: int) -> list[Key]:
    """All keys that an account ever had, the latest first."""
    statement = select(Key).where(Key.account == account).order_by(Key.added_at.desc(), Key.address)
    return list(session.scalars(statement))


def is_live(key: Key, account: Account, now: int) -> bool:
    """Whether a key may sign at the chain's moment `now`."""
    current = not key.revoked and key.epoch == account.key_epoch
    return current and (key.expiry == 0 or now < key.expiry)


def live_key(session: Session, address: str, now: int) -> tuple[Key, Account] | None:
    """The key at a checksummed address and its account, if it may sign now."""
    row = session.execute(
        select(Key, Account).join(Account, Account.id == Key.account).where(Key.address == address)
    ).one_or_none()
    return (row[0], row[1]) if row is not None and is_live(row[0], row[1], now) else None


def votes_cast(session: Session, account: int) -> int:
    """How many votes of an account stand."""
    statement = select(func.count()).where(Vote.account == account, Vote.bps != 0)
    return session.scalar(statement) or 0
