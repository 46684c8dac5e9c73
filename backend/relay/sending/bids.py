"""What a transaction offers for a gas: at first, and when it is stuck. Pure."""

from dataclasses import dataclass

from backend.chain.fees import GasPrice
from backend.relay.settings import RelaySettings

MOST_TIMES_FIRST = 10
"""Of what a new transaction would offer: a chain that stands still is not bid up for ever."""


@dataclass(frozen=True)
class Bid:
    """Wei a gas: in all at the most, and of that the tip (EIP-1559)."""

    max_fee: int
    tip: int

    def __str__(self) -> str:
        return f"{self.max_fee:,} wei a gas, {self.tip:,} of it as tip"


def first(price: GasPrice, settings: RelaySettings) -> Bid:
    """Room for the base fee to double, within the operator's bounds."""
    tip = settings.cap_tip(price.tip)
    max_fee = settings.cap(2 * price.base + tip)
    return Bid(max_fee, min(tip, max_fee))


def raised(before: Bid, now: Bid, settings: RelaySettings) -> Bid | None:
    """What replaces a bid: both fees an eighth higher, or as high as a new one (`now`) would be. None where
    that is more than the operator allows, or is usual."""
    max_fee = max(now.max_fee, _eighth_more(before.max_fee))
    if max_fee > min(settings.cap(max_fee), MOST_TIMES_FIRST * now.max_fee):
        return None
    return Bid(max_fee, min(max_fee, max(now.tip, _eighth_more(before.tip))))


def _eighth_more(fee: int) -> int:
    """12.5 % more, rounded up: nodes ask for 10 %."""
    return -(-fee * 9 // 8)
