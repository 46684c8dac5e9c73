"""What the blocks of a replay did, counted from their receipts, so that it can be counted again after a crash."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from backend.chain.errors import reason_of
from indexer.chain.rpc import Rpc, quantity
from indexer.protocol.decode import Log, decode_all
from indexer.protocol.events import (
    CurationClaimed,
    DayClosed,
    Event,
    Posted,
    PoweredUp,
    Registered,
    Settled,
    Skipped,
    Voted,
)

# A transaction counts as the first of these kinds of which it has an event.
KINDS: Mapping[type[Event], str] = {
    Registered: "accounts",
    PoweredUp: "stakes",
    Posted: "posts",
    Voted: "votes",
    CurationClaimed: "claims",
    Settled: "settlements",
    DayClosed: "days",
}


class Receipt(msgspec.Struct, rename="camel"):
    """A transaction's receipt. `logs`: all of them, also the token's, which are not counted."""

    status: str
    gas_used: str
    logs: list[Log]


RECEIPTS = msgspec.json.Decoder(list[Receipt])


@dataclass
class Counts:
    """made: what was done -> how many; gas: what was done -> gas; skipped: (what, why) -> how many."""

    made: Counter[str] = field(default_factory=Counter)
    gas: Counter[str] = field(default_factory=Counter)
    skipped: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def actions(self) -> int:
        """How many were done in all."""
        return sum(self.made.values())

    def add(self, other: "Counts") -> None:
        self.made.update(other.made)
        self.gas.update(other.gas)
        self.skipped.update(other.skipped)

    def as_json(self) -> dict[str, Any]:
        skipped = [[what, why, n] for (what, why), n in sorted(self.skipped.items())]
        return {"made": dict(self.made), "gas": dict(self.gas), "skipped": skipped}

    @classmethod
    def of_json(cls, said: Mapping[str, Any]) -> "Counts":
        skipped = Counter({(what, why): n for what, why, n in said["skipped"]})
        return cls(Counter(said["made"]), Counter(said["gas"]), skipped)


def counted(receipts: Iterable[Receipt], contracts: Sequence[str]) -> Counts:
    """What a block's transactions did. contracts: addresses whose logs count, in lower case."""
    counts = Counts()
    for receipt in receipts:
        logs = [log for log in receipt.logs if log.address.lower() in contracts]
        events = decode_all(logs, dict.fromkeys((log.block for log in logs), 0))
        seen = {type(event) for event in events}
        what = next((name for kind, name in KINDS.items() if kind in seen), "others")
        counts.gas[what] += int(receipt.gas_used, 16)
        for event in events:
            if isinstance(event, Posted):
                counts.made["posts" if event.parent is None else "comments"] += 1
            elif isinstance(event, Skipped):
                counts.skipped[what, reason_of(event.reason).sentence] += 1
            elif type(event) in KINDS:
                counts.made[KINDS[type(event)]] += 1
    return counts


def receipts_of(rpc: Rpc, block: int) -> list[Receipt]:
    """The receipts of a block, by its number."""
    return rpc.call(list[Receipt], "eth_getBlockReceipts", hex(block))


def block_at(rpc: Rpc, at: int) -> int | None:
    """The number of the block with this time, in seconds; None if there is none."""
    low, high = 0, quantity(rpc, "eth_blockNumber")
    while low <= high:
        middle = (low + high) // 2
        header = rpc.call(dict[str, Any], "eth_getBlockByNumber", hex(middle), False)
        time = int(header["timestamp"], 16)
        if time == at:
            return middle
        low, high = (middle + 1, high) if time < at else (low, middle - 1)
    return None
