"""Blocks' bloom filters (logsBloom): where a bit of an address or topic is 0, the block has no log with it.

Bits that are 1 prove nothing: other logs may have set them.
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
    """The filter as a number; None if it tells nothing: not sent, or all zeros or ones (not filled in).

    A block without logs has all zeros too.
    """
    number = int(bloom, 16) if bloom and bloom != "0x" else 0
    return number if 0 < number < _FULL else None


class Watched:
    """Some contracts and the topics of their events, 0x-hex."""

    def __init__(self, contracts: Iterable[str], topics: Iterable[str]) -> None:
        self._contracts = [bits(contract) for contract in contracts]
        self._topics = {topic: bits(topic) for topic in topics}

    def may_hold(self, bloom: int) -> frozenset[str]:
        """The topics that logs of the contracts may have in a block with this bloom."""
        if not any(bloom & contract == contract for contract in self._contracts):
            return frozenset()
        return frozenset(topic for topic, mask in self._topics.items() if bloom & mask == mask)


def holds(bloom: int, *items: str) -> bool:
    """Whether a block with this bloom may have all items (addresses or topics, 0x-hex)."""
    return all(bloom & bits(item) == bits(item) for item in items)
