"""Reads posts of Steem from JSON lines, one post or comment a line, plain or gzipped.

Members of a line that are not named here are ignored. `percent` of a vote is in two scales and often missing, so
votes are taken by their rshares. In the cap of a payout, a Steem dollar counts as one LRL.
"""

import gzip
import zlib
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
"""Steem's highest cap, in Steem dollars, which means that there is no cap."""


class NotAnImport(LaurelError):
    """The file cannot be read, or holds nothing that could be imported."""


@dataclass(frozen=True)
class Unread:
    """A line (counted from 1) that is no post or comment; `why` ends a sentence about it."""

    line: int
    why: str


@dataclass(frozen=True)
class Ballot:
    """A vote: rshares in micro-vests, without its sign. `time`: seconds, or None where that is not known."""

    voter: str
    rshares: int
    against: bool
    time: int | None = None


@dataclass(frozen=True)
class Options:
    """How a piece is to be paid. cap: wei, 0 to decline; shares: of beneficiaries, (handle, basis points)."""

    cap: int = NO_CAP
    liquid_bps: int = LIQUID_BPS
    shares: tuple[tuple[str, int], ...] = ()


PLAIN = Options()


@dataclass(frozen=True)
class Outcome:
    """What became of a piece on Steem: signed rshares, and thousandths of a Steem dollar paid (in all, and of
    that to curators). None where the data does not say."""

    net_rshares: int | None = None
    payout_mills: int | None = None
    curator_mills: int | None = None


@dataclass(frozen=True)
class SteemPost:
    """A post, or (parent not None) a comment. Posts are named by (author, permlink); `created` is in seconds,
    `line` counts from 1."""

    author: str
    permlink: str
    parent: tuple[str, str] | None
    created: int
    title: str
    body: str
    tags: tuple[str, ...]
    votes: tuple[Ballot, ...]
    options: Options = PLAIN
    outcome: Outcome = Outcome()
    line: int = 0

    @property
    def name(self) -> tuple[str, str]:
        return self.author, self.permlink


class _Vote(msgspec.Struct):
    voter: str
    rshares: int
    percent: str | int | None = None
    time: str | None = None


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
    net_rshares: int | None = None
    payout: str | float | _Asset | None = None
    curator_payout: str | float | _Asset | None = None


_DECODER = msgspec.json.Decoder(_Line)


def read_posts(path: Path, limit: int | None = None) -> Iterator[SteemPost | Unread]:
    """The first `limit` lines, in order. A gzipped file that is damaged or cut short ends with an Unread.

    Raises NotAnImport if the file cannot be read at all.
    """
    number = 0
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        with gzip.open(path) if packed else path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if limit is not None and number > limit:
                    return
                yield piece(line, number)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        yield Unread(number + 1, f"the file is damaged or cut short there ({error})")
    except OSError as error:
        raise NotAnImport(f"{path} cannot be read: {error}.") from error


def piece(line: bytes, number: int = 0) -> SteemPost | Unread:
    """The post or comment in a line; an Unread if there is none."""
    try:
        found = _DECODER.decode(line)
        made = _piece(found, number)
    except (msgspec.DecodeError, ValueError, ArithmeticError) as error:
        return Unread(number, f"it cannot be read as a post ({error})")
    if not found.author or not found.permlink or made.created < 0:
        return Unread(number, "it lacks an author, a permlink or a time after 1970")
    return made


def _piece(found: _Line, number: int) -> SteemPost:
    """Raises ValueError, ArithmeticError for a malformed time or amount."""
    tags = [found.category, *(found.tags or [])]
    return SteemPost(
        author=found.author,
        permlink=found.permlink,
        parent=(found.parent_author, found.parent_permlink) if found.parent_author else None,
        created=_seconds(found.created),
        title=found.title or "",
        body=found.body,
        tags=tuple(tag for tag in tags if isinstance(tag, str)),
        votes=tuple(_ballot(vote) for vote in found.votes or []),
        options=_options(found),
        outcome=_outcome(found),
        line=number,
    )


def _seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def _ballot(vote: _Vote) -> Ballot:
    # A percent of 0 with rshares is a small vote, rounded; without rshares only percent has a sign.
    against = vote.rshares < 0 or (vote.rshares == 0 and str(vote.percent).startswith("-"))
    time = None if vote.time is None else _seconds(vote.time)
    return Ballot(vote.voter, abs(vote.rshares), against, time)


def _options(line: _Line) -> Options:
    """Raises ArithmeticError for a malformed amount."""
    cap = line.max_accepted_payout
    dollars = _dollars(cap) if cap else UNCAPPED
    percent = BPS if line.percent_liquid is None else line.percent_liquid
    return Options(
        cap=NO_CAP if dollars >= UNCAPPED else max(0, int(dollars * ETHER)),
        liquid_bps=LIQUID_BPS * min(max(percent, 0), BPS) // BPS,
        shares=tuple((share.account, share.weight) for share in line.beneficiaries or []),
    )


def _outcome(line: _Line) -> Outcome:
    """A payout that is a number is all that was paid; one that is an amount with its unit is the authors' part.

    The data shows it: while authors and curators shared evenly, the curators' payout was half of such a number,
    and equal to such an amount.
    """
    curators, payout = _mills(line.curator_payout), _mills(line.payout)
    if payout is not None and not isinstance(line.payout, float):
        payout += curators or 0
    return Outcome(line.net_rshares, payout, curators)


def _dollars(amount: str | float | _Asset) -> Decimal:
    if isinstance(amount, _Asset):
        return Decimal(amount.amount).scaleb(-amount.precision)
    return Decimal(str(amount).split(" ")[0])


def _mills(amount: str | float | _Asset | None) -> int | None:
    return None if amount is None else round(_dollars(amount) * 1000)
