"""What a post has earned, or would earn if its day closed now. Amounts are in wei, stake in micro-vests.

Before its cashout day is over the payout is an estimate: the pool as the next closing day would
find it, against recent claims and what else cashes out that day (contracts/core/Pool.sol,
`_closeDay`). The daily budget is taken from the genesis supply, which emission raises by less than a
tenth in a year. How a payout is shared is contracts/main/Payouts.sol, `_settle`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from indexer.rewards import (
    BPS,
    CONTENT_PERCENT,
    LEAST_PAYOUT,
    PLAIN,
    POOL_BUDGETS,
    WEI_PER_VEST,
    Options,
    claim_down,
    emission_down,
    vests_down,
)

State = Literal["pending", "closed", "paid"]


@dataclass(frozen=True)
class OpenPool:
    """The pool and recent claims as a day that closes now would find them; the curve's constant."""

    wei: int
    recent: int
    curve: int


@dataclass(frozen=True)
class Part:
    """What one account gets: wei to its balance, micro-vests to its stake."""

    liquid: int = 0
    vests: int = 0

    @property
    def wei(self) -> int:
        """Balance and power together."""
        return self.liquid + self.vests * WEI_PER_VEST


@dataclass(frozen=True)
class Payout:
    """pending: an estimate; closed: certain, not yet handed out; paid: handed out.

    `author` and `others` are what the author and the beneficiaries (by account) get. `curation`: micro-vests
    for the curators. `returned`: wei that go back to the pool.
    """

    state: State
    author: Part = Part()
    curation: int = 0
    returned: int = 0
    others: Mapping[int, Part] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Wei to all who are paid, in balance and power together."""
        others = sum(part.wei for part in self.others.values())
        return self.author.wei + others + self.curation * WEI_PER_VEST

    def of(self, account: int, author: int) -> int:
        """Wei to one account, as author or as beneficiary."""
        share = self.others.get(account, Part()).wei
        return share + (self.author.wei if account == author else 0)


def pool_of(parameters: Mapping[str, int | str], last: tuple[int, int] | None) -> OpenPool:
    """The pool from the deployment's parameters and what the last closed day left of pool and recent claims."""
    seed = int(parameters["seed"])
    budget = emission_down(int(parameters["genesisSupply"]), 0) * CONTENT_PERCENT // 100
    pool, recent = last or (0, seed)
    return OpenPool(
        wei=min(pool + budget, POOL_BUDGETS * budget),
        recent=max(recent * 14 // 15, seed),
        curve=int(parameters["curveConstant"]),
    )


def estimate(
    net: int, weight: int, claims: int, pool: OpenPool, options: Options = PLAIN
) -> Payout:
    """The payout of a post with `net` rshares among `claims` on its cashout day."""
    claim = claim_down(net, pool.curve)
    earned = pool.wei * claim // (pool.recent + max(claims, claim))
    return _share(earned, weight, options, "pending")


def closed(
    net: int, weight: int, claims: int, paid: int, curve: int, options: Options = PLAIN
) -> Payout:
    """The payout of a post whose cashout day has been closed, and paid `paid` wei for `claims` in all."""
    claim = claim_down(net, curve)
    return _share(paid * claim // claims if claims else 0, weight, options, "closed")


def worth(claims: int, pool: OpenPool) -> float:
    """About the wei that one more rshare brings to a post (exactly, if the curve's constant is 0)."""
    return pool.wei / (pool.recent + claims)


def _share(earned: int, weight: int, options: Options, state: State) -> Payout:
    if earned < LEAST_PAYOUT:
        earned = 0
    payout = min(earned, options.max_accepted_payout)
    curation = payout // 2
    author = payout - curation
    if weight == 0 or not options.allow_curation_rewards:
        curation = 0
    others = {n: author * bps // BPS for n, bps in options.beneficiaries}
    return Payout(
        state,
        author=_part(author - sum(others.values()), options.liquid_bps),
        curation=vests_down(curation),
        returned=earned - author - curation,
        others={n: _part(share, options.liquid_bps) for n, share in others.items()},
    )


def _part(wei: int, liquid_bps: int) -> Part:
    liquid = wei * liquid_bps // BPS
    return Part(liquid, vests_down(wei - liquid))
