"""What sending a call would cost, and the coin that there is for it. Pure."""

from dataclasses import dataclass

from backend.chain.fees import ENVELOPE, DataFee


@dataclass(frozen=True)
class Quote:
    """The terms of sending now. max_fee, tip: wei per gas. nonce: the next. free: wei that are not yet promised to
    transactions in flight. data: an L2's data fee.

    dear: the base fee is above what the operator lets the relayer pay, so that nothing should be sent.
    """

    max_fee: int
    tip: int
    nonce: int
    free: int
    data: DataFee
    dear: bool

    def gas(self, gas: int, data: bytes) -> int:
        """The gas limit of a call that takes `gas` without what an L2 counts for its data."""
        return gas + self.data.gas.at(len(data) + ENVELOPE)

    def payable(self, data: bytes) -> int:
        """How much gas the free coin pays for, once the data fee is paid."""
        return (self.free - self.data.wei.at(len(data) + ENVELOPE)) // max(self.max_fee, 1)

    def cost(self, gas: int, data: bytes) -> int:
        """Wei that a call may cost at the most."""
        return gas * self.max_fee + self.data.wei.at(len(data) + ENVELOPE)


@dataclass(frozen=True)
class Call:
    """0x-hex calldata for a contract: "core" or "graph"."""

    contract: str
    data: str

    @property
    def bytes(self) -> bytes:
        return bytes.fromhex(self.data[2:])
