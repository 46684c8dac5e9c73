"""The wallet's history of an account, a page at a time."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import paging
from indexer.schema import Entry


def entries(session: Session, account: int, size: int) -> tuple[list[Entry], str | None]:
    """Entries at the request's cursor, newest first, and the next page's cursor."""
    condition = paging.after((Entry.seq,), (int,))
    statement = select(Entry).where(Entry.account == account)
    if condition is not None:
        statement = statement.where(condition)
    rows = session.scalars(statement.order_by(Entry.seq.desc()).limit(size + 1)).all()
    return paging.cut(list(rows), size, lambda entry: [entry.seq])
