"""Rows of the mirror outside the database, and the changes between them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from indexer.ranking import hot, trending
from indexer.rewards import LIQUID_BPS, NO_CAP

Row = dict[str, Any]
"""A table's columns (indexer.schema). Never changed in place: a rollback puts the old one back."""
Place = tuple[str, tuple[Any, ...]]
"""A table's name and a primary key in it."""
Look = Callable[[Place], Row | None]


@dataclass(frozen=True, slots=True)
class Change:
    """Row `new` takes the place of `old`; None: there was none, or is none any more."""

    place: Place
    old: Row | None
    new: Row | None


def new_account(number: int, handle: str, time: int, recovery: int = 0) -> Row:
    """The row of an account registered at `time`."""
    return {
        "id": number,
        "handle": handle,
        "registered_at": time,
        "balance": 0,
        "own": 0,
        "accrued": 0,
        "index": 0,
        "effective": 0,
        "mana": 0,
        "down_mana": 0,
        "updated_at": 0,
        "key_epoch": 0,
        "delegated": 0,
        "returning": 0,
        "return_at": 0,
        "leaving": 0,
        "part": 0,
        "due_at": 0,
        "recovery": recovery,
        "next_recovery": 0,
        "recovery_at": 0,
        "request_owner": None,
        "request_ready_at": 0,
        "posts": 0,
        "profile": None,
    }


def new_post(
    post: bytes, account: int, digest: bytes, time: int, cashout: int, seq: int, tx: bytes
) -> Row:
    """The row of a post made at `time` without options, a comment or a community."""
    return {
        "id": post,
        "account": account,
        "digest": digest,
        "current": digest,
        "parent": None,
        "root": post,
        "depth": 0,
        "community": 0,
        "seq": seq,
        "tx": tx,
        "created_at": time,
        "edited_at": 0,
        "cashout_at": cashout,
        "removed": False,
        "replied": False,
        "max_accepted_payout": NO_CAP,
        "liquid_bps": LIQUID_BPS,
        "allow_votes": True,
        "allow_curation_rewards": True,
        "net_rshares": 0,
        "weight": 0,
        "votes": 0,
        "children": 0,
        "hot": hot(0, time),
        "trending": trending(0, time),
        "settled": False,
        "liquid": 0,
        "vests": 0,
        "curation": 0,
        "returned": 0,
    }


def missing_content(digest: bytes) -> Row:
    """The row of content that is still to be fetched."""
    return {
        "digest": digest,
        "state": "missing",
        "tries": 0,
        "next_try": 0.0,
        "claimed_until": 0.0,
        "error": None,
        "parent": None,
        "title": "",
        "summary": "",
        "html": "",
        "tags": [],
        "picture": None,
        "lang": None,
        "sensitive": False,
        "profile": None,
    }
