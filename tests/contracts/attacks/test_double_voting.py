"""One stake votes with one bar, and what grows again: whatever it is lent, moved, or powered down and up between.

Measured: all rshares cast by all accounts of one owner. From any moment to any other they may come to the
stake once, and once more for each five days between the two.
"""

import itertools
import os
import random
from collections import defaultdict
from dataclasses import dataclass, field

import pytest
from web3 import Web3

from indexer.protocol.actions import Signed
from indexer.protocol.packed import account_slot
from tests.actors import Actor, join, stake
from tests.chain import Chain

DAY = 86_400
ETHER = 10**18
BAR = 5 * DAY
VESTS = 10**9  # micro-vests in an LRL
FULL = 10_000
SEEDS = range(1, 21 if os.environ.get("LAUREL_LONG") else 2)
STEPS = 200 if os.environ.get("LAUREL_LONG") else 80


@dataclass
class Ring:
    """Accounts of one owner, and an author whose posts they vote on."""

    chain: Chain
    author: Actor
    members: list[Actor]
    total: int  # micro-vests, staked or not
    posts: list[bytes] = field(default_factory=list)
    written: int = 0  # when they were, in seconds
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    @classmethod
    def of(cls, chain: Chain, *lrl: int) -> "Ring":
        author, *members = join(chain, "author", *(f"member{n}" for n in range(len(lrl))))
        for member, amount in zip(members, lrl, strict=True):
            if amount:
                stake(chain, member, amount * ETHER)
        chain.anvil.forward(BAR)
        return cls(chain, author, members, sum(lrl) * VESTS)

    def tries(self, item: Signed) -> str | None:
        return self.chain.skipped(self.chain.relay(item)).get(0)

    def does(self, item: Signed) -> None:
        assert self.tries(item) is None

    def fresh_posts(self) -> list[bytes]:
        """As many as one bar votes on, and one for the rest. A second vote on one spends mana as the first does."""
        if self.chain.anvil.now() > self.written + 6 * DAY:
            digests = [next(self.numbers).to_bytes(32, "little") for _ in range(51)]
            assert self.chain.skipped(self.chain.relay(*map(self.author.post, digests))) == {}
            self.posts = [self.author.post_id(d) for d in digests]
            self.written = self.chain.anvil.now()
        return self.posts

    def state(self, who: Actor):
        return account_slot(self.chain.core.functions.accountState(who.account).call())

    def casts_everything(self, who: Actor, sign: int = 1) -> None:
        """All of the account's mana in full votes, and one for the rest."""
        posts = self.fresh_posts()
        voting, downvote = self.chain.core.functions.manaOf(who.account).call()
        mana = voting if sign > 0 else voting + downvote
        if not (effective := self.state(who).effective):
            return
        full = -(-effective // 50)
        votes = [FULL] * (mana // full)
        votes.append((mana - full * len(votes)) * 500_000 // effective)
        for i in range(0, len(votes), 50):
            ballots = {
                p: sign * bps for p, bps in zip(posts, votes[i : i + 50], strict=False) if bps
            }
            if ballots:
                self.chain.anvil.forward(1)  # a later moment than that of the last vote
                self.does(who.votes(ballots))

    def forward(self, seconds: int) -> None:
        self.chain.anvil.forward(seconds)
        self.chain.send(self.chain.core.functions.close(99))

    def cast(self) -> dict[int, int]:
        """Moment -> micro-vests of rshares that the members cast at it."""
        topic = Web3.keccak(text="Voted(bytes32,uint40,uint256,uint256)").to_0x_hex()
        accounts = ["0x" + m.account.to_bytes(32).hex() for m in self.members]
        asked = {"fromBlock": "0x0", "topics": [topic, None, accounts]}
        moments: dict[int, int] = defaultdict(int)
        for log in self.chain.anvil.rpc("eth_getLogs", asked):
            word = int(log["data"][:66], 16) & (2**64 - 1)
            moments[int(log["blockTimestamp"], 16)] += min(word, 2**64 - word)
        return dict(sorted(moments.items()))

    def most(self, bars: float = 1.0) -> float:
        """The largest part of what is allowed that was cast between any two moments."""
        cast = list(self.cast().items())
        largest = 0.0
        for i in range(len(cast)):
            total = 0
            for j in range(i, len(cast)):
                total += cast[j][1]
                allowed = bars * self.total * (1 + (cast[j][0] - cast[i][0]) / BAR)
                largest = max(largest, total / allowed)
        return largest


@pytest.fixture
def ring(deployed: Chain) -> Ring:
    """Its three accounts have stake of 1,000, 10 and 0 LRL, and full bars."""
    return Ring.of(deployed, 1000, 10, 0)


def test_honest_voting_comes_to_what_is_allowed(ring: Ring):
    """So that the measure below measures something: a bar, and five days later another."""
    for _ in range(3):
        for member in ring.members:
            ring.casts_everything(member)
        ring.forward(BAR)
    assert 0.99 < ring.most() <= 1
    assert sum(ring.cast().values()) > 2.9 * ring.total


def test_voting_twice_with_one_stake_through_delegation(ring: Ring):
    """Else whoever has two accounts votes with twice the stake: once before lending it, and once after."""
    ada, bob, cleo = ring.members
    all_of_it = 1000 * VESTS
    # Spent mana is not lent.
    ring.casts_everything(ada)
    assert ring.tries(ada.delegate(bob.account, all_of_it)) == "NotEnoughMana"
    assert ring.tries(ada.delegate(bob.account, all_of_it // 100)) == "NotEnoughMana"
    ring.forward(BAR)
    for _ in range(3):
        ring.does(ada.delegate(bob.account, all_of_it))
        ring.casts_everything(ada)
        ring.casts_everything(bob)
        # Nor does what bob has spent come back to vote, to be lent on, or to leave, before five days.
        ring.does(ada.delegate(bob.account, 0))
        ring.casts_everything(ada)
        assert ring.tries(ada.delegate(cleo.account, all_of_it)) == "NotEnoughStake"
        assert ring.tries(ada.power_down(all_of_it)) == "NotEnoughStake"
        call = ring.chain.core.functions.completeReturn(ada.account)
        ring.forward(BAR // 2)
        ring.casts_everything(bob)
        ring.casts_everything(ada)
        ring.forward(BAR // 2 + 5)
        ring.chain.send(call)
        ring.casts_everything(ada)
        ring.forward(BAR)
    assert ring.most() <= 1
    assert sum(ring.cast().values()) > 5 * ring.total  # each time lent and back, both voted


def test_voting_twice_with_one_stake_lent_in_parts(ring: Ring):
    """Else parts lent and taken back at different times come back with more mana than they left with."""
    ada, bob, cleo = ring.members
    for n in range(5):
        ring.does(ada.delegate((bob, cleo)[n % 2].account, (60 + n) * VESTS))
        for member in ring.members:
            ring.casts_everything(member)
        ring.forward(BAR // 3)
        ring.does(ada.delegate((bob, cleo)[n % 2].account, n * VESTS))
        for member in ring.members:
            ring.casts_everything(member)
        ring.forward(BAR // 2)
    assert ring.most() <= 1


def test_voting_twice_with_one_stake_through_power_down(ring: Ring):
    """Else stake that has voted votes again when it has been taken out and put in elsewhere."""
    ada, bob, cleo = ring.members
    for _ in range(2):
        ring.casts_everything(ada)
        ring.does(ada.power_down(1000 * VESTS))
        assert ring.state(ada).effective == ring.state(ada).mana == 0
        ring.casts_everything(ada)
        # It cannot be lent while it leaves, and comes back without mana.
        assert ring.tries(ada.delegate(bob.account, VESTS)) == "NotEnoughStake"
        ring.does(ada.power_down(0))
        assert ring.state(ada).effective == 1000 * VESTS and ring.state(ada).mana == 0
        ring.casts_everything(ada)
        ring.forward(BAR)
    ring.casts_everything(ada)
    ring.does(ada.power_down(1000 * VESTS))
    ring.forward(7 * DAY)
    ring.chain.send(ring.chain.core.functions.releasePowerDown(ada.account))
    out = ring.chain.core.functions.balanceOf(ada.account).call()
    assert out == -(-1000 * VESTS // 13) * 10**9
    ring.does(ada.transfer(cleo.account, out))
    ring.does(cleo.power_up(cleo.account, out))
    assert ring.state(cleo).mana == 0
    ring.casts_everything(cleo)
    ring.forward(BAR)
    ring.casts_everything(cleo)
    assert ring.most() <= 1
    assert (
        ring.cast()[max(ring.cast())] > out // 10**9 * 0.9
    )  # it votes again when its bar has grown


def test_voting_twice_with_one_stake_through_a_second_account(deployed: Chain):
    """Else what is bought, voted with, and passed on votes as many times in a day as it has owners."""
    ring = Ring.of(deployed, 1000, 0, 0)
    ada, bob, cleo = ring.members
    f = deployed.core.functions
    deployed.send(deployed.token.functions.approve(deployed.core.address, 1000 * ETHER))
    deployed.send(f.deposit(ada.account, 1000 * ETHER))
    ring.total += 1000 * VESTS
    for owner, to in ((ada, bob), (ada, ada), (ada, cleo)):
        ring.casts_everything(ada)
        ring.does(owner.power_up(to.account, 300 * ETHER))
        before = ring.cast()
        ring.casts_everything(to)
        assert sum(ring.cast().values()) - sum(before.values()) < VESTS  # of the seconds between
    ring.does(ada.transfer(cleo.account, 100 * ETHER))
    ring.does(cleo.power_up(bob.account, 100 * ETHER))
    ring.casts_everything(bob)
    ring.forward(BAR)
    for member in ring.members:
        ring.casts_everything(member)
    assert 0.9 < ring.most() <= 1


def test_voting_against_twice_with_one_stake(ring: Ring):
    """Else downvote mana, which comes on top, is lent when it is spent. It is a quarter, once."""
    ada, bob, _ = ring.members
    ring.casts_everything(ada, sign=-1)
    assert ring.tries(ada.delegate(bob.account, VESTS)) == "NotEnoughMana"
    ring.forward(BAR)
    ring.does(ada.vote(ring.fresh_posts()[0], -FULL))  # from downvote mana alone
    assert ring.state(ada).mana == 1000 * VESTS
    assert ring.tries(ada.delegate(bob.account, 1000 * VESTS)) == "NotEnoughMana"
    ring.forward(BAR)
    for _ in range(2):
        ring.does(ada.delegate(bob.account, 1000 * VESTS))
        ring.casts_everything(bob, sign=-1)
        ring.does(ada.delegate(bob.account, 0))
        ring.casts_everything(bob, sign=-1)
        ring.forward(BAR)
        ring.chain.send(ring.chain.core.functions.completeReturn(ada.account))
        ring.casts_everything(ada, sign=-1)
        ring.forward(BAR)
    assert 0.95 < ring.most(bars=1.25) <= 1


@pytest.mark.parametrize("seed", SEEDS)
def test_voting_twice_with_one_stake_in_any_way(deployed: Chain, seed: int):
    """Else some order of lending, taking back, powering down and up, and passing on makes votes of nothing."""
    ring = Ring.of(deployed, 1000, 300, 0)
    choose = random.Random(seed)
    done: dict[str, int] = defaultdict(int)
    f = deployed.core.functions
    for _ in range(STEPS):
        who, other = choose.sample(ring.members, 2)
        lent = f.delegationOf(who.account, other.account).call()
        balance = f.balanceOf(who.account).call()
        what, part = choose.choice("cccclltppsruuwww"), choose.choice([1, 0.5, 0.1])
        amount = int(ring.state(who).effective * part)
        if what == "c":
            ring.casts_everything(who, choose.choice([1, 1, 1, -1]))
            continue
        if what == "w":
            ring.forward(int(choose.choice([0.01, 0.2, 0.5, 1]) * BAR) - 7)
            continue
        if what == "r":
            accounts = [m.account for m in ring.members]
            for call in [c(a) for c in (f.completeReturn, f.releasePowerDown) for a in accounts]:
                receipt = deployed.w3.eth.wait_for_transaction_receipt(
                    call.transact({"from": deployed.w3.eth.accounts[0], "gas": 1_000_000})
                )
                done[what] += receipt["status"]
            continue
        match what:
            case "l":
                item = who.delegate(other.account, lent + amount)
            case "t":
                item = who.delegate(other.account, int(lent * (1 - part)))
            case "p":
                item = who.power_down(amount)
            case "s":
                item = who.power_down(0)
            case _:
                item = who.power_up(other.account, int(balance * part))
        done[what] += ring.tries(item) is None
    print(dict(done), "of what is allowed:", round(ring.most(bars=1.25), 4))
    assert all(done[what] for what in "ltpsru")
    assert ring.most(bars=1.25) <= 1
