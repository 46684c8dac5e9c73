"""How much gas a signed action is given, as the contracts ask for it. Pure."""

from collections.abc import Iterable

from indexer.protocol.actions import Signed
from indexer.protocol.kinds import KINDS_BY_NUMBER, Kind

TRANSACTION = 21_000
BETWEEN = 10_000  # reading an item, the contract's call of itself, reporting a skip


def typical(kind: Kind, ballots: int) -> int:
    """About what an action takes in a full batch, only to divide a batch's bill among its kinds.

    ballots: how many a vote of many holds; 0 of all other kinds.
    """
    return kind.gas.typical * (ballots or 1)


def gas_of(batch: Iterable[tuple[Signed, int]], data: bytes) -> int:
    """Gas with which `relay` of this batch cannot run short (most of it comes back).

    batch: each action, and how many times what it needs it is given; data: the calldata.
    """
    zeros = data.count(0)
    calldata = 4 * zeros + 16 * (len(data) - zeros)
    return TRANSACTION + calldata + sum(times * item_gas(signed) for signed, times in batch)


def item_gas(signed: Signed) -> int:
    """Gas of one item of a batch, without its calldata. A call passes on 63 of 64 parts."""
    needs = KINDS_BY_NUMBER[signed.kind].gas.reserved(len(signed.action))
    return needs * 64 // 63 + BETWEEN
