"""Blocks as the indexer knows them."""

from dataclasses import dataclass, field

from indexer.protocol.events import Event


class ChainMoved(Exception):
    """The chain was reorganised while a range was read. Look at its head again."""


@dataclass(frozen=True)
class Header:
    """A block; `hash` and `parent` are 32 bytes, `timestamp` is in seconds; `bloom` see `filled_in`."""

    number: int
    hash: bytes
    parent: bytes
    timestamp: int
    bloom: int | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Span:
    """The blocks after `parent` up to and with the last of `headers`, and their events in order.

    `headers` are of every block where `reversible`, else of the last one only.
    """

    parent: int
    headers: tuple[Header, ...]
    events: tuple[Event, ...]
    reversible: bool

    @property
    def last(self) -> Header:
        return self.headers[-1]
