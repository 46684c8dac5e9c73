"""What sending a call would take, and what there is for it. Pure."""

from dataclasses import dataclass

from backend.chain.fees import ENVELOPE, DataFee


@dataclass(frozen=True)
class Quote:
    """What sending takes now: wei per gas, the next nonce, wei that are not yet promised, an L2's data fee.

    dear: the base fee is above what the operator lets the relayer pay, so that nothing should be sent.
    """

    max_fee: int
    tip: int
    nonce: int
    free: int
    data: DataFee
    dear: bool

    def gas(self, gas: int, data: bytes) -> int:
        """The limit of gas for a call that takes so much by itself."""
        return gas + self.data.gas.at(len(data) + ENVELOPE)

    def payable(self, data: bytes) -> int:
        """Gas that there is coin for, beside the data fee."""
        return (self.free - self.data.wei.at(len(data) + ENVELOPE)) // max(self.max_fee, 1)

    def cost(self, gas: int, data: bytes) -> int:
        """Wei that a call may take at the most."""
        return gas * self.max_fee + self.data.wei.at(len(data) + ENVELOPE)


@dataclass(frozen=True)
class Call:
    """0x-hex calldata for a contract: "core" or "graph"."""

    contract: str
    data: str

    @property
    def bytes(self) -> bytes:
        return bytes.fromhex(self.data[2:])
