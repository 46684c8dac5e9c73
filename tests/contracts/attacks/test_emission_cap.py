"""A chain whose DAY is a minute, run until the emission has ended: its micro-vests must fit 64 bits on the way."""

import os
from dataclasses import dataclass, replace
from pathlib import Path

from backend.deployment.deploy import Parameters
from indexer.protocol.packed import account_slot, post_slot, vote_slot
from indexer.rewards import SUPPLY_CAP, emission_down
from tests.actors import Actor, join, stake
from tests.chain import DEV, Anvil, Chain, deployed_on
from tests.contracts.attacks.direct import refused_by

LONG = bool(os.environ.get("LAUREL_LONG"))
DAY = 60
ETHER = 10**18
GENESIS = 10**9 * ETHER
SEED = 10**12
WEI = 10**9  # in a micro-vest
STEP = 3_000  # days in one call
RESERVE_SLOT = 13  # contracts/README.md
MARGIN = 60  # days: the node's clock runs on beside the test, which does not take an hour


@dataclass(frozen=True)
class Reserve:
    """As `poolState`."""

    pool: int
    recent: int
    next_day: int
    index: int
    total: int
    virtual: int

    @classmethod
    def of(cls, chain: Chain) -> "Reserve":
        return cls(*chain.core.functions.poolState().call())


