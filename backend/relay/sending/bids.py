"""The fees that a transaction offers, at first and when it is stuck. Pure."""

from dataclasses import dataclass

from backend.chain.fees import GasPrice
from backend.relay.settings import RelaySettings

MOST_TIMES_FIRST = 10
"""A stuck transaction offers at most so many times what a new one would, so that bids end if the chain stands still."""


@dataclass(frozen=True)
class Bid:
    """Fees in wei per gas (EIP-1559): the most in all, and the tip within that."""

    max_fee: int
    tip: int

    def __str__(self) -> str:
        return f"{self.max_fee:,} wei a gas, {self.tip:,} of it as tip"


def first(price: GasPrice, settings: RelaySettings) -> Bid:
    """The bid of a new transaction: room for the base fee to double, within the operator's bounds."""
    tip = settings.cap_tip(price.tip)
    max_fee = settings.cap(2 * price.base + tip)
    return Bid(max_fee, min(tip, max_fee))


def raised(before: Bid, now: Bid, settings: RelaySettings) -> Bid | None:
    """The bid that replaces `before`: both fees an eighth higher, or those of a new one (`now`) if they are higher.
    None if that is above the operator's bound, or above MOST_TIMES_FIRST times `now`."""
    max_fee = max(now.max_fee, _eighth_more(before.max_fee))
    if max_fee > min(settings.cap(max_fee), MOST_TIMES_FIRST * now.max_fee):
        return None
    return Bid(max_fee, min(max_fee, max(now.tip, _eighth_more(before.tip))))


def _eighth_more(fee: int) -> int:
    """12.5 % more, rounded up: nodes require 10 %."""
    return -(-fee * 9 // 8)
