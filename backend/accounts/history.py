"""An account's wallet history, a page at a time."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.site import paging
from backend.site.paging import PageRequest
from indexer.schema import Account, Entry

Line = tuple[Entry, str | None]
"""An entry, and the handle of the account on its other side if there is one."""


def entries(session: Session, account: int, page: PageRequest) -> tuple[list[Line], str | None]:
    """A page of lines, newest first, and the next page's cursor. Raises Problem 400 `bad_cursor`."""
    statement = (
        select(Entry, Account.handle)
        .outerjoin(Account, Account.id == Entry.other)
        .where(Entry.account == account, paging.after(page.cursor, (Entry.seq,), (int,)))
        .order_by(Entry.seq.desc())
        .limit(page.size + 1)
    )
    lines: list[Line] = [(row[0], row[1]) for row in session.execute(statement)]
    return paging.cut(lines, page.size, lambda line: [line[0].seq])
