"""Reading posts of Steem from JSON lines, one post or comment a line, plain or gzipped.

What comes out is plain data; whatever the lines hold beyond it (payouts, times of votes) is left alone.
`percent` of a vote is in two scales and often missing, so votes go by their rshares. A dollar of Steem's is an
LRL where a payout is capped.
"""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from indexer.errors import LaurelError
from indexer.rewards import BPS, ETHER, LIQUID_BPS, NO_CAP

UNCAPPED = Decimal(1_000_000)
"""Dollars: Steem's highest cap, which stands for none."""


class NotAnImport(LaurelError):
    """The file cannot be read as lines of JSON."""


@dataclass(frozen=True)
class Ballot:
    """A vote: rshares in micro-vests, without its sign."""

    voter: str
    rshares: int
    against: bool


@dataclass(frozen=True)
class Options:
    """How a piece wants to be paid. cap: wei, 0 to decline; shares: of beneficiaries, (handle, basis points)."""

    cap: int = NO_CAP
    liquid_bps: int = LIQUID_BPS
    shares: tuple[tuple[str, int], ...] = ()


PLAIN = Options()


@dataclass(frozen=True)
class Piece:
    """A post, or (parent not None) a comment. Posts are named by (author, permlink); `created` is in seconds."""

    author: str
    permlink: str
    parent: tuple[str, str] | None
    created: int
    title: str
    body: str
    tags: tuple[str, ...]
    votes: tuple[Ballot, ...]
    options: Options = PLAIN

    @property
    def name(self) -> tuple[str, str]:
        return self.author, self.permlink


class _Vote(msgspec.Struct):
    voter: str
    rshares: int
    percent: str | int | None = None


class _Share(msgspec.Struct):
    account: str
    weight: int


class _Asset(msgspec.Struct):
    amount: str
    precision: int


class _Line(msgspec.Struct):
    author: str
    permlink: str
    created: str
    body: str
    parent_author: str = ""
    parent_permlink: str = ""
    title: str | None = None
    category: str | None = None
    tags: list[Any] | None = None
    votes: list[_Vote] | None = None
    beneficiaries: list[_Share] | None = None
    max_accepted_payout: str | _Asset | None = None
    percent_liquid: int | None = None


_DECODER = msgspec.json.Decoder(_Line)


def read(path: Path, limit: int | None = None) -> Iterator[Piece | None]:
    """The pieces of the first `limit` lines, in order; None for a line that is not one. Raises NotAnImport."""
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        with gzip.open(path) if packed else path.open("rb") as lines:
            for number, line in enumerate(lines):
                if limit is not None and number >= limit:
                    return
                yield piece(line)
    except (OSError, EOFError) as error:  # gzip raises both
        raise NotAnImport(f"{path} cannot be read: {error}.") from error


def piece(line: bytes) -> Piece | None:
    """One line; None if it is not a post or comment."""
    try:
        found = _DECODER.decode(line)
        created = int(datetime.fromisoformat(found.created).replace(tzinfo=UTC).timestamp())
        options = _options(found)
    except (msgspec.DecodeError, ValueError, ArithmeticError):
        return None
    if not found.author or not found.permlink or created < 0:
        return None
    parent = (found.parent_author, found.parent_permlink) if found.parent_author else None
    tags = [found.category, *(found.tags or [])]
    return Piece(
        author=found.author,
        permlink=found.permlink,
        parent=parent,
        created=created,
        title=found.title or "",
        body=found.body,
        tags=tuple(tag for tag in tags if isinstance(tag, str)),
        votes=tuple(_ballot(vote) for vote in found.votes or []),
        options=options,
    )


def _ballot(vote: _Vote) -> Ballot:
    # A percent of 0 with rshares is a small vote, rounded; without rshares only percent has a sign.
    against = vote.rshares < 0 or (vote.rshares == 0 and str(vote.percent).startswith("-"))
    return Ballot(vote.voter, abs(vote.rshares), against)


def _options(line: _Line) -> Options:
    """Raises ArithmeticError for an amount that is none."""
    cap = line.max_accepted_payout
    if isinstance(cap, _Asset):
        dollars = Decimal(cap.amount).scaleb(-cap.precision)
    else:
        dollars = Decimal(cap.split(" ")[0]) if cap else UNCAPPED
    percent = BPS if line.percent_liquid is None else line.percent_liquid
    return Options(
        cap=NO_CAP if dollars >= UNCAPPED else max(0, int(dollars * ETHER)),
        liquid_bps=LIQUID_BPS * min(max(percent, 0), BPS) // BPS,
        shares=tuple((share.account, share.weight) for share in line.beneficiaries or []),
    )
