"""How many days of the reward pool are over and not closed yet."""

from backend.chain.connection import Chain

MOST_OPEN_DAYS = (
    8  # Pool.sol: a change of stake closes up to so many itself, and is refused when there are more
)


def open_days(chain: Chain) -> int:
    """Days that are over and not closed."""
    return chain.now() // chain.day - next_day(chain)


def next_day(chain: Chain) -> int:
    """The first day that is not closed (days since 1970)."""
    return chain.view("poolState()")[2]
