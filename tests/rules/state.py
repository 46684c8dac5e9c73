"""What the contracts remember of accounts, posts and votes, as values that never change: a rule makes new ones.

The bit layouts of the same are in contracts/types/*.sol.
"""

from dataclasses import dataclass, field, replace

from indexer.rewards import (
    BPS,
    DOWNVOTE_DIVISOR,
    LIQUID_BPS,
    PART_DAYS,
    PLAIN,
    RETURN_DAYS,
    Options,
    accrued_down,
    mana_down,
    part_up,
)


class Refused(Exception):
    """The action breaks a rule; the message is the name of the contracts' error."""


@dataclass(frozen=True)
class Voter:
    """The hot slot: micro-vests that vote, and mana as of `updated_at`."""

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

    def grown(self, vests: int, mana: int, now: int, day: int) -> "Voter":
        """Stake arrives, with `mana` (0, or all of it)."""
        voter = self.regenerated(now, day)
        return replace(
            voter,
            effective=voter.effective + vests,
            mana=voter.mana + mana,
            down_mana=voter.down_mana + mana // DOWNVOTE_DIVISOR,
        )

    def shrunk(self, vests: int, mana: int, now: int, day: int) -> "Voter":
        """Stake leaves with `mana` (0, or all of it); mana above the bar that remains is lost.

        Raises Refused(NotEnoughMana).
        """
        voter = self.regenerated(now, day)
        if mana > voter.mana or mana // DOWNVOTE_DIVISOR > voter.down_mana:
            raise Refused("NotEnoughMana")
        effective = voter.effective - vests
        return replace(
            voter,
            effective=effective,
            mana=min(voter.mana - mana, effective),
            down_mana=min(
                voter.down_mana - mana // DOWNVOTE_DIVISOR, effective // DOWNVOTE_DIVISOR
            ),
        )


@dataclass(frozen=True)
class Stake:
    """The stake slot: micro-vests owned, and earned from the stakers' emission up to `index`."""

    own: int = 0
    accrued: int = 0
    index: int = 0

    def moved(self, vests: int, index: int) -> "Stake":
        """`vests` more, or fewer, when the pool's index stands at `index`."""
        earned = accrued_down(self.own, index - self.index)
        return Stake(self.own + vests, self.accrued + earned, index)


@dataclass(frozen=True)
class Away:
    """What of an account's own stake does not vote for it, in micro-vests; times in seconds."""

    delegated: int = 0
    returning: int = 0
    return_at: int = 0
    leaving: int = 0
    part: int = 0
    due_at: int = 0

    def lent(self, vests: int) -> "Away":
        return replace(self, delegated=self.delegated + vests)

    def taken_back(self, vests: int, now: int, day: int) -> "Away":
        """What was on its way before waits with it."""
        return replace(
            self,
            delegated=self.delegated - vests,
            returning=self.returning + vests,
            return_at=now + RETURN_DAYS * day,
        )

    def powering_down(self, vests: int, now: int, day: int) -> "Away":
        due_at = now + PART_DAYS * day if vests else 0
        return replace(self, leaving=vests, part=part_up(vests), due_at=due_at)

    def released(self, now: int, day: int) -> "Away":
        """Without the parts of the power down that are due."""
        if not self.leaving or now < self.due_at:
            return self
        parts = (now - self.due_at) // (PART_DAYS * day) + 1
        return replace(
            self,
            leaving=self.leaving - min(parts * self.part, self.leaving),
            due_at=self.due_at + parts * PART_DAYS * day,
        )


@dataclass(frozen=True)
class Account:
    """Balance in wei, and stake."""

    balance: int = 0
    voter: Voter = field(default_factory=Voter)
    stake: Stake = field(default_factory=Stake)
    away: Away = field(default_factory=Away)

    @property
    def free(self) -> int:
        """Micro-vests that may be delegated or powered down."""
        away = self.away
        return self.stake.own - away.delegated - away.returning - away.leaving


def check_options(options: Options, accounts: int) -> None:
    """Raises Refused where `accounts` have been made so far."""
    if options.liquid_bps > LIQUID_BPS or len(options.beneficiaries) > 8:
        raise Refused("BadOptions")
    last = 0
    for account, bps in options.beneficiaries:
        if not 0 < account <= accounts:
            raise Refused("UnknownAccount")
        if account <= last or bps == 0:
            raise Refused("BadOptions")
        last = account
    if sum(bps for _, bps in options.beneficiaries) > BPS:
        raise Refused("BadOptions")


@dataclass(frozen=True)
class Post:
    """net: rshares; weight: curation weight of its votes; curation: micro-vests, once settled."""

    author: int
    created_at: int
    options: Options = PLAIN
    net: int = 0
    weight: int = 0
    curation: int = 0
    settled: bool = False
    replied: bool = False
    removed: bool = False


@dataclass(frozen=True)
class Vote:
    rshares: int = 0
    weight: int = 0
    signed_at: int = 0
    bps: int = 0
