"""Numbers from outside, and bounds to the second, on the contracts and on the Python model at once.

Each act compares all of both, so that what is asserted of the model holds of the contracts.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from eth_utils.address import to_checksum_address

from backend.deployment.deploy import Parameters
from indexer.protocol.actions import post_id
from indexer.rewards import DUST, LEAST_PAYOUT, NO_CAP, VOTES_PER_BAR, WEI_PER_VEST
from tests.contracts.keyring import NOBODY
from tests.contracts.lockstep import Lockstep, Message, key

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "rewards.json").read_text())
DAY = 86_400
TREASURY = to_checksum_address("0x" + "7e" * 20)
BAR = 10**12  # micro-vests; a full vote is 19,950,000,000 rshares, which 8 divides


@dataclass
class Stage:
    """Everybody has an owner key and acts by relay."""

    sides: Lockstep

    @property
    def ledger(self):
        return self.sides.model.ledger

    def number(self, who: str) -> int:
        return self.sides.model.keyring.handles[who]

    def sign(self, kind: str, who: str, **fields) -> Message:
        return self.sides.sign(kind, {"account": self.number(who)} | fields, key(who))

    def relay(self, *messages: Message) -> list[str]:
        return [
            name
            for i in range(0, len(messages), 30)
            for name in self.sides.relay(*messages[i : i + 30])
        ]

    def join(self, *handles: str) -> None:
        fields = {"postingKey": NOBODY, "postingExpiry": 0, "recovery": 0, "maxFee": 0}
        registrations = [fields | {"handle": h, "ownerKey": key(h).address} for h in handles]
        messages = [
            self.sides.sign("Register", f, key(h))
            for h, f in zip(handles, registrations, strict=True)
        ]
        assert set(self.relay(*messages)) == {""}

    def stake(self, vests: int, *handles: str) -> None:
        """Gives each so many micro-vests; the first pays."""
        wei = vests * WEI_PER_VEST
        payer, total = self.number(handles[0]), wei * len(handles)
        self.sides.call(
            "deposit", payer, total, act=lambda m, now: m.ledger.holdings.deposit(payer, total)
        )
        messages = [
            self.sign("PowerUp", handles[0], to=self.number(h), amount=wei) for h in handles
        ]
        assert set(self.relay(*messages)) == {""}

    def posting(self, who: str, n: int = 1, cap: int = NO_CAP) -> Message:
        """cap: wei."""
        fields = {"digest": digest(n), "parent": bytes(32), "community": 0}
        if cap == NO_CAP:
            return self.sign("Post", who, **fields)
        options = {"maxAcceptedPayout": cap, "liquidBps": 5000, "beneficiaries": []}
        allowed = {"allowVotes": True, "allowCurationRewards": True}
        return self.sign("PostWithOptions", who, **fields, **options, **allowed)

    def id(self, who: str, n: int = 1) -> bytes:
        return post_id(self.number(who), digest(n))

    def voting(self, who: str, post: bytes, bps: int = 10_000) -> Message:
        return self.sign("Vote", who, post=post, weight=bps)

    def wait_until(self, moment: int) -> None:
        """The next act is at `moment`."""
        self.sides.forward(moment - 1 - self.sides.now)

    def settle(self, *posts: bytes) -> None:
        """Once their day is over."""
        ledger = self.ledger
        self.wait_until(max((ledger.cashout_day(ledger.posts[p]) + 1) * DAY for p in posts))
        self.sides.call("close", 50, act=lambda m, now: m.ledger.close(50, now))
        self.sides.call("settle", list(posts), act=lambda m, now: m.ledger.settle(posts, now))


def digest(n: int) -> bytes:
    return bytes([n]) * 32


def stage(deployed_with, **parameters) -> Stage:
    chain = deployed_with(Parameters(seed=10**12, treasury=TREASURY, **parameters))
    return Stage(Lockstep(chain, []))


@pytest.mark.parametrize("v", VECTORS["votes"])
def test_votes(deployed_with, v):
    on = stage(deployed_with)
    on.join("ada", "bob")
    on.stake(v["effective"], "bob")
    on.sides.forward(6 * DAY)
    post = on.id("ada")
    posted = on.sides.now + 1
    if v["left"] == 7 * DAY:
        on.relay(on.posting("ada"), on.voting("bob", post, v["bps"]))
    else:
        on.relay(on.posting("ada"))
        on.wait_until(posted + 7 * DAY - v["left"])
        on.relay(on.voting("bob", post, v["bps"]))
    bob = on.number("bob")
    assert v["effective"] - on.ledger.holdings.account(bob).voter.mana == v["used"]
    assert on.ledger.votes[post, bob].rshares == v["rshares"]


def test_convergent_linear(deployed_with):
    curve = VECTORS["curve"]
    on = stage(deployed_with, curve_constant=curve["s"])
    handles = [f"voter-{i}" for i in range(len(curve["pairs"]))]
    on.join(*handles)
    for handle, (rshares, _) in zip(handles, curve["pairs"], strict=True):
        on.stake(VOTES_PER_BAR * (rshares + DUST), handle)
    on.sides.forward(6 * DAY)
    for handle, (rshares, claim) in zip(handles, curve["pairs"], strict=True):
        post = on.id(handle)
        number = (on.sides.now + 1 + 7 * DAY) // DAY
        before = on.ledger.pool.days[number].claims if number in on.ledger.pool.days else 0
        assert on.relay(on.posting(handle), on.voting(handle, post)) == ["", ""]
        assert on.ledger.posts[post].net == rshares
        assert on.ledger.pool.days[number].claims - before == claim


@pytest.mark.parametrize("v", VECTORS["curation"], ids=str)
def test_curation_shares(deployed_with, v):
    on = stage(deployed_with)
    voters = [f"voter-{i}" for i in range(len(v["ages"]))]
    rewards = curated(on, voters, v["ages"], v["part"])
    assert rewards == v["shares"]


def test_a_crowd_of_early_mid_and_late_voters(deployed_with):
    v = VECTORS["ratio"]
    ages = [age for n, age in zip(v["voters"], v["ages"], strict=True) for _ in range(n)]
    parts = [part for n, part in zip(v["voters"], v["shares"], strict=True) for _ in range(n)]
    on = stage(deployed_with)
    rewards = curated(on, [f"voter-{i}" for i in range(len(ages))], ages, 1000 * sum(parts))
    assert rewards == [1000 * part for part in parts]


def curated(on: Stage, voters: list[str], ages: list[int], part: int) -> list[int]:
    """What equal votes, cast when the post was so many DAY old, earn of `part` micro-vests: all in micro-vests."""
    on.join("ada", *voters)
    on.stake(BAR, *voters)
    on.sides.forward(6 * DAY)
    post = on.id("ada")
    posted = on.sides.now + 1
    on.relay(on.posting("ada", cap=2 * part * WEI_PER_VEST))
    for age in sorted(set(ages)):
        on.wait_until(posted + max(1, age * DAY))
        cast = [on.voting(v, post) for v, a in zip(voters, ages, strict=True) if a == age]
        assert set(on.relay(*cast)) == {""}
    on.settle(post)
    assert on.ledger.posts[post].curation == part
    accounts = [on.number(v) for v in voters]
    on.sides.call(
        "claimOfPost",
        post,
        accounts,
        act=lambda m, now: m.ledger.claim_of_post(post, accounts, now),
    )
    return [on.ledger.holdings.account(a).stake.own - BAR for a in accounts]


def test_on_the_straight_curve_payouts_are_as_votes(deployed_with):
    v = VECTORS["linear"]
    on = stage(deployed_with, curve_constant=v["s"])
    voters = [f"voter-{i}" for i in range(sum(v["votes"]))]
    on.join("ada", *voters)
    on.stake(BAR, *voters)
    on.sides.forward(6 * DAY)
    on.relay(on.posting("ada", 1), on.posting("ada", 2))
    many, one = on.id("ada", 1), on.id("ada", 2)
    cast = [on.voting(w, many if i < v["votes"][0] else one) for i, w in enumerate(voters)]
    assert set(on.relay(*cast)) == {""}
    on.settle(many, one)
    payouts = on.ledger.payout(many), on.ledger.payout(one)
    assert payouts[1] * v["payouts"][0] <= payouts[0] < (payouts[1] + 1) * v["payouts"][0]


def test_windows_are_half_open(deployed_with):
    """Weights by age, and the last half day, in which only first votes count."""
    on = stage(deployed_with)
    voters = [f"voter-{i}" for i in range(6)]
    on.join("ada", *voters)
    on.stake(BAR, *voters)
    on.sides.forward(6 * DAY)
    post = on.id("ada")
    posted = on.sides.now + 1
    on.relay(on.posting("ada"))
    full = BAR // VOTES_PER_BAR - DUST

    def vote(who: str, age: int, bps: int = 10_000) -> tuple[str, int]:
        on.wait_until(posted + age)
        (refused,) = on.relay(on.voting(who, post, bps))
        return refused, on.ledger.votes[post, on.number(who)].weight

    first, second, third, fourth, fifth, sixth = voters
    assert vote(first, DAY - 1) == ("", full)
    assert vote(second, DAY) == ("", full // 2)
    assert vote(third, 3 * DAY - 1) == ("", full // 2)
    assert vote(fourth, 3 * DAY) == ("", full // 8)
    lock = 13 * DAY // 2
    assert vote(first, lock - 2, 0) == ("", 0)
    assert vote(second, lock - 1) == ("", full // 8)
    assert vote(first, lock) == ("VoteLocked", 0)
    assert vote(second, lock + 1) == ("VoteLocked", full // 8)
    assert vote(fifth, 7 * DAY - 1) == ("", full // (DAY // 2) // 8)
    on.wait_until(posted + 7 * DAY)
    assert on.relay(on.voting(sixth, post)) == ["VotingClosed"]


def test_a_payout_below_two_hundredths_is_nothing(deployed_with):
    on = stage(deployed_with)
    handles = {"little": 50_000, "enough": 1_000_000}
    on.join(*handles)
    for handle, rshares in handles.items():
        on.stake(VOTES_PER_BAR * (rshares + DUST), handle)
    on.sides.forward(6 * DAY)
    for handle in handles:
        on.relay(on.posting(handle), on.voting(handle, on.id(handle)))
    on.settle(*map(on.id, handles))
    little, enough = (on.ledger.payout(on.id(handle)) for handle in handles)
    assert little == 0 and enough > LEAST_PAYOUT
    claims = on.ledger.pool.days[on.ledger.cashout_day(on.ledger.posts[on.id("little")])]
    assert 0 < claims.paid * 50_000 // claims.claims < LEAST_PAYOUT


@pytest.mark.parametrize(
    ("bar", "votes"), list(zip((BAR + 1, BAR), VECTORS["full_bar"]["votes"], strict=True))
)
def test_forty_nine_or_fifty_full_votes_from_a_full_bar_then_refusal(deployed_with, bar, votes):
    on = stage(deployed_with)
    on.join("ada", "bob")
    on.stake(bar, "bob")
    on.sides.forward(6 * DAY)
    on.relay(*(on.posting("ada", n) for n in range(1, 53)))
    ballots = [on.voting("bob", on.id("ada", n)) for n in range(1, 53)]
    assert on.sides.relay(*ballots) == [""] * votes + ["NotEnoughMana"] * (52 - votes)


def test_a_silence_of_a_year_closes_in_bounded_steps(deployed):
    deployed.anvil.forward(365 * DAY)
    f = deployed.core.functions
    receipts = [deployed.send(f.close(50)) for _ in range(8)]
    assert max(r["gasUsed"] for r in receipts) < 1_000_000
    assert f.poolState().call()[2] == deployed.anvil.now() // DAY
    assert f.close(50).call() == 0
