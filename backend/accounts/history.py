"""The wallet's history of an account, a page at a time."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.site import paging
from indexer.schema import Account, Entry

Line = tuple[Entry, str | None]
"""An entry, and the handle of the account on its other side if there is one."""


def entries(session: Session, account: int, size: int) -> tuple[list[Line], str | None]:
    """Lines at the request's cursor, newest first, and the next page's cursor."""
    condition = paging.after((Entry.seq,), (int,))
    statement = (
        select(Entry, Account.handle)
        .outerjoin(Account, Account.id == Entry.other)
        .where(Entry.account == account)
    )
    if condition is not None:
        statement = statement.where(condition)
    rows = session.execute(statement.order_by(Entry.seq.desc()).limit(size + 1)).all()
    return paging.cut([(row[0], row[1]) for row in rows], size, lambda line: [line[0].seq])
