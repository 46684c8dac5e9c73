"""Many small things come to no more than one large one: every rounding is to the house's side, or conserved."""

import random

import pytest

from indexer.protocol.packed import account_slot, post_slot, vote_slot
from tests.actors import Actor, join, stake
from tests.chain import DEV, Chain

DAY = 86_400
ETHER = 10**18
WEI = 10**9  # in a micro-vest
VESTS = 10**9  # micro-vests in an LRL


def own(chain: Chain, who: Actor) -> int:
    return chain.core.functions.stakeState(who.account).call() & (2**64 - 1)


def hot(chain: Chain, who: Actor):
    return account_slot(chain.core.functions.accountState(who.account).call())


def held(chain: Chain) -> int:
    return chain.token.functions.balanceOf(chain.core.address).call()


def owed(chain: Chain, *people: Actor) -> int:
    """Balances, stake and its rewards of all accounts, in wei."""
    f = chain.core.functions
    return sum(
        f.balanceOf(p.account).call() + own(chain, p) * WEI + f.stakeRewardOf(p.account).call()
        for p in people
    )


def balance(chain: Chain, who: Actor, wei: int) -> None:
    chain.send(chain.token.functions.approve(chain.core.address, wei))
    chain.send(chain.core.functions.deposit(who.account, wei))


def test_dust_of_deposits_transfers_and_power_ups(deployed: Chain):
    """Else amounts too small for a micro-vest are rounded up to one, a billionth at a time."""
    ada, bob = join(deployed, "ada", "bob")
    f = deployed.core.functions
    balance(deployed, ada, 10 * ETHER)
    deployed.relay(ada.power_up(ada.account, ETHER))
    assert (own(deployed, ada), f.balanceOf(ada.account).call()) == (VESTS, 9 * ETHER)
    for wei in (1, WEI - 1):
        refused = deployed.skipped(deployed.relay(ada.power_up(ada.account, wei)))
        assert refused == {0: "AmountTooSmall"}
    assert deployed.skipped(deployed.relay(ada.transfer(bob.account, 0))) == {0: "AmountTooSmall"}
    # What is under a micro-vest stays where it was.
    for _ in range(5):
        dust = [ada.power_up(bob.account, 2 * WEI - 1) for _ in range(20)]
        assert deployed.skipped(deployed.relay(*dust)) == {}
    assert own(deployed, bob) == 100
    assert f.balanceOf(ada.account).call() == 9 * ETHER - 100 * WEI
    for who, to in ((ada, bob), (ada, ada), (bob, ada)):
        dust = [who.transfer(to.account, 1) for _ in range(20)]
        if who is ada:
            assert deployed.skipped(deployed.relay(*dust)) == {}
        else:
            assert deployed.skipped(deployed.relay(*dust, who.transfer(to.account, 1))) == {
                20: "NotEnoughBalance"
            }
    assert f.balanceOf(ada.account).call() == 9 * ETHER - 100 * WEI
    assert held(deployed) == owed(deployed, ada, bob)


