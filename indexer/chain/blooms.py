"""What a block's logsBloom says of its logs: a block without a bit has no log with the address or topic.

The other way round it proves nothing: other logs may have set the same bits.
"""

from collections.abc import Iterable
from functools import lru_cache

from eth_utils.crypto import keccak

_FULL = (1 << 2048) - 1


@lru_cache(4096)
def bits(item: str) -> int:
    """The three bits of an address or topic, 0x-hex: the low 11 bits of the first three pairs of bytes of
    its keccak256 (Yellow Paper, 4.3.1)."""
    digest = keccak(hexstr=item)
    return sum(1 << at for at in {int.from_bytes(digest[i : i + 2]) % 2048 for i in range(0, 6, 2)})


def filled_in(bloom: str | None) -> int | None:
    """The filter as a number; None where the node has not filled it in: all zeros or all ones, or not sent.

    Without any log in it a block's filter is all zeros too, and has nothing to say either.
    """
    number = int(bloom, 16) if bloom and bloom != "0x" else 0
    return number if 0 < number < _FULL else None


class Watched:
    """Some contracts and the topics of their events, 0x-hex."""

    def __init__(self, contracts: Iterable[str], topics: Iterable[str]) -> None:
        self._contracts = [bits(contract) for contract in contracts]
        self._topics = {topic: bits(topic) for topic in topics}

    def may_hold(self, bloom: int) -> frozenset[str]:
        """The topics that a block of this bloom may hold in a log of the contracts."""
        if not any(bloom & contract == contract for contract in self._contracts):
            return frozenset()
        return frozenset(topic for topic, mask in self._topics.items() if bloom & mask == mask)


def holds(bloom: int, *items: str) -> bool:
    """Whether all items may be there."""
    return all(bloom & bits(item) == bits(item) for item in items)
