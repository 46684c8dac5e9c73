"""Invitations: links that let accounts be made. The link's code is shown once, and kept as its sha-256."""

import secrets
import time
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import ColumnElement, Connection, Engine, Select, func, insert, or_, select
from sqlalchemy import update as change
from sqlalchemy.orm import Session

from backend.relay.sponsor.tables import Admission, Invitation
from backend.relay.tables import EXPIRED, SKIPPED, RelayTicket
from indexer.errors import LaurelError
from indexer.mirror.database import writing


class NoSuchInvitation(LaurelError):
    """There is no invitation of that number."""


@dataclass(frozen=True)
class Listed:
    """An invitation and how often it was used. Times are the wall clock's seconds."""

    id: int
    uses: int
    used: int
    created: float
    until: float

    def open(self, now: float) -> bool:
        """Whether it can still be used."""
        return self.until > now and self.used < self.uses


def invite(engine: Engine, uses: int, days: float) -> str:
    """Makes an invitation for `uses` accounts, open for `days`; returns the code for its link."""
    code = secrets.token_urlsafe(16)
    now = time.time()
    values = {"code": _digest(code), "uses": uses, "created": now, "until": now + days * 86_400}
    with writing(engine) as connection:
        connection.execute(insert(Invitation).values(**values))
    return code


def listed(database: Session | Connection) -> list[Listed]:
    """All invitations, the latest first."""
    rows = database.execute(_listing().order_by(Invitation.id.desc()))
    return [Listed(*row) for row in rows]


def find(database: Session | Connection, code: str) -> Listed | None:
    """The invitation of a code, open or not."""
    row = database.execute(_listing().where(Invitation.code == _digest(code))).one_or_none()
    return Listed(*row) if row else None


def revoke(engine: Engine, invitation: int) -> None:
    """Ends an invitation now; accounts that were made by it stay. Raises NoSuchInvitation."""
    with writing(engine) as connection:
        mine = Invitation.id == invitation
        done = connection.execute(change(Invitation).where(mine).values(until=time.time()))
        if not done.rowcount:
            raise NoSuchInvitation(
                f"There is no invitation {invitation}. `laurel invite list` shows them."
            )


def counts() -> ColumnElement[bool]:
    """Whether an admission still counts as a use: its ticket has not failed."""
    state = RelayTicket.state
    return or_(state.is_(None), state.not_in((SKIPPED, EXPIRED)))


def _listing() -> Select[int, int, int, float, float]:
    used = (
        select(func.count())
        .select_from(Admission)
        .outerjoin(RelayTicket, RelayTicket.id == Admission.ticket)
        .where(Admission.invitation == Invitation.id, counts())
        .scalar_subquery()
    )
    return select(Invitation.id, Invitation.uses, used, Invitation.created, Invitation.until)


def _digest(code: str) -> bytes:
    return sha256(code.encode()).digest()