def silent(reserve: Reserve, genesis_day: int, until: int) -> tuple[Reserve, int, int]:
    """The reserve when all days before `until` have closed, none with claims, and the wei minted on the way to
    the treasury and to the core."""
    r, treasury, core = reserve, 0, 0
    pool, recent, index, virtual = r.pool, r.recent, r.index, r.virtual
    for day in range(r.next_day, until):
        emission = emission_down(virtual, day - genesis_day)
        vests = emission * 15 // 100 // WEI
        budget = emission * 65 // 100
        index += (vests << 64) // r.total
        pool, recent = min(pool + budget, 30 * budget), max(recent * 14 // 15, SEED)
        virtual += emission
        treasury, core = treasury + emission * 20 // 100, core + vests * WEI
    return Reserve(pool, recent, until, index, r.total, virtual), treasury, core


def close_until(chain: Chain, genesis_day: int, until: int) -> None:
    """Closes all days before `until`. The quick run writes what that comes to into the core's storage, which takes
    no minute; the long one closes them, and finds the same."""
    reserve, treasury, core = silent(Reserve.of(chain), genesis_day, until)
    supply = chain.token.functions.totalSupply().call()
    chain.anvil.forward(until * DAY - chain.anvil.now())
    if LONG:
        gas = []
        while (next_day := Reserve.of(chain).next_day) < until:
            days = min(STEP, until - next_day)
            gas.append(chain.send(chain.core.functions.close(days), gas=29_000_000)["gasUsed"])
        print(f"closing {STEP:,} days: {max(gas):,} gas")
    else:
        r = reserve
        words = [r.pool | r.recent << 96 | r.next_day << 224, r.index | r.total << 128, r.virtual]
        for i, word in enumerate(words):
            slot, value = hex(RESERVE_SLOT + i), "0x" + word.to_bytes(32).hex()
            chain.anvil.rpc("anvil_setStorageAt", chain.core.address, slot, value)
        chain.impersonate(chain.core.address)
        for to, amount in ((DEV, treasury), (chain.core.address, core)):
            chain.send(chain.token.functions.mint(to, amount), chain.core.address)
    assert Reserve.of(chain) == reserve
    assert chain.token.functions.totalSupply().call() == supply + treasury + core


def life(chain: Chain, ada: Actor, bob: Actor, n: int) -> int:
    """Bob's post, the largest votes of Ada on it, and its payout, in wei."""
    f = chain.core.functions
    assert chain.skipped(chain.relay(bob.post(bytes([n]) * 32))) == {}
    post = bob.post_id(bytes([n]) * 32)
    for bps in (10_000, -10_000, 10_000):
        assert chain.skipped(chain.relay(ada.vote(post, bps))) == {}
        chain.anvil.forward(1)
    effective = account_slot(f.accountState(ada.account).call()).effective
    cast = vote_slot(f.voteState(post, ada.account).call())
    assert cast.rshares == cast.weight == -(-effective // 50) - 50_000_000
    assert post_slot(f.postState(post).call()).net_rshares == cast.rshares
    chain.anvil.forward(8 * DAY)
    chain.send(f.close(20))
    chain.send(f.settle([post]))
    chain.send(f.claimOfPost(post, [ada.account]))
    return f.payoutOf(post).call()


def test_day_of_a_minute_run_past_the_emission_cap(anvil: Anvil, tmp_path: Path):
    """Else, on a chain with short days, stake overflows its 64 bits within weeks, or closing stops at the cap,
    and with it every payout: here more than a third of all that there ever is becomes one account's stake."""
    parameters = Parameters(day=DAY, seed=SEED, genesis_supply=GENESIS)
    chain = deployed_on(anvil, tmp_path, parameters)
    f, token = chain.core.functions, chain.token.functions
    start = Reserve.of(chain)
    supply, days = GENESIS, 0
    while emission := emission_down(supply, days):
        supply, days = supply + emission, days + 1
    print(f"{days:,} days have emission")
    assert supply == SUPPLY_CAP

    ada, bob = join(chain, "ada", "bob")
    stake(chain, ada, GENESIS)
    anvil.forward(5 * DAY)
    assert life(chain, ada, bob, 1) > ETHER
    owned = f.stakeState(ada.account).call() & (2**64 - 1)

    end = start.next_day + days
    close_until(chain, start.next_day, end - MARGIN)
    before = Reserve.of(chain)
    assert before.virtual < SUPPLY_CAP and before.pool > 0
    # Over the edge, and on.
    anvil.forward(2 * MARGIN * DAY)
    chain.send(f.close(999))
    last = Reserve.of(chain)
    assert last.next_day > end and last.virtual == SUPPLY_CAP and last.index > before.index
    assert last.pool == 0
    minted = token.totalSupply().call()
    assert minted <= SUPPLY_CAP
    anvil.forward(30 * DAY)
    chain.send(f.close(999))
    later = Reserve.of(chain)
    assert later == replace(last, next_day=later.next_day) and later.next_day > last.next_day
    assert token.totalSupply().call() == minted

    # The stakers' and the treasury's parts of all time become stake too.
    earned = f.stakeRewardOf(ada.account).call()
    stakers = (SUPPLY_CAP - GENESIS) * 15 // 100
    assert stakers * 98 // 100 < earned <= stakers
    chain.send(f.claimStakeReward(ada.account))
    assert refused_by(chain, f.claimStakeReward(ada.account)) == "NothingDue"
    treasury = token.balanceOf(DEV).call()
    assert (SUPPLY_CAP - GENESIS) // 5 - treasury in range(days + 1)
    stake(chain, ada, treasury)
    assert chain.skipped(chain.relay(ada.power_up(ada.account, earned))) == {}
    own = f.stakeState(ada.account).call() & (2**64 - 1)
    assert own == owned + treasury // WEI + earned // WEI > 5 * GENESIS // WEI

    # Votes of that stake, its delegation and its power down are still in order; there is nothing to pay.
    anvil.forward(5 * DAY)
    assert life(chain, ada, bob, 2) == 0
    anvil.forward(5 * DAY)
    receipt = chain.relay(ada.delegate(bob.account, own // 2), ada.power_down(own - own // 2))
    assert chain.skipped(receipt) == {}
    assert account_slot(f.accountState(bob.account).call()).effective >= own // 2
    anvil.forward(14 * 7 * DAY)
    chain.send(f.close(999))
    chain.send(f.releasePowerDown(ada.account))
    assert f.balanceOf(ada.account).call() // WEI == own - own // 2
    owed = f.balanceOf(ada.account).call() + Reserve.of(chain).total * WEI
    assert token.balanceOf(chain.core.address).call() >= owed
