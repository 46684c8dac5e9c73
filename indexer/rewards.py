"""The rules of the reward pool: the same numbers as the contracts, to the last unit.

Stake, mana, rshares and curation weight are micro-vests; amounts are wei; times are seconds.
contracts/libraries/RewardMath.sol holds the same formulas; `Ledger` is the contracts' state as Python sees it,
which tests drive in lockstep with them.
"""

from dataclasses import dataclass, field, replace

ETHER = 10**18
BPS = 10_000
VOTES_PER_BAR = 50
DUST = 50_000_000
REGENERATION_DAYS = 5
DOWNVOTE_DIVISOR = 4
SUPPLY_CAP = 15 * 10**9 * ETHER
INFLATION_DAYS = 20 * 365
INFLATION_START = 95 * ETHER // 1000
INFLATION_DROP = 855 * ETHER // 10_000
CONTENT_PERCENT = 65
TREASURY_PERCENT = 20
POOL_BUDGETS = 30
LEAST_PAYOUT = 2 * ETHER // 100
WEI_PER_VEST = 10**9
CASHOUT_DAYS = 7


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


class Refused(Exception):
    """The action breaks a rule; the message is the name of the contracts' error."""


@dataclass(frozen=True)
class Voter:
    """The hot slot of an account."""

    effective: int = 0
    mana: int = 0
    down_mana: int = 0
    updated_at: int = 0

    def regenerated(self, now: int, day: int) -> "Voter":
        elapsed = now - self.updated_at
        quarter = self.effective // DOWNVOTE_DIVISOR
        return replace(
            self,
            mana=mana_down(self.mana, self.effective, elapsed, day),
            down_mana=mana_down(self.down_mana, quarter, elapsed, day),
            updated_at=now,
        )

    def spend(self, used: int, against: bool) -> "Voter":
        """A vote against spends downvote mana first. Raises Refused(NotEnoughMana)."""
        first = min(used, self.down_mana) if against else 0
        if used - first > self.mana:
            raise Refused("NotEnoughMana")
        return replace(self, mana=self.mana - used + first, down_mana=self.down_mana - first)


@dataclass(frozen=True)
class Vote:
    rshares: int = 0
    weight: int = 0
    signed_at: int = 0
    bps: int = 0
    claimed: bool = False


@dataclass
class Post:
    author: int
    created_at: int
    net: int = 0
    weight: int = 0
    settled: bool = False
    votes: dict[int, Vote] = field(default_factory=dict)


@dataclass
class Day:
    claims: int = 0
    paid: int = 0


