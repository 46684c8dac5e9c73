"""Pages of a list, by the sort values of the last row shown: what is added meanwhile moves nothing."""

import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from flask import request
from sqlalchemy import ColumnElement, tuple_

from backend.site.problems import Problem

Row = TypeVar("Row")

DEFAULT = 20
MOST = 100


def limit() -> int:
    """The request's `limit`. Raises Problem 400 `bad_limit`."""
    text = request.args.get("limit", str(DEFAULT))
    size = int(text) if re.fullmatch("[0-9]{1,9}", text) else 0
    if not 1 <= size <= MOST:
        raise Problem(400, "bad_limit", f"`limit` is a number from 1 to {MOST}.")
    return size


def after(
    columns: Sequence[Any], kinds: Sequence[Callable[[str], Any]]
) -> ColumnElement[bool] | None:
    """The condition for rows after the request's `cursor`, in descending order of `columns`.

    `kinds` read each value. None on the first page. Raises Problem 400 `bad_cursor`.
    """
    values = position(kinds)
    return None if values is None else below(columns, values)


def position(kinds: Sequence[Callable[[str], Any]]) -> tuple[Any, ...] | None:
    """The sort values in the request's `cursor`. None and errors as with `after`."""
    text = request.args.get("cursor")
    if text is None:
        return None
    try:
        values = [kind(part) for kind, part in zip(kinds, text.split("_"), strict=True)]
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
