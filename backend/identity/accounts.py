"""Accounts, as the mirror has them."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.site.problems import Problem
from indexer.protocol.recovery import recovery_at
from indexer.rewards import DOWNVOTE_DIVISOR, mana_down
from indexer.schema import Account, Vote


@dataclass(frozen=True)
class Mana:
    """An account's mana, and how much is full, in micro-vests, regenerated to the present."""

    voting: int
    voting_full: int
    downvote: int
    downvote_full: int


def by_handle(session: Session, handle: str) -> Account:
    """The account of a handle. Raises Problem 404 `unknown_account`."""
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


@dataclass(frozen=True)
class Guardian:
    """Who may recover an account now, and who from `at` (seconds) on; None for nobody, `at` 0 for no change."""

    now: Account | None
    later: Account | None
    at: int


def guardian(session: Session, account: Account, now: int) -> Guardian:
    """The recovery account at the chain's moment `now`, and a change that is under way."""
    current, following, at = recovery_at(
        account.recovery, account.next_recovery, account.recovery_at, now
    )
    return Guardian(session.get(Account, current), session.get(Account, following), at)


def votes_cast(session: Session, account: int) -> int:
    """How many votes of an account stand."""
    statement = select(func.count()).where(Vote.account == account, Vote.bps != 0)
    return session.scalar(statement) or 0
