"""What the rules of folding are made of."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from indexer.events import Event
from indexer.rows import Change, Look, Place, Row, missing_content

E = TypeVar("E", bound=Event)


class Incomplete(Exception):
    """An event builds on a row that the mirror does not have."""


@dataclass(frozen=True)
class Rule(Generic[E]):
    """How one kind of event is folded: the rows it looks at, and its changes (see `fold` and `places`)."""

    places: Callable[[E], list[Place]]
    fold: Callable[[E, Look, int], list[Change]]


def account_place(number: int) -> Place:
    return "accounts", (number,)


def post_place(post: bytes) -> Place:
    return "posts", (post,)


def content_place(digest: bytes) -> Place:
    return "contents", (digest,)


def existing(look: Look, place: Place) -> Row:
    """The row at a place where there must be one. Raises Incomplete."""
    row = look(place)
    if row is None:
        table, key = place
        name = ", ".join(part.hex() if isinstance(part, bytes) else str(part) for part in key)
        raise Incomplete(f"The mirror has no row {name} in {table}. Run `laurel rebuild`.")
    return row


def changed(look: Look, place: Place, **values: Any) -> Change:
    """An existing row with other values in some columns."""
    old = existing(look, place)
    return Change(place, old, {**old, **values})


def paid(look: Look, account: int, wei: int) -> Change:
    """An account's balance after `wei` more."""
    place = account_place(account)
    return changed(look, place, balance=existing(look, place)["balance"] + wei)


def entry(
    event: Event,
    account: int,
    kind: str,
    *,
    wei: int = 0,
    vests: int = 0,
    post: bytes | None = None,
    other: int | None = None,
    memo: bytes | None = None,
) -> list[Change]:
    """A line of an account's wallet history, unless nothing moved."""
    if wei == 0 and vests == 0:
        return []
    row = {
        "seq": event.seq,
        "account": account,
        "kind": kind,
        "wei": wei,
        "vests": vests,
        "post": post,
        "other": other,
        "memo": memo,
        "time": event.time,
    }
    return [Change(("entries", (event.seq, account)), None, row)]


def wanted(look: Look, digest: bytes) -> list[Change]:
    """A row for the content of a digest, unless there is one."""
    place = content_place(digest)
    return [] if look(place) else [Change(place, None, missing_content(digest))]
