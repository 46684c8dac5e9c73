"""Reading posts of Steem from JSON lines, one post or comment a line, plain or gzipped.

What comes out is plain data; whatever the lines hold beyond it (payouts, beneficiaries, times of votes) is
left alone. `percent` of a vote is in two scales and often missing, so votes go by their rshares.
"""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from indexer.errors import LaurelError


class NotAnImport(LaurelError):
    """The file cannot be read as lines of JSON."""


@dataclass(frozen=True)
class Ballot:
    """A vote: rshares in micro-vests, without its sign."""

    voter: str
    rshares: int
    against: bool


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

    @property
    def name(self) -> tuple[str, str]:
        return self.author, self.permlink


class _Vote(msgspec.Struct):
    voter: str
    rshares: int
    percent: str | int | None = None


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
    except (msgspec.DecodeError, ValueError):
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
    )


def _ballot(vote: _Vote) -> Ballot:
    # A percent of 0 with rshares is a small vote, rounded; without rshares only percent has a sign.
    against = vote.rshares < 0 or (vote.rshares == 0 and str(vote.percent).startswith("-"))
    return Ballot(vote.voter, abs(vote.rshares), against)