@dataclass
class Ledger:
    """Accounts' stake and balance, posts, votes and the pool, under the contracts' rules."""

    day: int
    curve_constant: int
    seed: int
    supply: int
    genesis_day: int
    pool: int = 0
    recent: int = 0
    next_day: int = 0
    minted: int = 0
    days: dict[int, Day] = field(default_factory=dict)
    voters: dict[int, Voter] = field(default_factory=dict)
    balances: dict[int, int] = field(default_factory=dict)
    posts: dict[bytes, Post] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.recent = self.seed
        self.next_day = self.genesis_day

    def post(self, post: bytes, author: int, now: int) -> None:
        if post in self.posts:
            raise Refused("PostExists")
        self.posts[post] = Post(author, now)

    def add_stake(self, account: int, vests: int, now: int) -> None:
        """New stake arrives without mana."""
        voter = self.voters.get(account, Voter()).regenerated(now, self.day)
        self.voters[account] = replace(voter, effective=voter.effective + vests)

    def power_up(self, account: int, to: int, amount: int, now: int) -> None:
        vests = amount // WEI_PER_VEST
        if vests == 0:
            raise Refused("AmountTooSmall")
        if vests * WEI_PER_VEST > self.balances.get(account, 0):
            raise Refused("NotEnoughBalance")
        self.balances[account] -= vests * WEI_PER_VEST
        self.add_stake(to, vests, now)

    def vote(self, account: int, post: bytes, bps: int, signed_at: int, now: int) -> None:
        p = self.posts[post]
        old = p.votes.get(account, Vote())
        left = p.created_at + CASHOUT_DAYS * self.day - now
        if signed_at <= old.signed_at:
            raise Refused("StaleVote")
        if bps == 0 and not old.signed_at:
            raise Refused("NothingToTakeBack")
        if left <= 0:
            raise Refused("VotingClosed")
        if left <= self.day // 2 and old.signed_at:
            raise Refused("VoteLocked")
        voter = self.voters.get(account, Voter())
        used = used_up(voter.effective, bps)
        self.voters[account] = voter.regenerated(now, self.day).spend(used, bps < 0)
        rshares = rshares_down(used, left, self.day)
        age = CASHOUT_DAYS * self.day - left
        weight = 0 if bps < 0 else weight_down(rshares, age, self.day)
        new = Vote(-rshares if bps < 0 else rshares, weight, signed_at, bps)

        claim = claim_down(p.net, self.curve_constant)
        p.net += new.rshares - old.rshares
        p.weight += new.weight - old.weight
        p.votes[account] = new
        day = self.days.setdefault(self.cashout_day(p), Day())
        day.claims += claim_down(p.net, self.curve_constant) - claim

    def cashout_day(self, p: Post) -> int:
        return (p.created_at + CASHOUT_DAYS * self.day) // self.day

    def close(self, n: int, now: int) -> int:
        """Closes up to n days that are over; returns how many."""
        closed = emitted = 0
        while closed < n and now >= (self.next_day + 1) * self.day:
            emission = emission_down(self.supply, self.next_day - self.genesis_day)
            emitted += emission
            self.supply += emission
            budget = emission * CONTENT_PERCENT // 100
            day = self.days.get(self.next_day, Day())
            self.pool = min(self.pool + budget, POOL_BUDGETS * budget)
            self.recent = max(self.recent * 14 // 15, self.seed) + day.claims
            if day.claims:
                day.paid = self.pool * day.claims // self.recent
                self.pool -= day.paid
            self.next_day += 1
            closed += 1
        self.minted += emitted * TREASURY_PERCENT // 100
        return closed

    def payout(self, post: bytes) -> int:
        p = self.posts[post]
        number = self.cashout_day(p)
        if number >= self.next_day:
            raise Refused("DayOpen")
        claim = claim_down(p.net, self.curve_constant)
        if claim == 0:
            return 0
        day = self.days[number]
        payout = day.paid * claim // day.claims
        return payout if payout >= LEAST_PAYOUT else 0

    def settle(self, post: bytes, now: int) -> None:
        p = self.posts[post]
        if p.settled:
            return
        payout = self.payout(post)
        p.settled = True
        curation = payout // 2
        author = payout - curation
        if p.weight == 0:
            self.pool += curation
        if author:
            liquid = author // 2
            vests = (author - liquid) // WEI_PER_VEST
            self.balances[p.author] = self.balances.get(p.author, 0) + liquid
            self.add_stake(p.author, vests, now)
            self.minted += liquid + vests * WEI_PER_VEST

    def claim(self, post: bytes, account: int, now: int) -> None:
        p = self.posts[post]
        if not p.settled:
            raise Refused("NotSettled")
        v = p.votes.get(account)
        if v is None or v.claimed or v.weight == 0:
            return
        vests = curation_vests_down(self.payout(post), v.weight, p.weight)
        p.votes[account] = replace(v, claimed=True)
        self.minted += vests * WEI_PER_VEST
        if vests:
            self.add_stake(account, vests, now)


def curation_vests_down(payout: int, weight: int, total_weight: int) -> int:
    """Micro-vests of one vote's curation reward on a post that paid `payout` wei in all."""
    return payout // 2 * weight // total_weight // WEI_PER_VEST
