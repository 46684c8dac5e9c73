"""The formulas of votes, mana, the reward curve and emission, without state.

contracts/libraries/RewardMath.sol holds the same. Each name ends with the way it rounds.
"""

ETHER = 10**18
BPS = 10_000
WEI_PER_VEST = 10**9
"""Wei in a micro-vest: 1 LRL = 1,000 vests."""

VOTES_PER_BAR = 50
DUST = 50_000_000
REGENERATION_DAYS = 5
DOWNVOTE_DIVISOR = 4
CASHOUT_DAYS = 7

SUPPLY_CAP = 15 * 10**9 * ETHER
INFLATION_DAYS = 20 * 365
INFLATION_START = 95 * ETHER // 1000
INFLATION_DROP = 855 * ETHER // 10_000
CONTENT_PERCENT = 65
STAKERS_PERCENT = 15
TREASURY_PERCENT = 20
POOL_BUDGETS = 30
MOST_OPEN_DAYS = 8
"""Days that an action may have to close first; with more open, it is refused."""
LEAST_PAYOUT = 2 * ETHER // 100

PARTS = 13
PART_DAYS = 7
RETURN_DAYS = 5


def mana_down(mana: int, full: int, elapsed: int, day: int) -> int:
    """Mana after `elapsed` seconds: linear, from 0 to `full` in 5 DAY."""
    return min(full, mana + full * elapsed // (REGENERATION_DAYS * day))


def used_up(effective: int, bps: int) -> int:
    """Mana that a vote of |bps| (0..10000) spends; a full vote is 2 % of the full bar."""
    return -(-effective * abs(bps) // (BPS * VOTES_PER_BAR))


def rshares_down(used: int, left: int, day: int) -> int:
    """rshares of a vote that spent `used`, `left` seconds before cashout (damped in the last half DAY)."""
    rshares = max(0, used - DUST)
    return rshares * left // (day // 2) if left < day // 2 else rshares


def weight_down(rshares: int, age: int, day: int) -> int:
    """Curation weight of a vote in favour on a post `age` seconds old (Hive, HF25)."""
    if age < day:
        return rshares
    return rshares // 2 if age < 3 * day else rshares // 8


def claim_down(net: int, s: int) -> int:
    """curve(r) = ((r+s)^2 - s^2) / (r+4s); s = 0 is linear, s = 2*10^12 Steem's convergent linear."""
    return net * (net + 2 * s) // (net + 4 * s) if net > 0 else 0


def emission_down(supply: int, n: int) -> int:
    """Wei emitted on the n-th day after genesis, given the virtual supply before it: 9.5 % a year, falling in
    a straight line to 0.95 % over 20 years, until the supply reaches its cap."""
    rate = INFLATION_START - INFLATION_DROP * min(n, INFLATION_DAYS) // INFLATION_DAYS
    return min(supply * rate // (365 * ETHER), max(0, SUPPLY_CAP - supply))


def vests_down(wei: int) -> int:
    """Whole micro-vests that `wei` buys."""
    return wei // WEI_PER_VEST


def index_step_down(vests: int, total: int) -> int:
    """Rise of the stakers' index (2^64 times micro-vests per micro-vest) when `total` of stake shares `vests`."""
    return (vests << 64) // total


def accrued_down(own: int, rise: int) -> int:
    """Micro-vests that `own` stake earns while the stakers' index rises by `rise`."""
    return own * rise >> 64


def part_up(vests: int) -> int:
    """Micro-vests of each of the 13 parts of a power down."""
    return -(-vests // PARTS)


def payout_down(paid: int, claim: int, claims: int) -> int:
    """Wei that a post earns of the `paid` of its day, by its share of `claims`; 0 if below LEAST_PAYOUT."""
    payout = paid * claim // claims
    return payout if payout >= LEAST_PAYOUT else 0


def curation_vests_down(curation: int, weight: int, total: int) -> int:
    """Micro-vests of one vote's curation reward, by its share of the post's `total` weight."""
    return curation * weight // total
