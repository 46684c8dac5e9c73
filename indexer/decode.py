"""The core's logs as typed events, by slicing: every argument is one word (ICore.sol).

Amounts are wei where the ABI says so, else micro-vests; times are seconds of the chain's clock.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

import msgspec
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from indexer.slots import AccountSlot, VoteSlot, account_slot, vote_slot

LOG_BITS = 20
"""`seq` is block << LOG_BITS | log index."""


class UnknownEvent(Exception):
    """The core emitted what is not in its interface: the deployment is of another version."""


class Log(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """A log as eth_getLogs gives it; numbers and bytes are 0x-hex. Some nodes omit the time."""

    topics: list[str]
    data: str
    block_number: str
    block_hash: str
    log_index: str
    transaction_hash: str
    block_timestamp: str | None = None

    @property
    def block(self) -> int:
        return int(self.block_number, 16)


class Event(msgspec.Struct, frozen=True, gc=False):
    seq: int
    time: int
    tx: bytes

    @property
    def block(self) -> int:
        return self.seq >> LOG_BITS


class Registered(Event, frozen=True, gc=False):
    account: int
    handle: str
    recovery: int


class KeyAdded(Event, frozen=True, gc=False):
    account: int
    key: str
    role: int
    expiry: int


class KeyRevoked(Event, frozen=True, gc=False):
    account: int
    key: str


class Skipped(Event, frozen=True, gc=False):
    index: int
    reason: bytes


class Posted(Event, frozen=True, gc=False):
    post: bytes
    account: int
    parent: bytes | None
    digest: bytes
    community: int


class Voted(Event, frozen=True, gc=False):
    post: bytes
    account: int
    vote: VoteSlot
    state: AccountSlot


class DayClosed(Event, frozen=True, gc=False):
    day: int
    claims: int
    paid: int
    pool: int
    recent: int


class Settled(Event, frozen=True, gc=False):
    post: bytes
    account: int
    liquid: int
    vests: int
    curation: int


class CurationClaimed(Event, frozen=True, gc=False):
    post: bytes
    account: int
    vests: int


class Deposited(Event, frozen=True, gc=False):
    account: int
    sender: str
    amount: int


class Withdrawn(Event, frozen=True, gc=False):
    account: int
    to: str
    amount: int


class PoweredUp(Event, frozen=True, gc=False):
    account: int
    to: int
    vests: int


class StakeChanged(Event, frozen=True, gc=False):
    account: int
    state: AccountSlot


def _number(word: str) -> int:
    return int(word, 16)


def _word_or_none(word: str) -> bytes | None:
    return None if word == "0" * 64 else bytes.fromhex(word)


def _selector(word: str) -> bytes:
    return bytes.fromhex(word[:8])


def _text(word: str) -> str:
    return bytes.fromhex(word).rstrip(b"\0").decode("ascii")


@lru_cache(4096)
def _address(word: str) -> str:
    return to_checksum_address(word[24:])


def _vote(word: str) -> VoteSlot:
    return vote_slot(int(word, 16))


def _account(word: str) -> AccountSlot:
    return account_slot(int(word, 16))


_word = bytes.fromhex
_Reader = Callable[[str], Any]

# In every event the indexed arguments come first, so the words are the topics, then the data.
LAYOUTS: Mapping[str, tuple[type[Event], tuple[_Reader, ...]]] = {
    "Registered(uint40,bytes32,uint40)": (Registered, (_number, _text, _number)),
    "KeyAdded(uint40,address,uint8,uint40)": (KeyAdded, (_number, _address, _number, _number)),
    "KeyRevoked(uint40,address)": (KeyRevoked, (_number, _address)),
    "Skipped(uint256,bytes4)": (Skipped, (_number, _selector)),
    "Posted(bytes32,uint40,bytes32,bytes32,uint40)": (
        Posted,
        (_word, _number, _word_or_none, _word, _number),
    ),
    "Voted(bytes32,uint40,uint256,uint256)": (Voted, (_word, _number, _vote, _account)),
    "DayClosed(uint256,uint256,uint256,uint256,uint256)": (DayClosed, (_number,) * 5),
    "Settled(bytes32,uint40,uint256,uint256,uint256)": (
        Settled,
        (_word, _number, _number, _number, _number),
    ),
    "CurationClaimed(bytes32,uint40,uint256)": (CurationClaimed, (_word, _number, _number)),
    "Deposited(uint40,address,uint256)": (Deposited, (_number, _address, _number)),
    "Withdrawn(uint40,address,uint256)": (Withdrawn, (_number, _address, _number)),
    "PoweredUp(uint40,uint40,uint256)": (PoweredUp, (_number, _number, _number)),
    "StakeChanged(uint40,uint256)": (StakeChanged, (_number, _account)),
}


def topic(signature: str) -> str:
    """The first topic of an event, 0x-hex."""
    return "0x" + keccak(text=signature).hex()


_BY_TOPIC = {topic(signature): layout for signature, layout in LAYOUTS.items()}


def decode(log: Log, time: int) -> Event:
    """One log of the core, included at `time`. Raises UnknownEvent."""
    try:
        kind, readers = _BY_TOPIC[log.topics[0]]
    except (KeyError, IndexError):
        raise UnknownEvent(
            f"Block {log.block} holds an event of the core that this version does not know. "
            "Update Laurel, or check which contracts the deployment record names."
        ) from None
    data = log.data
    words = [topic[2:] for topic in log.topics[1:]]
    words += [data[i : i + 64] for i in range(2, len(data), 64)]
    return kind(
        log.block << LOG_BITS | int(log.log_index, 16),
        time,
        bytes.fromhex(log.transaction_hash[2:]),
        *[read(word) for read, word in zip(readers, words, strict=True)],
    )


def decode_all(logs: Iterable[Log], times: Mapping[int, int]) -> list[Event]:
    """The events in the chain's order. `times` has the seconds of blocks whose logs lack them."""
    events = [
        decode(log, int(log.block_timestamp, 16) if log.block_timestamp else times[log.block])
        for log in logs
    ]
    events.sort(key=lambda event: event.seq)
    return events
