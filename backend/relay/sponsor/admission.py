"""What a registration has to show where accounts are not made for everybody: an invitation or proof of work."""

import re
import time
from dataclasses import dataclass

from sqlalchemy import Connection, Row, insert, select

from backend.relay.sponsor import invitations, proof_of_work
from backend.relay.sponsor.settings import SponsorSettings
from backend.relay.sponsor.tables import Admission, Work
from backend.relay.tables import RelayTicket
from backend.site.problems import Problem


@dataclass(frozen=True)
class Shown:
    """What a registration shows. invitation: the code of a link. work: a task's id, a dot, and the nonce found."""

    invitation: str = ""
    work: str = ""


def check(connection: Connection, settings: SponsorSettings, handle: str, shown: Shown) -> None:
    """Refuses a registration that may not join, before anything costly is done.

    Raises Problem 403: invitation_needed, not_invited, work_needed, bad_work.
    """
    if settings.join == "invitation":
        _invitation(connection, shown.invitation)
    if settings.join == "work":
        task = _work(connection, handle, shown.work)
        if proof_of_work.zeros(task.id, handle, shown.work.partition(".")[2]) < task.bits:
            raise _bad_work()


def admit(
    connection: Connection, settings: SponsorSettings, handle: str, shown: Shown, ticket: str
) -> None:
    """Writes down that a ticket used the invitation or work which `check` has passed, in a database transaction
    that holds the write lock.

    Raises Problem as `check` does, if somebody else was faster.
    """
    values: dict[str, int | str] = {}
    if settings.join == "invitation":
        values = {"invitation": _invitation(connection, shown.invitation)}
    if settings.join == "work":
        values = {"work": _work(connection, handle, shown.work).id}
    if values:
        connection.execute(insert(Admission).values(ticket=ticket, **values))


def _invitation(connection: Connection, code: str) -> int:
    if not code:
        detail = "This server makes accounts by invitation. Open the link that you were given."
        raise Problem(403, "invitation_needed", detail)
    found = invitations.find(connection, code)
    if found is None or not found.open(time.time()):
        detail = "This invitation is used up, has ended, or is none. Ask for another."
        raise Problem(403, "not_invited", detail)
    return found.id


def _work(connection: Connection, handle: str, shown: str) -> Row[str, int]:
    """Id and bits of the task that was shown, if it can be used now."""
    if not shown:
        detail = "This server asks for proof of work. Ask /api/laurel/v1/work for a task, and show it done."
        raise Problem(403, "work_needed", detail)
    if not re.fullmatch(r"[0-9a-f]{32}\.[0-9]{1,15}", shown):
        raise _bad_work()
    task = shown.partition(".")[0]
    issued = select(Work.id, Work.bits).where(
        Work.id == task, Work.handle == handle, Work.until > time.time()
    )
    taken = (
        select(Admission.ticket)
        .outerjoin(RelayTicket, RelayTicket.id == Admission.ticket)
        .where(Admission.work == task, invitations.counts())
        .limit(1)
    )
    found = connection.execute(issued).one_or_none()
    if found is None or connection.scalar(taken) is not None:
        raise _bad_work()
    return found


def _bad_work() -> Problem:
    return Problem(
        403,
        "bad_work",
        "The proof of work is not done, not for this handle, used, or too old. Try again.",
    )
