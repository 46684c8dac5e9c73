"""What a rule of folding is, and changes that several rules share."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from indexer.fold.rows import Place, Rows, missing_content
from indexer.protocol.events import Event

E = TypeVar("E", bound=Event)


@dataclass(frozen=True)
class Rule(Generic[E]):
    """How one kind of event is folded: the rows it looks at, and what it changes (see `fold` and `places`)."""

    places: Callable[[E], list[Place]]
    fold: Callable[[E, Rows, int], None]


def account_place(number: int) -> Place:
    return "accounts", (number,)


def post_place(post: bytes) -> Place:
    return "posts", (post,)


def content_place(digest: bytes) -> Place:
    return "contents", (digest,)


def pay(rows: Rows, account: int, wei: int) -> None:
    """Adds to an account's balance."""
    rows.edit(account_place(account))["balance"] += wei


def enter(
    event: Event,
    rows: Rows,
    account: int,
    kind: str,
    *,
    wei: int = 0,
    vests: int = 0,
    post: bytes | None = None,
    other: int | None = None,
    memo: bytes | None = None,
) -> None:
    """Adds a line to an account's wallet history, unless nothing moved."""
    if wei == 0 and vests == 0:
        return
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
    rows.put(("entries", (event.seq, account)), row)


def want(rows: Rows, digest: bytes) -> None:
    """Makes a content row for a digest, in state missing, unless there is one."""
    place = content_place(digest)
    if rows.get(place) is None:
        rows.put(place, missing_content(digest))
