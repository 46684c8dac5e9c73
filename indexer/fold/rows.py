"""Rows of the mirror in memory, with images of what they were before each change."""

from collections.abc import Callable, Iterable
from typing import Any

from indexer.fold.ranking import hot, trending
from indexer.rewards import LIQUID_BPS, NO_CAP

Row = dict[str, Any]
"""A table's columns (indexer.schema)."""
Place = tuple[str, tuple[Any, ...]]
"""A table's name and a primary key in it."""


class Incomplete(Exception):
    """An event builds on a row that the mirror does not have."""


class Rows:
    """Rows as events change them: loaded in bulk by `prepare`, else one by one when they are asked for.

    The caller changes a row from `edit` in place. changed: all places that were changed; touched: those changed
    since `begin`; images: by block and place, the row before that block (None: there was none).
    """

    def __init__(self, load: Callable[[Iterable[Place]], dict[Place, Row | None]]) -> None:
        self.changed: set[Place] = set()
        self.touched = self.changed
        self.images: dict[tuple[int, Place], Row | None] = {}
        self._load = load
        self._rows: dict[Place, Row | None] = {}
        self._block: int | None = None  # whose images are kept; None: keeps none

    def prepare(self, places: Iterable[Place]) -> None:
        """Reads the rows at these places."""
        self._rows.update(self._load(places))

    def begin(self, block: int) -> None:
        """Begins the changes of `block`: keeps an image of each row that it changes."""
        self._block = block
        self.touched = set()

    def get(self, place: Place) -> Row | None:
        """The row at a place, to be read only; None if there is none."""
        try:
            return self._rows[place]
        except KeyError:
            self.prepare([place])
            return self._rows[place]

    def existing(self, place: Place) -> Row:
        """The row at a place, to be read only. Raises Incomplete if there is none."""
        row = self.get(place)
        if row is None:
            table, key = place
            name = ", ".join(part.hex() if isinstance(part, bytes) else str(part) for part in key)
            raise Incomplete(f"The mirror has no row {name} in {table}. Run `laurel rebuild`.")
        return row

    def edit(self, place: Place) -> Row:
        """As `existing`, to be changed in place."""
        row = self._rows.get(place) or self.existing(place)
        if place not in self.touched:
            self._touch(place, row)
        return row

    def put(self, place: Place, row: Row | None) -> None:
        """Puts `row` at a place, whatever was there; None removes it."""
        if place not in self.touched:
            self._touch(place, self.get(place))
        self._rows[place] = row

    def written(self) -> Iterable[tuple[Place, Row | None]]:
        """Each place that was changed, with the row that is there now."""
        return ((place, self._rows[place]) for place in self.changed)

    def _touch(self, place: Place, row: Row | None) -> None:
        self.touched.add(place)
        self.changed.add(place)
        if self._block is not None:
            self.images[self._block, place] = None if row is None else row.copy()


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
    """The row of a post made at `time`: no comment, of no community, with the usual options."""
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
    """The row of a digest whose content is still to be fetched."""
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
