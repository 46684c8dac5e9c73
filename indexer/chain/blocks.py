"""Blocks as the indexer knows them."""

from dataclasses import dataclass, field

from indexer.protocol.events import Event


class ChainMoved(Exception):
    """The chain was reorganised while a range was read. Ask for its head again."""


@dataclass(frozen=True)
class Header:
    """A block: `hash` and `parent` are 32 bytes, `timestamp` is seconds, `bloom` as from `blooms.filled_in`."""

    number: int
    hash: bytes
    parent: bytes
    timestamp: int
    bloom: int | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Span:
    """The blocks after number `parent` up to and including the last of `headers`, and their events in order.

    A reversible span (its blocks may still be reorganised) has every block's header, any other the last one's.
    """

    parent: int
    headers: tuple[Header, ...]
    events: tuple[Event, ...]
    reversible: bool

    @property
    def last(self) -> Header:
        return self.headers[-1]
