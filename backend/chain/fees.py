"""The gas price now, what an L2 charges for a transaction's bytes, and what a mined transaction has cost.

An OP-stack chain takes a fee in wei for the data that it puts on its L1; GasPriceOracle, a contract that every
such chain has, tells how much (specs.optimism.io, "L1-Cost fees"). Arbitrum counts that fee as gas, within the
transaction's limit; its node itself answers calls of NodeInterface, an address without code. Any other chain has
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
BLOCKS = 20  # the last blocks, whose tips count
SIZES = 256, 16_384  # bytes of a transaction; between them the data fee is taken to be linear
ENVELOPE = 200  # bytes of a signed transaction beside its calldata, at the most
MARGIN = 5, 4  # 5/4, as L1's price may rise meanwhile; what is not needed is not charged
_INCOMPRESSIBLE = random.Random(0).randbytes(max(SIZES))


@dataclass(frozen=True)
class GasPrice:
    """Wei per gas: the next block's base fee, and the median tip of the last blocks."""

    base: int
    tip: int


@dataclass(frozen=True)
class Line:
    """A linear function of a transaction's bytes: `fixed + each * size`."""

    fixed: int = 0
    each: int = 0

    def at(self, size: int) -> int:
        return self.fixed + self.each * size


@dataclass(frozen=True)
class DataFee:
    """An L2's largest charge for a transaction's bytes: `wei` on top of its gas, or `gas` within its limit."""

    wei: Line = Line()
    gas: Line = Line()


@dataclass(frozen=True)
class Paid:
    """What a transaction cost: gas used, its `price` in wei per gas, and a data fee in wei."""

    gas: int
    price: int
    data_fee: int

    @property
    def wei(self) -> int:
        return self.gas * self.price + self.data_fee


def gas_price(chain: Wire) -> GasPrice:
    """From eth_feeHistory; if the node refuses that, from its latest block and the tip it suggests."""
    try:
        history = chain.ask("eth_feeHistory", hex(BLOCKS), "latest", [50])
    except Refused:
        return GasPrice(chain.number_of("latest", "baseFeePerGas"), _suggested(chain))
    base = int(history["baseFeePerGas"][-1], 16)
    blocks = zip(history["gasUsedRatio"], history.get("reward") or (), strict=False)
    tips = [int(tip, 16) for used, (tip,) in blocks if used > 0]
    return GasPrice(base, median_low(tips) if tips else _suggested(chain))


def data_fee(chain: Wire) -> DataFee:
    """What this chain charges for data now: nothing, unless it is an OP-stack or an Arbitrum chain."""
    if (wei := _line(lambda data: _oracle(chain, data))) is not None:
        return DataFee(wei=wei)
    if (gas := _line(lambda data: _node_interface(chain, data))) is not None:
        return DataFee(gas=gas)
    return DataFee()


def paid(chain: Wire, receipt: Mapping[str, Any], raw: bytes, data: DataFee) -> Paid:
    """The cost of a mined transaction, by its receipt. An OP-stack node writes the data fee there; if it does
    not, and `data` has a part in wei, the oracle is asked. raw: the signed transaction's bytes."""
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
    """The first word that a contract's function returns; None if the contract or the function is missing."""
    call = {"to": to, "data": "0x" + encoded(signature, *values).hex()}
    try:
        answer = bytes.fromhex(chain.ask("eth_call", call, "latest")[2:])
    except (Refused, Reverted):
        return None
    return int.from_bytes(answer[:32]) if len(answer) >= 32 else None


def _suggested(chain: Wire) -> int:
    return chain.number("eth_maxPriorityFeePerGas")
