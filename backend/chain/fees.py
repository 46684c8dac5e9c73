"""What a gas costs now, what an L2 asks beside it for a transaction's bytes, and what one has cost.

An OP-stack chain takes a fee in wei for the data that it puts on its L1; GasPriceOracle, a contract that every
such chain has, tells how much (specs.optimism.io, "L1-Cost fees"). Arbitrum counts the same as gas, within a
transaction's limit; its node answers for a contract NodeInterface that is not there. Any other chain has
neither, and the calls come back empty.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median_low
from typing import Any

from backend.chain.calls import encoded
from backend.chain.connection import NOBODY
from backend.chain.wire import Refused, Reverted, Wire

ORACLE = "0x420000000000000000000000000000000000000F"
NODE_INTERFACE = "0x00000000000000000000000000000000000000C8"
BLOCKS = 20  # whose tips are looked at
SIZES = 256, 16_384  # bytes of a transaction between which a data fee is taken to grow evenly
ENVELOPE = 200  # bytes of a signed transaction beside its calldata, at the most
MARGIN = 5, 4  # L1's price may rise meanwhile; of what is not needed nothing is taken
_INCOMPRESSIBLE = random.Random(0).randbytes(max(SIZES))


@dataclass(frozen=True)
class GasPrice:
    """Wei a gas: the next block's base fee, and the tip that half of what was mined lately gave."""

    base: int
    tip: int


@dataclass(frozen=True)
class Line:
    """A number that grows evenly with a transaction's bytes."""

    fixed: int = 0
    each: int = 0

    def at(self, size: int) -> int:
        return self.fixed + self.each * size


@dataclass(frozen=True)
class DataFee:
    """What an L2 takes at the most for a transaction's bytes: `wei` beside its gas, and `gas` within it."""

    wei: Line = Line()
    gas: Line = Line()


@dataclass(frozen=True)
class Paid:
    """What a transaction took: gas, wei for each, and wei for its data."""

    gas: int
    price: int
    data_fee: int

    @property
    def wei(self) -> int:
        return self.gas * self.price + self.data_fee


def gas_price(chain: Wire) -> GasPrice:
    """By eth_feeHistory; of a node that does not have it, by its last block and its suggestion."""
    try:
        history = chain.ask("eth_feeHistory", hex(BLOCKS), "latest", [50])
    except Refused:
        return GasPrice(chain.number_of("latest", "baseFeePerGas"), _suggested(chain))
    base = int(history["baseFeePerGas"][-1], 16)
    blocks = zip(history["gasUsedRatio"], history.get("reward") or (), strict=False)
    tips = [int(tip, 16) for used, (tip,) in blocks if used > 0]
    return GasPrice(base, median_low(tips) if tips else _suggested(chain))


def data_fee(chain: Wire) -> DataFee:
    """What this chain takes for data now; nothing, unless it is an L2 of one of the two kinds."""
    if (wei := _line(lambda data: _oracle(chain, data))) is not None:
        return DataFee(wei=wei)
    if (gas := _line(lambda data: _node_interface(chain, data))) is not None:
        return DataFee(gas=gas)
    return DataFee()


def paid(chain: Wire, receipt: Mapping[str, Any], raw: bytes, data: DataFee) -> Paid:
    """By a transaction's receipt. An OP-stack node writes the data fee there; else its oracle is asked, if
    `data` says that there is one."""
    fee = 0
    if "l1Fee" in receipt:
        fee = int(receipt["l1Fee"], 16)
    elif data.wei != Line():
        fee = _call(chain, ORACLE, "getL1Fee(bytes)", raw) or 0
    return Paid(int(receipt["gasUsed"], 16), int(receipt["effectiveGasPrice"], 16), fee)


def _oracle(chain: Wire, data: bytes) -> int | None:
    bound = _call(chain, ORACLE, "getL1FeeUpperBound(uint256)", len(data))
    if bound is not None:  # since the upgrade Fjord
        return bound
    return _call(chain, ORACLE, "getL1Fee(bytes)", data)


def _node_interface(chain: Wire, data: bytes) -> int | None:
    signature = "gasEstimateL1Component(address,bool,bytes)"
    return _call(chain, NODE_INTERFACE, signature, NOBODY, False, data)


def _line(ask: Callable[[bytes], int | None]) -> Line | None:
    few, many = SIZES
    least = ask(_INCOMPRESSIBLE[:few])
    most = None if least is None else ask(_INCOMPRESSIBLE[:many])
    if least is None or most is None:
        return None
    up, down = MARGIN
    least, most = (-(-number * up // down) for number in (least, most))
    each = (most - least) // (many - few)
    return Line(max(0, least - each * few), -(-(most - least) // (many - few)))


def _call(chain: Wire, to: str, signature: str, *values: Any) -> int | None:
    """The first word of what a contract answers; None if it is not there, or has no such function."""
    call = {"to": to, "data": "0x" + encoded(signature, *values).hex()}
    try:
        answer = bytes.fromhex(chain.ask("eth_call", call, "latest")[2:])
    except (Refused, Reverted):
        return None
    return int.from_bytes(answer[:32]) if len(answer) >= 32 else None


def _suggested(chain: Wire) -> int:
    return chain.number("eth_maxPriorityFeePerGas")
