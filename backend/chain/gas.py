"""How much gas a signed action is given, as the contracts ask for it. Pure; the only copy in Python."""

from collections.abc import Iterable

from indexer.protocol.actions import KINDS_BY_NUMBER, Kind, Signed

# contracts/libraries/Kinds.sol and GraphKinds.sol, gasOf
RESERVED = {
    "Vote": 130_000,
    "Post": 100_000,
    "PostWithOptions": 300_000,
    "Register": 260_000,
    "Collect": 200_000,
}
SCALED = {"Votes": (60_000, 1_200)} | dict.fromkeys(
    ("Follow", "Mute", "Reblog", "Profile"), (60_000, 80)
)
"""Gas, and gas for each byte of the action, which holds at most 50 elements."""
RESERVED_OTHERWISE = 400_000

TYPICAL = {
    "Register": 150_000,
    "AddKey": 70_000,
    "Post": 42_000,
    "Vote": 51_000,
    **dict.fromkeys(("Follow", "Mute", "Reblog", "Profile"), 24_000),
}
"""What one takes in a full batch (benchmarks/gas.py): only to divide a batch's bill among its kinds."""
TYPICAL_BALLOT = 40_000
TYPICAL_OTHERWISE = 60_000

TRANSACTION = 21_000
BETWEEN = 10_000  # reading an item, the contract's call of itself, reporting a skip


def reserved(kind: Kind, size: int) -> int:
    """Gas that `relay` wants left for an action of `size` bytes when it calls itself."""
    if kind.name in SCALED:
        base, each = SCALED[kind.name]
        return base + each * size
    return RESERVED.get(kind.name, RESERVED_OTHERWISE)


def typical(kind: Kind, ballots: int) -> int:
    """About what an action takes in a full batch; ballots: how many a vote of many holds."""
    if kind.name == "Votes":
        return TYPICAL_BALLOT * ballots
    return TYPICAL.get(kind.name, TYPICAL_OTHERWISE)


def gas_of(batch: Iterable[tuple[Signed, int]], data: bytes) -> int:
    """Gas with which `relay` of this batch cannot run short (most of it comes back).

    batch: each action, and how many times what it needs it is given; data: the calldata.
    """
    zeros = data.count(0)
    calldata = 4 * zeros + 16 * (len(data) - zeros)
    return TRANSACTION + calldata + sum(times * item_gas(signed) for signed, times in batch)


def item_gas(signed: Signed) -> int:
    """Gas of one item of a batch, without its calldata. A call passes on 63 of 64 parts."""
    needs = reserved(KINDS_BY_NUMBER[signed.kind], len(signed.action))
    return needs * 64 // 63 + BETWEEN
