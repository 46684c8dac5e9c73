"""An account's stake: what is free, what is delegated by it or to it, and what is leaving.

Micro-vests; times are seconds of the chain's clock.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.site import paging
from backend.site.paging import PageRequest
from indexer.rewards import PART_DAYS
from indexer.schema import Account, Delegation


@dataclass(frozen=True)
class Loan:
    """Stake that one account delegates to another; `account` and `handle` are the other's."""

    account: int
    handle: str
    vests: int


def free(account: Account) -> int:
    """Own stake that votes for its owner, and may be delegated or powered down."""
    return account.own - account.delegated - account.returning - account.leaving


def received(account: Account) -> int:
    """Stake of others that votes for the account."""
    return account.effective - free(account)


def parts(account: Account, day: int) -> list[tuple[int, int]]:
    """The parts of a power down still to come: when each is due, and its micro-vests; `day` in seconds."""
    left, due = account.leaving, account.due_at
    found = []
    while left > 0:
        found.append((due, min(account.part, left)))
        left -= account.part
        due += PART_DAYS * day
    return found


def loans(
    session: Session, account: int, page: PageRequest, *, received: bool
) -> tuple[list[Loan], str | None]:
    """A page of the delegations by an account, or of those it received, and the next cursor.

    Raises Problem 400 `bad_cursor`.
    """
    mine, other = Delegation.account, Delegation.to
    if received:
        mine, other = other, mine
    statement = (
        select(other, Account.handle, Delegation.vests)
        .join(Account, Account.id == other)
        .where(mine == account, Delegation.vests > 0)
        .where(paging.after(page.cursor, (other,), (int,)))
        .order_by(other.desc())
        .limit(page.size + 1)
    )
    found = [Loan(*row) for row in session.execute(statement)]
    return paging.cut(found, page.size, lambda loan: [loan.account])
