"""Rows of the mirror outside the database, and the changes between them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]
"""A table's columns (schema.py). Never changed in place: a rollback puts the old one back."""
Place = tuple[str, tuple[Any, ...]]
"""A table's name and a primary key in it."""
Look = Callable[[Place], Row | None]


@dataclass(frozen=True, slots=True)
class Change:
    """Row `new` takes the place of `old` (None: there was none)."""

    place: Place
    old: Row | None
    new: Row


def missing_content(digest: bytes) -> Row:
    """The row of content that is still to be fetched."""
    return {
        "digest": digest,
        "state": "missing",
        "tries": 0,
        "next_try": 0.0,
        "error": None,
        "parent": None,
        "title": "",
        "summary": "",
        "html": "",
        "tags": [],
        "picture": None,
        "lang": None,
        "sensitive": False,
    }
