"""Accounts, posts, votes and the pool under the contracts' rules: what each action does, and when it is refused.

Who may act for an account is no matter of this module. `now` is the block's time in seconds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from indexer.rewards import (
    BPS,
    CASHOUT_DAYS,
    PLAIN,
    WEI_PER_VEST,
    Options,
    claim_down,
    curation_vests_down,
    payout_down,
    rshares_down,
    used_up,
    vests_down,
    weight_down,
)
from tests.rules.holdings import Holdings
from tests.rules.pool import Day, Pool
from tests.rules.state import Post, Refused, Vote, check_options

VOTE_SECONDS = 3600
"""How old a signed vote may be."""
MOST_BALLOTS = 50


@dataclass
class Ledger:
    """The state of the core, without keys. Methods, here and of `holdings`, raise Refused, and may then have done
    a part of their work: who goes on after a refusal acts on a `copy`.

    day: seconds; curve_constant: rshares; seed: claims; supply (at genesis) and handle_fee: wei.
    """

    day: int
    curve_constant: int
    seed: int
    supply: int
    genesis_day: int
    handle_fee: int = 0
    holdings: Holdings = field(init=False)
    posts: dict[bytes, Post] = field(default_factory=dict)
    votes: dict[tuple[bytes, int], Vote] = field(default_factory=dict)

    def __post_init__(self) -> None:
        pool = Pool(
            day=self.day,
            seed=self.seed,
            supply=self.supply,
            genesis_day=self.genesis_day,
            recent=self.seed,
            next_day=self.genesis_day,
        )
        self.holdings = Holdings(self.day, pool, self.handle_fee)

    def copy(self) -> "Ledger":
        other = replace(self, posts=dict(self.posts), votes=dict(self.votes))
        other.holdings = self.holdings.copy()
        return other

    @property
    def pool(self) -> Pool:
        return self.holdings.pool

    def add_stake(self, account: int, vests: int, now: int) -> None:
        """New stake arrives without mana."""
        self.holdings.add_stake(account, vests, now)

    # ------------------------------------------------------------ posts

    def post(
        self,
        post: bytes,
        author: int,
        now: int,
        parent: bytes = b"",
        options: Options = PLAIN,
    ) -> None:
        check_options(options, self.holdings.count)
        if post in self.posts:
            raise Refused("PostExists")
        if parent:
            if parent not in self.posts:
                raise Refused("UnknownParent")
            self.posts[parent] = replace(self._existing(parent), replied=True)
        self.posts[post] = Post(author, now, options)

    def edit(self, account: int, post: bytes) -> None:
        """Changes nothing but what the post shows."""
        if int.from_bytes(post[:5]) != account:
            raise Refused("NotAuthor")
        self._existing(post)

    def remove(self, account: int, post: bytes, now: int) -> None:
        self.edit(account, post)
        p = self.posts[post]
        if now >= self.cashout(p) or p.replied or p.weight != 0 or p.net > 0:
            raise Refused("NotRemovable")
        self.posts[post] = replace(p, removed=True)

    def cashout(self, p: Post) -> int:
        """Seconds; voting ends, exclusively."""
        return p.created_at + CASHOUT_DAYS * self.day

    def cashout_day(self, p: Post) -> int:
        return self.cashout(p) // self.day

    def _existing(self, post: bytes) -> Post:
        if post not in self.posts:
            raise Refused("UnknownPost")
        if self.posts[post].removed:
            raise Refused("PostRemoved")
        return self.posts[post]

    # ------------------------------------------------------------ votes

    def vote(self, account: int, post: bytes, bps: int, signed_at: int, now: int) -> None:
        _check_time(signed_at, now)
        self._vote(account, post, bps, signed_at, now)

    def vote_many(
        self, account: int, ballots: Sequence[tuple[bytes, int]], signed_at: int, now: int
    ) -> None:
        """All or none, but for those that time or others have overtaken: they are passed over."""
        if not 0 < len(ballots) <= MOST_BALLOTS:
            raise Refused("BadBatch")
        _check_time(signed_at, now)
        for post, bps in ballots:
            if post not in self.posts or not self._too_late(account, post, signed_at, now):
                self._vote(account, post, bps, signed_at, now)

    def _too_late(self, account: int, post: bytes, signed_at: int, now: int) -> bool:
        old, p = self.votes.get((post, account), Vote()), self.posts[post]
        left = self.cashout(p) - now
        locked = left <= self.day // 2 and old.signed_at != 0
        return signed_at <= old.signed_at or p.removed or left <= 0 or locked

    def _vote(self, account: int, post: bytes, bps: int, signed_at: int, now: int) -> None:
        old = self.votes.get((post, account), Vote())
        if signed_at <= old.signed_at:
            raise Refused("StaleVote")
        if bps == 0 and not old.signed_at:
            raise Refused("NothingToTakeBack")
        p = self._existing(post)
        if not p.options.allow_votes:
            raise Refused("VotesDeclined")
        left = self.cashout(p) - now
        if left <= 0:
            raise Refused("VotingClosed")
        if left <= self.day // 2 and old.signed_at:
            raise Refused("VoteLocked")
        if abs(bps) > BPS:
            raise Refused("BadWeight")
        a = self.holdings.account(account)
        used = used_up(a.voter.effective, bps)
        voter = a.voter.regenerated(now, self.day).spend(used, bps < 0)
        self.holdings.accounts[account] = replace(a, voter=voter)

        rshares = rshares_down(used, left, self.day)
        weight = 0 if bps < 0 else weight_down(rshares, now - p.created_at, self.day)
        new = Vote(-rshares if bps < 0 else rshares, weight, signed_at, bps)
        net = p.net - old.rshares + new.rshares
        moved = claim_down(net, self.curve_constant) - claim_down(p.net, self.curve_constant)
        self.posts[post] = replace(p, net=net, weight=p.weight - old.weight + new.weight)
        self.votes[post, account] = new
        self.pool.move_claims(self.cashout_day(p), moved)

    # ------------------------------------------------------------ payouts

    def close(self, n: int, now: int) -> int:
        """Closes up to n days that are over, in order; returns how many."""
        return self.pool.close(n, now)

    def payout(self, post: bytes) -> int:
        """Wei that the post earned, before its cap."""
        p = self._existing(post)
        number = self.cashout_day(p)
        if number >= self.pool.next_day:
            raise Refused("DayOpen")
        claim = claim_down(p.net, self.curve_constant)
        day = self.pool.days.get(number, Day())
        return payout_down(day.paid, claim, day.claims) if claim else 0

    def settle(self, posts: Iterable[bytes], now: int) -> None:
        """Pays authors and beneficiaries, and sets the curators' part aside."""
        self.pool.close_elapsed(now)
        for post in posts:
            if not self._existing(post).settled:
                self._settle(post, now)

    def _settle(self, post: bytes, now: int) -> None:
        p = self.posts[post]
        o = p.options
        earned = self.payout(post)
        payout = min(earned, o.max_accepted_payout)
        curation = payout // 2
        author = payout - curation
        if p.weight == 0 or not o.allow_curation_rewards:
            curation = 0
        self.pool.wei += earned - author - curation
        self.posts[post] = replace(p, settled=True, curation=vests_down(curation))
        rest = author
        for account, bps in o.beneficiaries:
            share = author * bps // BPS
            rest -= share
            self.holdings.pay(account, share, o.liquid_bps, now)
        self.holdings.pay(p.author, rest, o.liquid_bps, now)

    def claim_as_voter(self, account: int, posts: Iterable[bytes], now: int) -> None:
        """Pays one voter's curation rewards on settled posts; passes over what is already paid."""
        self.pool.close_elapsed(now)
        vests = sum(self._claim(post, account) for post in posts)
        self.holdings.pay(account, vests * WEI_PER_VEST, 0, now)

    def claim_of_post(self, post: bytes, accounts: Iterable[int], now: int) -> None:
        """Pays the curation rewards of many voters of one settled post."""
        self.pool.close_elapsed(now)
        self._settled(post)
        for account in accounts:
            self.holdings.pay(account, self._claim(post, account) * WEI_PER_VEST, 0, now)

    def _claim(self, post: bytes, account: int) -> int:
        """Micro-vests of one vote's curation reward; 0 if there is none or it has been paid."""
        p = self._settled(post)
        vote = self.votes.get((post, account), Vote())
        if vote.weight == 0:
            return 0
        self.votes[post, account] = Vote()
        return curation_vests_down(p.curation, vote.weight, p.weight)

    def _settled(self, post: bytes) -> Post:
        p = self._existing(post)
        if not p.settled:
            raise Refused("NotSettled")
        return p


def _check_time(signed_at: int, now: int) -> None:
    if signed_at > now:
        raise Refused("VoteFromFuture")
    if now > signed_at + VOTE_SECONDS:
        raise Refused("Expired")
