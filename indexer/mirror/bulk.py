"""Rows of the mirror in bulk: read by key, written, and converted to JSON for the undo log.

The statements are made once for each table, and rows go to the driver as tuples: several times faster than
to have SQLAlchemy bind each value (benchmarks/index). Its types still convert the values.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice
from operator import itemgetter
from typing import Any

from sqlalchemy import Boolean, Connection, Dialect, Float, LargeBinary, Table
from sqlalchemy.exc import OperationalError

from indexer.fold.rows import Place, Row
from indexer.schema import Base

CHUNK = 256  # keys in one of SQLite's queries; a power of two
COPY_FROM = 100  # rows from which on PostgreSQL's COPY is faster, by way of a temporary table

Key = tuple[Any, ...]


def table(name: str) -> Table:
    """The mirror's table of that name. Raises KeyError."""
    return Base.metadata.tables[name]


@cache
def primary(name: str) -> tuple[str, ...]:
    """The columns of a table's primary key."""
    return tuple(column.name for column in table(name).primary_key)


def load(connection: Connection, places: Iterable[Place]) -> dict[Place, Row | None]:
    """The rows at these places, None where there is none."""
    found: dict[Place, Row | None] = dict.fromkeys(places)
    keys: dict[str, list[Key]] = defaultdict(list)
    for name, key in found:
        keys[name].append(key)
    for name, wanted in keys.items():
        form, columns = _form(name, connection.dialect), primary(name)
        for row in form.select(connection, wanted):
            found[name, tuple([row[column] for column in columns])] = row
    return found


def write(connection: Connection, rows: Iterable[tuple[Place, Row | None]]) -> None:
    """Writes each row at its place, whatever was there; None deletes it."""
    new: dict[str, list[Row]] = defaultdict(list)
    gone: dict[str, list[Key]] = defaultdict(list)
    for (name, key), row in rows:
        if row is None:
            gone[name].append(key)
        else:
            new[name].append(row)
    for name, keys in gone.items():
        connection.exec_driver_sql(_form(name, connection.dialect).delete, keys)
    for name, values in new.items():
        _form(name, connection.dialect).upsert(connection, values)


