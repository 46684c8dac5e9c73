"""The reward pool: Steem's recent-claims rule, applied once a day; and the emission that feeds it."""

from dataclasses import dataclass, field, replace

from indexer.rewards import (
    CONTENT_PERCENT,
    MOST_OPEN_DAYS,
    POOL_BUDGETS,
    STAKERS_PERCENT,
    TREASURY_PERCENT,
    WEI_PER_VEST,
    emission_down,
    index_step_down,
    vests_down,
)
from tests.rules.state import Refused


@dataclass(frozen=True)
class Day:
    """claims: of the posts that cash out; paid: wei, once the day is closed."""

    claims: int = 0
    paid: int = 0


@dataclass
class Pool:
    """day: seconds; seed, recent: claims; supply (virtual) and wei (what the pool holds): wei; index: 2^64 times
    the micro-vests that one micro-vest of stake has earned; to_treasury, to_stakers: wei minted so far."""

    day: int
    seed: int
    supply: int
    genesis_day: int
    recent: int
    next_day: int
    wei: int = 0
    index: int = 0
    total_vests: int = 0
    to_treasury: int = 0
    to_stakers: int = 0
    days: dict[int, Day] = field(default_factory=dict)

    def copy(self) -> "Pool":
        return replace(self, days=dict(self.days))

    def open_days(self, now: int) -> int:
        """How many days are over and not closed."""
        return now // self.day - self.next_day

    def close(self, n: int, now: int) -> int:
        """Closes up to n days that are over, in order; returns how many."""
        n = min(n, self.open_days(now))
        for _ in range(n):
            emission = emission_down(self.supply, self.next_day - self.genesis_day)
            self.supply += emission
            self.to_treasury += emission * TREASURY_PERCENT // 100
            self._share(vests_down(emission * STAKERS_PERCENT // 100))
            self._close_day(emission * CONTENT_PERCENT // 100)
            self.next_day += 1
        return n

    def close_elapsed(self, now: int) -> None:
        """Before every change of stake: nobody stakes into the emission of days gone by."""
        if self.open_days(now) > MOST_OPEN_DAYS:
            raise Refused("CloseFirst")
        self.close(MOST_OPEN_DAYS, now)

    def move_claims(self, number: int, by: int) -> None:
        if by:
            day = self.days.get(number, Day())
            self.days[number] = replace(day, claims=day.claims + by)

    def _share(self, vests: int) -> None:
        """What falls due while nobody has stake is never minted."""
        if self.total_vests:
            self.index += index_step_down(vests, self.total_vests)
            self.to_stakers += vests * WEI_PER_VEST

    def _close_day(self, budget: int) -> None:
        self.wei = min(self.wei + budget, POOL_BUDGETS * budget)
        self.recent = max(self.recent * 14 // 15, self.seed)
        day = self.days.get(self.next_day, Day())
        if day.claims:
            self.recent += day.claims
            paid = self.wei * day.claims // self.recent
            self.wei -= paid
            self.days[self.next_day] = replace(day, paid=paid)
