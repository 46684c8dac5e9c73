"""The logs of the core and the graph as typed events, by slicing: every argument is one word.

The one exception, OptionsSet, has a fixed layout too, with a list at its end.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from operator import attrgetter
from typing import Any

import msgspec
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from indexer.protocol.events import (
    LOG_BITS,
    BallotSkipped,
    BeneficiaryPaid,
    Collected,
    CurationClaimed,
    DayClosed,
    Delegated,
    Deposited,
    Edited,
    Event,
    Followed,
    KeyAdded,
    KeyRevoked,
    Muted,
    OptionsSet,
    Posted,
    PowerDownReleased,
    PowerDownSet,
    PoweredUp,
    ProfileSet,
    Reblogged,
    Recovered,
    RecoveryCancelled,
    RecoveryRequested,
    RecoverySet,
    Registered,
    Removed,
    Returned,
    Settled,
    Skipped,
    StakeChanged,
    StakeRewardClaimed,
    Tipped,
    Transferred,
    Voted,
    Withdrawn,
)
from indexer.protocol.packed import AccountSlot, StakeSlot, account_of, stake_slot, vote_of


class UnknownEvent(Exception):
    """A contract emitted what is not in its interface: the deployment is of another version."""


class Log(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """A log as eth_getLogs gives it; numbers and bytes are 0x-hex. Some nodes omit the time."""

    topics: list[str]
    data: str
    block_number: str
    block_hash: str
    log_index: str
    transaction_hash: str
    block_timestamp: str | None = None
    address: str = ""

    @property
    def block(self) -> int:
        return int(self.block_number, 16)


def _number(word: str) -> int:
    return int(word, 16)


def _flag(word: str) -> bool:
    return int(word, 16) != 0


def _word_or_none(word: str) -> bytes | None:
    return None if word == "0" * 64 else bytes.fromhex(word)


def _selector(word: str) -> bytes:
    return bytes.fromhex(word[:8])


def _text(word: str) -> str:
    return bytes.fromhex(word).rstrip(b"\0").decode("ascii")


@lru_cache(4096)
def _address(word: str) -> str:
    return to_checksum_address(word[24:])


def _account(word: str) -> AccountSlot:
    return account_of(bytes.fromhex(word))


def _stake(word: str) -> StakeSlot:
    return stake_slot(int(word, 16))


_word = bytes.fromhex
_Words = list[str]
_Read = Callable[[_Words], list[Any]]


def _each(*readers: Callable[[str], Any]) -> _Read:
    """One reader for each word."""
    return lambda words: [read(word) for read, word in zip(readers, words, strict=True)]


def _said(target: Callable[[str], Any], on: bool) -> _Read:
    """Reads an account and a target; adds `on`, which is False for the event that takes back."""
    read = _each(_number, target)
    return lambda words: [*read(words), on]


def _vote(words: _Words) -> list[Any]:
    """As `_each` would read it, in half the time: some 97 of 100 events are votes."""
    post, account, vote, state = words
    read = bytes.fromhex
    return [read(post), int(account, 16), vote_of(read(vote)), account_of(read(state))]


def _options(words: _Words) -> list[Any]:
    """A post, then an ABI-encoded `Options`: offsets (words 1 and 6) stand before what varies in length."""
    post, _, most, liquid, votes, curation, _, count, *pairs = words
    accounts, shares = map(_number, pairs[::2]), map(_number, pairs[1::2])
    beneficiaries = tuple(zip(accounts, shares, strict=True))
    if len(beneficiaries) != int(count, 16):
        raise ValueError("the list of beneficiaries is cut short")
    limits, flags = map(_number, (most, liquid)), map(_flag, (votes, curation))
    return [_word(post), *limits, *flags, beneficiaries]


# In every event the indexed arguments come first, so the words are the topics, then the data.
LAYOUTS: Mapping[str, tuple[type[Event], _Read]] = {
    "Skipped(uint256,bytes4)": (Skipped, _each(_number, _selector)),
    "BallotSkipped(bytes32,uint40,bytes4)": (BallotSkipped, _each(_word, _number, _selector)),
    "Registered(uint40,bytes32,uint40)": (Registered, _each(_number, _text, _number)),
    "KeyAdded(uint40,address,uint8,uint40)": (
        KeyAdded,
        _each(_number, _address, _number, _number),
    ),
    "KeyRevoked(uint40,address)": (KeyRevoked, _each(_number, _address)),
    "RecoverySet(uint40,uint40,uint40)": (RecoverySet, _each(_number, _number, _number)),
    "RecoveryRequested(uint40,address,uint40)": (
        RecoveryRequested,
        _each(_number, _address, _number),
    ),
    "RecoveryCancelled(uint40)": (RecoveryCancelled, _each(_number)),
    "Recovered(uint40,address,uint16)": (Recovered, _each(_number, _address, _number)),
    "Posted(uint40,bytes32,bytes32,uint40)": (
        Posted,
        _each(_number, _word, _word_or_none, _number),
    ),
    "OptionsSet(bytes32,(uint96,uint16,bool,bool,(uint40,uint16)[]))": (OptionsSet, _options),
    "Edited(bytes32,bytes32)": (Edited, _each(_word, _word)),
    "Removed(bytes32)": (Removed, _each(_word)),
    "Voted(bytes32,uint40,uint256,uint256)": (Voted, _vote),
    "DayClosed(uint256,uint256,uint256,uint256,uint256,uint256)": (
        DayClosed,
        _each(*[_number] * 6),
    ),
    "Settled(bytes32,uint40,uint256,uint256,uint256,uint256)": (
        Settled,
        _each(_word, *[_number] * 5),
    ),
    "BeneficiaryPaid(bytes32,uint40,uint256,uint256)": (
        BeneficiaryPaid,
        _each(_word, _number, _number, _number),
    ),
    "CurationClaimed(bytes32,uint40,uint256)": (
        CurationClaimed,
        _each(_word, _number, _number),
    ),
    "Deposited(uint40,address,uint256)": (Deposited, _each(_number, _address, _number)),
    "Withdrawn(uint40,address,uint256)": (Withdrawn, _each(_number, _address, _number)),
    "Transferred(uint40,uint40,uint256,bytes32)": (
        Transferred,
        _each(_number, _number, _number, _word_or_none),
    ),
    "PoweredUp(uint40,uint40,uint256)": (PoweredUp, _each(_number, _number, _number)),
    "PowerDownSet(uint40,uint256,uint256)": (PowerDownSet, _each(_number, _number, _number)),
    "PowerDownReleased(uint40,uint256)": (PowerDownReleased, _each(_number, _number)),
    "Delegated(uint40,uint40,uint256,uint256,uint256)": (Delegated, _each(*[_number] * 5)),
    "Returned(uint40,uint256)": (Returned, _each(_number, _number)),
    "StakeRewardClaimed(uint40,uint256)": (StakeRewardClaimed, _each(_number, _number)),
    "StakeChanged(uint40,uint256,uint256)": (StakeChanged, _each(_number, _account, _stake)),
    "Followed(uint40,uint40)": (Followed, _said(_number, True)),
    "Unfollowed(uint40,uint40)": (Followed, _said(_number, False)),
    "Muted(uint40,uint40)": (Muted, _said(_number, True)),
    "Unmuted(uint40,uint40)": (Muted, _said(_number, False)),
    "Reblogged(uint40,bytes32)": (Reblogged, _said(_word, True)),
    "Unreblogged(uint40,bytes32)": (Reblogged, _said(_word, False)),
    "ProfileSet(uint40,bytes32)": (ProfileSet, _each(_number, _word_or_none)),
    "Tipped(bytes32,address,address,uint256)": (
        Tipped,
        _each(_word, _address, _address, _number),
    ),
    "Collected(uint40,address,address,uint256)": (
        Collected,
        _each(_number, _address, _address, _number),
    ),
}


def topic(signature: str) -> str:
    """The first topic of an event, 0x-hex."""
    return "0x" + keccak(text=signature).hex()


_BY_TOPIC = {topic(signature): layout for signature, layout in LAYOUTS.items()}


def decode(log: Log, time: int) -> Event:
    """The event in one log of the core or the graph, of a block at `time`, in seconds. Raises UnknownEvent."""
    topics, data = log.topics, log.data
    try:
        kind, read = _BY_TOPIC[topics[0]]
    except (KeyError, IndexError):
        raise UnknownEvent(
            f"in block {log.block} an event that this version does not know (update Laurel, or check "
            "which contracts the deployment record names)"
        ) from None
    words = [topic[2:] for topic in topics[1:]]
    words += [data[i : i + 64] for i in range(2, len(data), 64)]
    seq = int(log.block_number, 16) << LOG_BITS | int(log.log_index, 16)
    return kind(seq, time, bytes.fromhex(log.transaction_hash[2:]), *read(words))


def decode_all(logs: Iterable[Log], times: Mapping[int, int]) -> list[Event]:
    """The events in the chain's order. `times` has the seconds of blocks whose logs lack them."""
    events = [
        decode(log, int(log.block_timestamp, 16) if log.block_timestamp else times[log.block])
        for log in logs
    ]
    events.sort(key=attrgetter("seq"))
    return events
