"""Pages of a list. A cursor has the sort values of the last row shown, so that rows added meanwhile shift nothing."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import request
from sqlalchemy import ColumnElement, true, tuple_

from backend.site.problems import Problem

Row = TypeVar("Row")

DEFAULT = 20
MOST = 100


@dataclass(frozen=True)
class PageRequest:
    """How many rows are asked for, and the cursor that the page before ended with; None for the first page."""

    size: int
    cursor: str | None = None


def page_request() -> PageRequest:
    """The page that an HTML page's request asks for: DEFAULT rows at its `cursor`."""
    return PageRequest(DEFAULT, request.args.get("cursor"))


def api_request() -> PageRequest:
    """The page that a request to the API asks for by `limit` and `cursor`. Raises Problem 400 `bad_limit`."""
    text = request.args.get("limit", str(DEFAULT))
    size = int(text) if re.fullmatch("[0-9]{1,9}", text) else 0
    if not 1 <= size <= MOST:
        raise Problem(400, "bad_limit", f"`limit` is a number from 1 to {MOST}.")
    return PageRequest(size, request.args.get("cursor"))


def after(
    cursor: str | None, columns: Sequence[Any], kinds: Sequence[Callable[[str], Any]]
) -> ColumnElement[bool]:
    """The condition for rows after `cursor`, in descending order of `columns`; true for all on the first page.

    kinds: a parser for each value. Raises Problem 400 `bad_cursor`.
    """
    values = position(cursor, kinds)
    return true() if values is None else below(columns, values)


def position(cursor: str | None, kinds: Sequence[Callable[[str], Any]]) -> tuple[Any, ...] | None:
    """The sort values in a cursor; None for the first page. Raises Problem 400 `bad_cursor`."""
    if cursor is None:
        return None
    try:
        values = [kind(part) for kind, part in zip(kinds, cursor.split("_"), strict=True)]
        if any(isinstance(value, int) and abs(value) >= 1 << 63 for value in values):
            raise ValueError  # no row has it, and no database takes it
    except ValueError:
        raise Problem(400, "bad_cursor", "This cursor is not one of this list's.") from None
    return tuple(values)


def below(columns: Sequence[Any], values: Sequence[Any]) -> ColumnElement[bool]:
    """The condition for rows after `values`, in descending order of `columns`."""
    return tuple_(*columns) < tuple_(*values)


def cut(
    rows: list[Row], size: int, values: Callable[[Row], Sequence[Any]]
) -> tuple[list[Row], str | None]:
    """The first `size` of up to `size` + 1 rows, and the next page's cursor if there are more."""
    if len(rows) <= size:
        return rows, None
    return rows[:size], "_".join(repr(value) for value in values(rows[size - 1]))
