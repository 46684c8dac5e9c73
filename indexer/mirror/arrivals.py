"""Fills content rows when their documents have arrived. Nothing else fills them."""

from collections.abc import Iterable

from sqlalchemy import Connection, Table, bindparam

from indexer.fold.rows import Row
from indexer.mirror.bulk import table
from indexer.schema import Content

CONTENTS = table(Content.__tablename__)


def arrived(connection: Connection, rows: Iterable[Row], into: Table = CONTENTS) -> int:
    """Fills content rows that are still `missing`, in the caller's transaction; returns how many were given.

    A row that a rollback removed meanwhile is not put back. Applying blocks, fetching and rebuilding all call
    this, so write here, in the same transaction, whatever else follows from a document's text.
    """
    values = [{f"new_{name}": value for name, value in row.items()} for row in rows]
    if values:
        names = [column.name for column in into.c if not column.primary_key]
        connection.execute(
            into.update()
            .where(into.c.digest == bindparam("new_digest"))
            .where(into.c.state == "missing")
            .values({name: bindparam(f"new_{name}") for name in names}),
            values,
        )
    return len(values)