def test_dust_of_power_downs(deployed: Chain):
    """Else thirteen parts, each rounded up, come to more than went in; or a power down begun again pays twice."""
    (ada,) = join(deployed, "ada")
    stake(deployed, ada, ETHER)
    f = deployed.core.functions
    before = own(deployed, ada)
    for vests, weeks in ((1, 1), (14, 7), (10**8 + 1, 13)):
        assert deployed.skipped(deployed.relay(ada.power_down(vests))) == {}
        liquid = f.balanceOf(ada.account).call()
        parts = []
        while f.awayOf(ada.account).call()[3]:
            deployed.anvil.forward(7 * DAY)
            deployed.send(f.close(99))
            was = f.balanceOf(ada.account).call()
            deployed.send(f.releasePowerDown(ada.account))
            parts.append((f.balanceOf(ada.account).call() - was) // WEI)
        assert len(parts) == weeks and sum(parts) == vests, parts
        assert f.balanceOf(ada.account).call() == liquid + vests * WEI
    # Replaced half way: what was due is paid, the rest waits again.
    now = own(deployed, ada)
    assert deployed.skipped(deployed.relay(ada.power_down(1300))) == {}
    deployed.anvil.forward(3 * 7 * DAY)
    deployed.send(f.close(99))
    assert deployed.skipped(deployed.relay(ada.power_down(1300), ada.power_down(1300))) == {}
    assert own(deployed, ada) == now - 300
    assert f.awayOf(ada.account).call()[3] == 1300
    assert hot(deployed, ada).effective == own(deployed, ada) - 1300
    assert before - own(deployed, ada) == f.balanceOf(ada.account).call() // WEI


def test_dust_of_delegations(deployed: Chain):
    """Else mana is made of the quarters that each small delegation rounds, lent and taken back many times over."""
    ada, bob, cleo = join(deployed, "ada", "bob", "cleo")
    stake(deployed, ada, ETHER)
    deployed.anvil.forward(5 * DAY)
    f = deployed.core.functions
    people = (ada, bob, cleo)

    def all_mana() -> tuple[int, int]:
        each = [f.manaOf(p.account).call() for p in people]
        return sum(m for m, _ in each), sum(d for _, d in each)

    def all_effective() -> int:
        return sum(hot(deployed, p).effective for p in people)

    bar = VESTS
    assert all_mana() == (bar, bar // 4)
    for vests in range(1, 22):
        lent = ada.delegate((bob, cleo)[vests % 2].account, vests)
        assert deployed.skipped(deployed.relay(lent)) == {}
        away = f.awayOf(ada.account).call()
        mana, down = all_mana()
        assert mana <= all_effective() == bar - away[1] and down <= all_effective() // 4
    back = [ada.delegate(p.account, 0) for p in (bob, cleo)]
    assert deployed.skipped(deployed.relay(*back)) == {}
    returning = f.awayOf(ada.account).call()[1]
    assert returning > 20 and all_effective() == bar - returning
    deployed.anvil.forward(5 * DAY)
    deployed.send(f.completeReturn(ada.account))
    mana, down = all_mana()
    assert mana == all_effective() == bar and down <= bar // 4
    assert f.manaOf(bob.account).call() == f.manaOf(cleo.account).call() == [0, 0]


def test_mana_of_an_account_that_others_touch_each_second(deployed: Chain):
    """Else dust, lent to an account each second, rounds away what it regenerates in between."""
    ada, victim, control = join(deployed, "ada", "victim", "control")
    for person in (ada, victim, control):
        stake(deployed, person, 10 * ETHER)
    deployed.anvil.forward(5 * DAY)
    deployed.relay(ada.post(b"\x01" * 32))
    post = ada.post_id(b"\x01" * 32)
    votes = [p.vote(post, 10_000) for p in (victim, control)]
    assert deployed.skipped(deployed.relay(*votes)) == {}
    for n in range(40):
        vests = 1 + n % 2
        assert deployed.skipped(deployed.relay(ada.delegate(victim.account, vests))) == {}
    f = deployed.core.functions
    touched, alone = (f.manaOf(p.account).call()[0] for p in (victim, control))
    assert alone - touched <= 40  # a micro-vest for each


@pytest.fixture
def crowd(paying: Chain) -> tuple[Actor, Actor, list[Actor]]:
    """An author; a voter with 1,000 LRL, and twenty who share as much; all bars are full."""
    author, whale, *minnows = join(paying, "author", "whale", *(f"minnow{n}" for n in range(20)))
    stake(paying, whale, 1000 * ETHER)
    for minnow in minnows:
        stake(paying, minnow, 50 * ETHER)
    paying.anvil.forward(5 * DAY)
    return author, whale, minnows


def test_dust_of_votes(paying: Chain, crowd):
    """Else one stake, split over many accounts or into many votes, weighs and earns more than it does whole."""
    author, whale, minnows = crowd
    f = paying.core.functions
    digests = [bytes([n, 3]) * 16 for n in range(52)]
    assert paying.skipped(paying.relay(*map(author.post, digests))) == {}
    one, two, *many = map(author.post_id, digests)
    votes = [m.vote(two, 10_000) for m in minnows]
    assert paying.skipped(paying.relay(whale.vote(one, 10_000), *votes)) == {}
    large, small = (post_slot(f.postState(p).call()).net_rshares for p in (one, two))
    assert 0 < small <= large - 19 * 50_000_000

    # A hundredth of a vote, a hundred times over.
    spent = hot(paying, minnows[0]).mana
    dust = minnows[0].votes(dict.fromkeys(many[:50], 1))
    assert paying.skipped(paying.relay(dust)) == {}
    assert all(vote_slot(f.voteState(p, minnows[0].account).call()).rshares == 0 for p in many[:50])
    assert hot(paying, minnows[0]).mana < spent + 50 * VESTS // 5  # it was not for nothing
    parts = whale.votes(dict.fromkeys(many[:50], 200))
    assert paying.skipped(paying.relay(parts)) == {}
    rshares = [vote_slot(f.voteState(p, whale.account).call()).rshares for p in many[:50]]
    assert 0 < sum(rshares) < large

    paying.anvil.forward(9 * DAY)
    paying.send(f.close(99))
    paying.send(f.settle([one, two]))
    paying.send(f.claimOfPost(one, [whale.account]))
    paying.send(f.claimOfPost(two, [m.account for m in minnows]))
    whales = own(paying, whale) - 1000 * VESTS
    minnows_ = sum(own(paying, m) for m in minnows) - 1000 * VESTS
    assert 0 < minnows_ < whales


def test_dust_of_payouts(paying: Chain, crowd):
    """Else what each part of a payout rounds is minted on top: never more than the day pays, in all."""
    author, whale, minnows = crowd
    f = paying.core.functions
    choose = random.Random(5)
    accounts = sorted(m.account for m in minnows[:8])
    posts = []
    for n in range(12):
        digest = bytes([n + 1]) * 32
        shares = {a: choose.choice([1, 3, 333, 1111]) for a in accounts[: choose.randrange(9)]}
        made = author.post_with_options(
            digest,
            shares,
            liquidBps=choose.choice([0, 1, 3333, 5000]),
            maxAcceptedPayout=choose.choice([2**96 - 1, 2**96 - 1, 7 * ETHER // 3, 1]),
            allowCurationRewards=choose.random() < 0.8,
        )
        post = author.post_id(digest)
        voters = choose.sample([whale, *minnows], 7)
        votes = [v.vote(post, choose.choice([37, 1009, 9973])) for v in voters]
        assert paying.skipped(paying.relay(made, *votes)) == {}
        posts.append((post, voters))
    genesis = paying.token.functions.totalSupply().call()
    people = [author, whale, *minnows]
    day = (paying.anvil.now() + 7 * DAY) // DAY
    paying.anvil.forward((day + 1) * DAY - paying.anvil.now())
    paying.send(f.close(99))
    after_close = paying.token.functions.totalSupply().call()
    assert after_close > genesis
    before = owed(paying, *people)
    pool = f.poolState().call()[0]
    paying.send(f.settle([p for p, _ in posts]))
    paid = f.dayState(day).call()[1]
    assert paid > ETHER
    for post, voters in posts:
        curation = post_slot_curation(f.postState(post).call())
        sums = [own(paying, v) for v in voters]
        paying.send(f.claimOfPost(post, [v.account for v in voters]))
        claimed = sum(own(paying, v) for v in voters) - sum(sums)
        assert curation - len(voters) <= claimed <= curation
    minted = paying.token.functions.totalSupply().call() - after_close
    returned = f.poolState().call()[0] - pool
    assert minted == owed(paying, *people) - before
    dust = paid - minted - returned
    assert 0 <= dust < 12 * 30 * WEI, dust
    assert held(paying) >= owed(paying, *people)


def post_slot_curation(word: int) -> int:
    return word >> 168 & (2**64 - 1)


def test_dust_of_stakers_rewards(deployed: Chain):
    """Else who claims each day, or touches his stake each day, gets more of the emission than who claims once."""
    often, once, third = join(deployed, "often", "once", "third")
    f = deployed.core.functions
    for person, wei in ((often, 7), (once, 7), (third, 3)):
        stake(deployed, person, wei * ETHER)
    balance(deployed, often, ETHER)
    supply = deployed.token.functions.totalSupply().call()
    claimed = 0
    for _ in range(30):
        deployed.anvil.forward(DAY)
        deployed.send(f.close(9))
        claimed += f.stakeRewardOf(often.account).call()
        deployed.send(f.claimStakeReward(often.account))
    deployed.send(f.claimStakeReward(once.account))
    deployed.send(f.claimStakeReward(third.account))
    got = {p.handle: f.balanceOf(p.account).call() for p in (often, once, third)}
    assert got["often"] == ETHER + claimed
    assert 0 <= got["once"] - claimed <= 30 * WEI
    assert abs(got["third"] - got["once"] * 3 // 7) <= 30 * WEI
    minted = deployed.token.functions.totalSupply().call() - supply
    treasury = deployed.token.functions.balanceOf(DEV).call()
    assert treasury > 0 and minted > sum(got.values()) - ETHER
    assert held(deployed) >= owed(deployed, often, once, third)
    assert held(deployed) - owed(deployed, often, once, third) < 100 * WEI
