"""The order of feeds: Steem's formulas (hivemind, `score` in hive/utils/trends)."""

from math import log10

HOT_SECONDS = 10_000
TRENDING_SECONDS = 240_000


def hot(rshares: int, created: int) -> float:
    """Score in the hot feed: ten times the net rshares count as much as 10,000 seconds. created: seconds."""
    return _order(rshares) + created / HOT_SECONDS


def trending(rshares: int, created: int) -> float:
    """Score in the trending feed: ten times the net rshares count as much as 240,000 seconds."""
    return _order(rshares) + created / TRENDING_SECONDS


def _order(rshares: int) -> float:
    order = log10(max(abs(rshares / 1e7), 1))
    return -order if rshares < 0 else order