@dataclass(frozen=True)
class _Form:
    """The SQL of a table. `names`: its columns in order; `binds` and `results`: how values are converted on
    their way in and out, for the columns whose types convert anything."""

    name: str
    postgresql: bool
    names: tuple[str, ...]
    binds: tuple[tuple[int, Callable[[Any], Any]], ...]
    results: tuple[tuple[str, Callable[[Any], Any]], ...]
    columns: str
    insert: str  # before the values
    marks: str  # in their place
    conflict: str  # after them
    delete: str
    found: Callable[[int], str]

    def upsert(self, connection: Connection, rows: Sequence[Row]) -> None:
        tuples = [self._bound(row) for row in map(itemgetter(*self.names), rows)]
        if self.postgresql and len(tuples) >= COPY_FROM:
            self._copy(connection, tuples)
        else:
            statement = f"{self.insert} VALUES ({self.marks}) {self.conflict}"
            connection.exec_driver_sql(statement, tuples)

    def select(self, connection: Connection, keys: Sequence[Key]) -> Iterable[Row]:
        for values in self._found(connection, keys):
            row = dict(zip(self.names, values, strict=True))
            for name, process in self.results:
                row[name] = process(row[name])
            yield row

    def _found(self, connection: Connection, keys: Sequence[Key]) -> Iterable[Any]:
        if self.postgresql:
            lists = tuple(map(list, zip(*keys, strict=True)))
            yield from connection.exec_driver_sql(self.found(0), lists)
            return
        rest = iter(keys)
        while chunk := list(islice(rest, CHUNK)):
            # The last key is repeated up to a power of two, so that few statements are prepared.
            chunk += chunk[-1:] * ((1 << (len(chunk) - 1).bit_length()) - len(chunk))
            parameters = tuple(chain.from_iterable(chunk))
            yield from connection.exec_driver_sql(self.found(len(chunk)), parameters)

    def _copy(self, connection: Connection, tuples: Iterable[tuple[Any, ...]]) -> None:
        """Copies rows to a temporary table, empty after each commit, then upserts them in one statement."""
        new = f"new_{self.name}"
        connection.exec_driver_sql(
            f"CREATE TEMP TABLE IF NOT EXISTS {new} (LIKE {self.name}) ON COMMIT DELETE ROWS"
        )
        statement = f"COPY {new} ({self.columns}) FROM STDIN"
        driver: Any = connection.connection.driver_connection
        passing: Any = connection.dialect.loaded_dbapi.OperationalError
        try:
            with driver.cursor() as cursor, cursor.copy(statement) as copy:
                for values in tuples:
                    copy.write_row(values)
        except passing as error:  # such as a full disk; SQLAlchemy does not wrap it
            raise OperationalError(statement, None, error) from error
        connection.exec_driver_sql(
            f"{self.insert} SELECT {self.columns} FROM {new} {self.conflict}"
        )

    def _bound(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        if not self.binds:
            return values
        bound = list(values)
        for index, process in self.binds:
            bound[index] = process(bound[index])
        return tuple(bound)


@cache
def _form(name: str, dialect: Dialect) -> _Form:
    quoted = dialect.identifier_preparer.quote
    mark = "%s" if dialect.name == "postgresql" else "?"
    types = {column.name: column.type.dialect_impl(dialect) for column in table(name).c}
    names, keys = tuple(types), primary(name)
    others = ", ".join(f"{quoted(n)} = excluded.{quoted(n)}" for n in names if n not in keys)
    key, columns = ", ".join(map(quoted, keys)), ", ".join(map(quoted, names))
    # Both drivers take and return bytes and numbers as they are; booleans they only take.
    typed = [(i, n) for i, n in enumerate(names) if not isinstance(types[n], LargeBinary | Float)]
    results = [(n, types[n].result_processor(dialect, None)) for _, n in typed]
    typed = [(i, n) for i, n in typed if not isinstance(types[n], Boolean)]
    binds = [(i, types[n].bind_processor(dialect)) for i, n in typed]

    @cache
    def found(count: int) -> str:
        if dialect.name == "postgresql":
            arrays = ", ".join(f"%b::{types[n].compile(dialect)}[]" for n in keys)
            wanted = f"unnest({arrays}) AS wanted ({key}) JOIN {name}"
            return f"SELECT {columns} FROM {wanted} USING ({key})"
        each = ", ".join([f"({', '.join('?' * len(keys))})"] * count)
        wanted = f"WITH wanted ({key}) AS (VALUES {each})"
        # CROSS makes SQLite look up key by key, whatever its planner estimates.
        return f"{wanted} SELECT {columns} FROM wanted CROSS JOIN {name} USING ({key})"

    return _Form(
        name=name,
        postgresql=dialect.name == "postgresql",
        names=names,
        binds=tuple((i, process) for i, process in binds if process),
        results=tuple((n, process) for n, process in results if process),
        columns=columns,
        insert=f"INSERT INTO {name} ({columns})",
        marks=", ".join(mark for _ in names),
        conflict=f"ON CONFLICT ({key}) DO UPDATE SET {others}",
        delete=f"DELETE FROM {name} WHERE {' AND '.join(f'{quoted(n)} = {mark}' for n in keys)}",
        found=found,
    )


def key_text(place: Place) -> str:
    """A primary key as the undo log writes it, in JSON."""
    return json.dumps([part.hex() if isinstance(part, bytes) else part for part in place[1]])


def key_of(name: str, text: str) -> Key:
    """The primary key that `key_text` wrote."""
    columns = (table(name).c[column] for column in primary(name))
    return tuple(
        bytes.fromhex(part) if isinstance(column.type, LargeBinary) else part
        for column, part in zip(columns, json.loads(text), strict=True)
    )


def row_json(row: Row) -> Row:
    """A row with its bytes as hex, for a JSON column."""
    return {name: v.hex() if isinstance(v, bytes) else v for name, v in row.items()}


def row_of(name: str, image: Row) -> Row:
    """The row that `row_json` wrote."""
    columns = table(name).c
    return {
        column: bytes.fromhex(v)
        if v is not None and isinstance(columns[column].type, LargeBinary)
        else v
        for column, v in image.items()
    }
