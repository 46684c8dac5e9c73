"""Rows of the mirror in bulk: read by key, written, and spelled as JSON for the undo log."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from sqlalchemy import Connection, LargeBinary, Table, bindparam, delete, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from indexer.rows import Place, Row
from indexer.schema import Base

_INSERT: dict[str, Callable[[Table], Any]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}
_CHUNK = 400  # keys in one query: old SQLites take 999 parameters


def table(name: str) -> Table:
    return Base.metadata.tables[name]


@cache
def primary(name: str) -> tuple[str, ...]:
    """The columns of a table's primary key."""
    return tuple(column.name for column in table(name).primary_key)


def load(connection: Connection, places: Iterable[Place]) -> dict[Place, Row | None]:
    """The rows at these places, None where there is none."""
    found: dict[Place, Row | None] = {}
    keys: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for place in places:
        if place not in found:
            found[place] = None
            keys[place[0]].append(place[1])
    for name, wanted in keys.items():
        columns = [table(name).c[column] for column in primary(name)]
        for first in range(0, len(wanted), _CHUNK):
            chunk = wanted[first : first + _CHUNK]
            condition = (
                columns[0].in_([key[0] for key in chunk])
                if len(columns) == 1
                else tuple_(*columns).in_(chunk)
            )
            for row in connection.execute(select(table(name)).where(condition)).mappings():
                found[name, tuple(row[column] for column in primary(name))] = dict(row)
    return found


def write(connection: Connection, rows: Iterable[tuple[Place, Row | None]]) -> None:
    """Puts each row in its place, whatever was there; None removes it."""
    new: dict[str, list[Row]] = defaultdict(list)
    gone: dict[str, list[Row]] = defaultdict(list)
    for (name, key), row in rows:
        if row is None:
            gone[name].append({f"key_{c}": v for c, v in zip(primary(name), key, strict=True)})
        else:
            new[name].append(row)
    for name, keys in gone.items():
        conditions = [table(name).c[c] == bindparam(f"key_{c}") for c in primary(name)]
        connection.execute(delete(table(name)).where(*conditions), keys)
    for name, values in new.items():
        insert = _INSERT[connection.dialect.name](table(name))
        others = {c.name: insert.excluded[c.name] for c in table(name).c if not c.primary_key}
        connection.execute(
            insert.on_conflict_do_update(index_elements=list(primary(name)), set_=others), values
        )


def key_text(place: Place) -> str:
    """A primary key as the undo log spells it."""
    return json.dumps([part.hex() if isinstance(part, bytes) else part for part in place[1]])


def key_of(name: str, text: str) -> tuple[Any, ...]:
    """The primary key that `key_text` spelled."""
    columns = (table(name).c[column] for column in primary(name))
    return tuple(
        bytes.fromhex(part) if isinstance(column.type, LargeBinary) else part
        for column, part in zip(columns, json.loads(text), strict=True)
    )


def row_json(row: Row) -> Row:
    """A row with its bytes as hex, for a JSON column."""
    return {name: v.hex() if isinstance(v, bytes) else v for name, v in row.items()}


def row_of(name: str, image: Row) -> Row:
    """The row that `row_json` spelled."""
    columns = table(name).c
    return {
        column: bytes.fromhex(v)
        if v is not None and isinstance(columns[column].type, LargeBinary)
        else v
        for column, v in image.items()
    }
