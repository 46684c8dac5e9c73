"""What a post has earned, or would earn if its day closed now. Amounts are wei, stake micro-vests.

Before its cashout day is over the payout is an estimate: the pool as the next closing day would
find it, against recent claims and what else cashes out that day (contracts/core/Pool.sol,
`_closeDay`). The daily budget is taken from the genesis supply, which emission raises by less than a
tenth in a year.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from indexer.rewards import (
    CONTENT_PERCENT,
    LEAST_PAYOUT,
    POOL_BUDGETS,
    WEI_PER_VEST,
    claim_down,
    emission_down,
)

State = Literal["pending", "closed", "paid"]


@dataclass(frozen=True)
class Pool:
    """The pool and recent claims as a day that closes now would find them; the curve's constant."""

    wei: int
    recent: int
    curve: int


@dataclass(frozen=True)
class Payout:
    """pending: an estimate; closed: certain, not yet handed out; paid: handed out.

    `liquid` and `vests` are the author's, `curation` the curators'.
    """

    state: State
    liquid: int
    vests: int
    curation: int

    @property
    def author(self) -> int:
        """Wei to the author, in balance and power together."""
        return self.liquid + self.vests * WEI_PER_VEST

    @property
    def total(self) -> int:
        """Wei in all."""
        return self.author + self.curation


def pool_of(parameters: Mapping[str, int | str], last: tuple[int, int] | None) -> Pool:
    """The pool from the deployment's parameters and the last closed day's (pool, recent claims)."""
    seed = int(parameters["seed"])
    budget = emission_down(int(parameters["genesisSupply"]), 0) * CONTENT_PERCENT // 100
    pool, recent = last or (0, seed)
    return Pool(
        wei=min(pool + budget, POOL_BUDGETS * budget),
        recent=max(recent * 14 // 15, seed),
        curve=int(parameters["curveConstant"]),
    )


def estimate(net: int, weight: int, claims: int, pool: Pool) -> Payout:
    """The payout of a post with `net` rshares among `claims` on its cashout day."""
    claim = claim_down(net, pool.curve)
    return _split(pool.wei * claim // (pool.recent + max(claims, claim)), weight, "pending")


def closed(net: int, weight: int, claims: int, paid: int, curve: int) -> Payout:
    """The payout of a post whose cashout day has been closed."""
    claim = claim_down(net, curve)
    return _split(paid * claim // claims if claims else 0, weight, "closed")


def worth(claims: int, pool: Pool) -> float:
    """Wei that one more rshare brings to a post, about (on the straight curve exactly)."""
    return pool.wei / (pool.recent + claims)


def _split(payout: int, weight: int, state: State) -> Payout:
    if payout < LEAST_PAYOUT:
        payout = 0
    curation = payout // 2
    author = payout - curation
    liquid = author // 2
    return Payout(state, liquid, (author - liquid) // WEI_PER_VEST, curation if weight else 0)
