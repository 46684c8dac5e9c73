"""Events as a node's logs: the inverse of indexer/protocol/decode.py, for chains that no EVM runs."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import msgspec
from eth_utils.crypto import keccak

from indexer.protocol.artifacts import artifact
from indexer.protocol.decode import LAYOUTS, topic
from indexer.protocol.events import LOG_BITS, Event, Followed, Muted, OptionsSet, Reblogged
from indexer.protocol.packed import AccountSlot, StakeSlot, VoteSlot

CORE, GRAPH = "0x" + "c0" * 20, "0x" + "61" * 20  # of chains that are made up
TRANSACTION_INDEX = "0x0"

# By the contract that has the event, its name and how many of its arguments are indexed.
_INDEXED = {
    (contract, entry["name"]): sum(argument["indexed"] for argument in entry["inputs"])
    for contract in ("LaurelGraph", "LaurelCore")
    for entry in artifact(contract)["abi"]
    if entry["type"] == "event"
}
_TOPICS = {signature.split("(")[0]: topic(signature) for signature in LAYOUTS}
_SAID = {Followed: "Unfollowed", Muted: "Unmuted", Reblogged: "Unreblogged"}  # where `on` is false


def log_of(event: Event, block_hash: str, core: str = CORE, graph: str = GRAPH) -> dict[str, Any]:
    """The log of an event as eth_getLogs gives it. `block_hash` and the addresses are 0x-hex."""
    kind = type(event)
    values = [getattr(event, field) for field in _fields(kind)]
    name = kind.__name__
    if kind in _SAID and not values.pop():
        name = _SAID[kind]
    words = _options(values) if kind is OptionsSet else [_word(value) for value in values]
    from_core, indexed, first = _spelled(name)
    return {
        "address": core if from_core else graph,
        "topics": [first, *["0x" + word for word in words[:indexed]]],
        "data": "0x" + "".join(words[indexed:]),
        "blockNumber": hex(event.block),
        "blockHash": block_hash,
        "blockTimestamp": hex(event.time),
        "transactionHash": "0x" + event.tx.hex(),
        "transactionIndex": TRANSACTION_INDEX,
        "logIndex": hex(event.seq & (1 << LOG_BITS) - 1),
        "removed": False,
    }


def bloom_of(logs: Iterable[dict[str, Any]]) -> str:
    """The bloom filter over the logs' addresses and topics, 0x-hex (Yellow Paper, 4.3.1)."""
    bits = 0
    for log in logs:
        bits |= _bits(log["address"])
        for word in log["topics"]:
            bits |= _bits(word)
    return f"0x{bits:0512x}"


@lru_cache(100_000)
def _bits(item: str) -> int:
    hashed = keccak(hexstr=item)
    bits = 0
    for first in (0, 2, 4):
        bits |= 1 << (int.from_bytes(hashed[first : first + 2]) & 2047)
    return bits


@lru_cache
def _fields(kind: type[Event]) -> tuple[str, ...]:
    """What an event holds beside seq, time and transaction."""
    return tuple(field.name for field in msgspec.structs.fields(kind)[3:])


@lru_cache
def _spelled(name: str) -> tuple[bool, int, str]:
    """Whether the core emits it (both know Skipped), how many arguments are indexed, the first topic."""
    core = ("LaurelCore", name) in _INDEXED
    return core, _INDEXED["LaurelCore" if core else "LaurelGraph", name], _TOPICS[name]


def _word(value: Any) -> str:
    match value:
        case bool() | int():
            return f"{value:064x}"
        case bytes():
            return value.hex().ljust(64, "0")
        case str() if len(value) == 42:  # longer than any handle
            return value[2:].lower().rjust(64, "0")
        case str():
            return value.encode("ascii").hex().ljust(64, "0")
        case None:
            return "0" * 64
    return f"{_packed(value):064x}"


def _packed(slot: AccountSlot | StakeSlot | VoteSlot) -> int:
    match slot:
        case VoteSlot(rshares, weight, signed_at, bps):
            signed = (rshares & 2**64 - 1) | (bps & 2**16 - 1) << 168
            return signed | weight << 64 | signed_at << 128
        case AccountSlot(effective, mana, down_mana, updated_at, key_epoch):
            bars = effective | mana << 64 | down_mana << 128
            return bars | updated_at << 192 | key_epoch << 232
        case StakeSlot(own, accrued, index):
            return own | accrued << 64 | index << 128
    raise TypeError(f"no slot: {slot!r}")


def _options(values: list[Any]) -> list[str]:
    post, *limits, beneficiaries = values
    flat = [part for beneficiary in beneficiaries for part in beneficiary]
    offsets = 0x20, 0xA0  # of the struct in the data, and of the list in the struct
    return [_word(v) for v in (post, offsets[0], *limits, offsets[1], len(beneficiaries), *flat)]
