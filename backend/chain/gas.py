"""How much gas a signed action is given, as the contracts require it. Pure."""

from collections.abc import Iterable

from indexer.protocol.actions import Signed
from indexer.protocol.kinds import KINDS_BY_NUMBER, Kind

TRANSACTION = 21_000
BETWEEN = 10_000  # for each item: reading it, the contract's call of itself, reporting a skip


def typical(kind: Kind, ballots: int) -> int:
    """About the gas that an action takes in a full batch; used only to divide a batch's cost among its kinds.

    ballots: the votes in an action that holds many; 0 for all other kinds.
    """
    return kind.gas.typical * (ballots or 1)


def gas_of(batch: Iterable[tuple[Signed, int]], data: bytes) -> int:
    """A gas limit with which `relay` of this batch cannot run short (what it does not use is not charged).

    batch: each action, and the factor by which its gas is multiplied; data: the calldata.
    """
    zeros = data.count(0)
    calldata = 4 * zeros + 16 * (len(data) - zeros)
    return TRANSACTION + calldata + sum(times * item_gas(signed) for signed, times in batch)


def item_gas(signed: Signed) -> int:
    """Gas of one item of a batch, without its calldata. A call passes on 63/64 of the gas left (EIP-150)."""
    needs = KINDS_BY_NUMBER[signed.kind].gas.reserved(len(signed.action))
    return needs * 64 // 63 + BETWEEN
