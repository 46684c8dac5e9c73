"""Attacks on the days: staking into those gone by, closing late, out of order, or never."""

import pytest

from indexer.protocol.packed import account_slot, post_slot
from tests.actors import Actor, join, stake
from tests.chain import DEV, Chain
from tests.contracts.attacks.direct import refused_by

DAY = 86_400
ETHER = 10**18
VESTS = 10**9  # micro-vests in an LRL
DIGEST = b"\x01" * 32


def rewards(chain: Chain, *people: Actor) -> list[int]:
    f = chain.core.functions
    return [f.stakeRewardOf(p.account).call() for p in people]


def deposit(chain: Chain, who: Actor, wei: int) -> None:
    chain.send(chain.token.functions.approve(chain.core.address, wei))
    chain.send(chain.core.functions.deposit(who.account, wei))


def to_midnight(chain: Chain, seconds_after: int = 1) -> None:
    now = chain.anvil.now()
    chain.anvil.forward(DAY - now % DAY + seconds_after)


@pytest.mark.parametrize("way", ["power up", "power up for another", "settle", "claim"])
def test_staking_just_before_a_late_close(paying: Chain, way: str):
    """Else who stakes when days are over but open takes most of the emission of days without risk, from those
    who had stake in them: here three days', with a thousand times their stake."""
    ada, late, helper = join(paying, "ada", "late", "helper")
    f = paying.core.functions
    stake(paying, ada, 1000 * ETHER)
    for person in (late, helper):
        deposit(paying, person, 1_000_000 * ETHER)
    if way in ("settle", "claim"):
        # Late's stake comes from a post, or from a vote on one.
        paying.anvil.forward(5 * DAY)
        author, voter = (late, ada) if way == "settle" else (helper, late)
        stake(paying, late, 100 * ETHER)
        paying.anvil.forward(5 * DAY)
        assert paying.skipped(paying.relay(author.post(DIGEST))) == {}
        post = author.post_id(DIGEST)
        assert paying.skipped(paying.relay(voter.vote(post, 10_000))) == {}
        paying.anvil.forward(8 * DAY)
        paying.send(f.close(99))
        if way == "claim":
            paying.send(f.settle([post]))
    to_midnight(paying)
    paying.send(f.close(99))
    adas, lates = rewards(paying, ada, late)
    shares = [f.stakeState(p.account).call() & (2**64 - 1) for p in (ada, late)]

    paying.anvil.forward(3 * DAY)
    before = f.poolState().call()
    if way == "power up":
        assert paying.skipped(paying.relay(late.power_up(late.account, 10**6 * ETHER))) == {}
    elif way == "power up for another":
        assert paying.skipped(paying.relay(helper.power_up(late.account, 10**6 * ETHER))) == {}
    elif way == "settle":
        paying.send(f.settle([post]))
    else:
        paying.send(f.claimAsVoter(late.account, [post]))
    after = f.poolState().call()
    assert after[2] == before[2] + 3 and after[3] > before[3]
    own = f.stakeState(late.account).call() & (2**64 - 1)
    assert own > shares[1]
    # The three days were shared by the stake of before.
    for who, had, share in ((ada, adas, shares[0]), (late, lates, shares[1])):
        earned = (share * (after[3] - before[3]) >> 64) * VESTS
        assert abs(rewards(paying, who)[0] - had - earned) <= 2 * VESTS, way
    # And the next is by the stake of now.
    paying.anvil.forward(DAY)
    rest = rewards(paying, late)[0]
    paying.send(f.close(1))
    index = f.poolState().call()[3]
    assert abs(rewards(paying, late)[0] - rest - (own * (index - after[3]) >> 64) * VESTS) <= VESTS


def test_staking_when_many_days_are_open(deployed: Chain):
    """Else emission of the past is staked into where the contract closes no more by itself. The way out is open
    to everybody: `close`."""
    ada, late = join(deployed, "ada", "late")
    f = deployed.core.functions
    stake(deployed, ada, 1000 * ETHER)
    deposit(deployed, late, 10**6 * ETHER)
    deployed.impersonate(ada.owner.address)
    to_midnight(deployed)
    deployed.send(f.close(99))
    deployed.anvil.forward(9 * DAY)
    refused = deployed.skipped(
        deployed.relay(late.power_up(late.account, ETHER), ada.power_down(VESTS))
    )
    assert refused == dict.fromkeys(range(2), "CloseFirst")
    for call in (f.settle([]), f.claimAsVoter(1, []), f.claimOfPost(DIGEST, [])):
        assert refused_by(deployed, call) == "CloseFirst"
    # What does not change anybody's stake goes on.
    receipt = deployed.relay(
        ada.post(DIGEST),
        late.transfer(1, ETHER),
        late.withdraw(DEV, ETHER),
        ada.delegate(late.account, VESTS),
    )
    assert deployed.skipped(receipt) == {}
    receipt = deployed.send(f.close(1))
    assert receipt["gasUsed"] < 150_000
    assert deployed.skipped(deployed.relay(late.power_up(late.account, 10**5 * ETHER))) == {}
    assert rewards(deployed, late) == [0] and rewards(deployed, ada)[0] > 0


def test_unstaking_or_staking_for_a_moment_at_midnight(deployed: Chain):
    """Else stake that is bought for the second in which a day ends earns the day, and leaves. It stays for
    weeks: what powers down is paid in thirteen."""
    ada, fast = join(deployed, "ada", "fast")
    f = deployed.core.functions
    stake(deployed, ada, 1000 * ETHER)
    stake(deployed, fast, 1000 * ETHER)
    assert deployed.skipped(deployed.relay(fast.power_down(1000 * VESTS))) == {}
    to_midnight(deployed)
    assert refused_by(deployed, f.releasePowerDown(fast.account)) == "NothingDue"
    receipt = deployed.relay(fast.withdraw(DEV, 1), fast.transfer(1, 1), fast.power_up(1, VESTS))
    assert deployed.skipped(receipt) == dict.fromkeys(range(3), "NotEnoughBalance")
    deployed.anvil.forward(7 * DAY)
    deployed.send(f.releasePowerDown(fast.account))
    assert f.balanceOf(fast.account).call() == -(-1000 * VESTS // 13) * 10**9
    assert refused_by(deployed, f.releasePowerDown(fast.account)) == "NothingDue"


def scene_of_posts(chain: Chain) -> tuple[list[Actor], list[bytes]]:
    """Three posts, which cash out on three days, each with votes of two."""
    people = join(chain, "ada", "bob")
    for person in people:
        stake(chain, person, 1000 * ETHER)
    chain.anvil.forward(5 * DAY)
    posts = []
    for n in range(3):
        chain.relay(people[0].post(bytes([n + 1]) * 32))
        posts.append(people[0].post_id(bytes([n + 1]) * 32))
        receipt = chain.relay(*(p.vote(posts[-1], 10_000 - 3000 * n) for p in people))
        assert chain.skipped(receipt) == {}
        chain.anvil.forward(DAY)
    return people, posts


def test_closing_days_out_of_order(paying: Chain):
    """Else whoever closes chooses which posts share which pool. There is one order, and one outcome: day by
    day, all at once, late, or by the way."""
    people, posts = scene_of_posts(paying)
    f = paying.core.functions
    days = [(post_slot(f.postState(p).call()).created_at + 7 * DAY) // DAY for p in posts]
    assert days == list(range(days[0], days[0] + 3))
    paying.send(f.close(99))
    assert refused_by(paying, f.settle([posts[0]])) == "DayOpen"
    first_open = f.poolState().call()[2]
    paying.anvil.forward((days[0] + 1) * DAY - paying.anvil.now())
    paying.send(f.close(2**255))
    assert f.poolState().call()[2] == days[0] + 1 > first_open
    # The second and the third day are still running: nothing closes them, nor pays their posts.
    assert f.close(10).call() == 0
    for post in posts[1:]:
        assert refused_by(paying, f.settle([post])) == "DayOpen"
        assert refused_by(paying, f.payoutOf(post)) == "DayOpen"

    def outcome(close: list[int], wait: int, settle: list[list[int]]) -> list[object]:
        snapshot = paying.anvil.rpc("evm_snapshot")
        paying.anvil.forward(wait)
        for n in close:
            paying.send(f.close(n))
        for some in settle:
            paying.send(f.settle([posts[i] for i in some]))
        for post in posts:
            paying.send(f.claimOfPost(post, [p.account for p in people]))
        found = [f.payoutOf(p).call() for p in posts] + [
            f.dayState(d).call() for d in range(days[0], days[2] + 1)
        ]
        found += [account_slot(f.accountState(p.account).call()).effective for p in people]
        found += [f.balanceOf(p.account).call() for p in people]
        paying.anvil.rpc("evm_revert", snapshot)
        return found

    wait = 2 * DAY
    reference = outcome([1, 1], wait, [[0], [1], [2]])
    assert all(isinstance(n, int) and n > ETHER // 50 for n in reference[:3])
    assert outcome([2], wait, [[2, 1, 0]]) == reference
    assert outcome([0, 1, 0, 5], wait, [[1], [2, 2], [0, 1]]) == reference
    assert outcome([], wait, [[2], [1, 0]]) == reference  # settle closes by the way


def test_closing_late_pays_what_closing_in_time_pays(paying: Chain):
    """Else who profits from a smaller or larger pool delays the close."""
    people, posts = scene_of_posts(paying)
    f = paying.core.functions
    payouts = []
    for wait in (10 * DAY, 100 * DAY):
        snapshot = paying.anvil.rpc("evm_snapshot")
        paying.anvil.forward(wait)
        paying.send(f.close(999))
        paying.send(f.settle(posts))
        payouts.append([f.payoutOf(p).call() for p in posts])
        paying.anvil.rpc("evm_revert", snapshot)
    assert payouts[0] == payouts[1]


def test_a_year_without_anyone_closing_a_day(paying: Chain):
    """Else a silence makes closing dearer than a block has gas, and all stake stands still for ever."""
    people, posts = scene_of_posts(paying)
    f = paying.core.functions
    paying.anvil.forward(365 * DAY)
    # Who comes first after it may write and vote at once; to power up, somebody closes.
    (ada, _) = people
    assert (
        paying.skipped(paying.relay(ada.post(b"\x77" * 32), ada.vote(ada.post_id(b"\x77" * 32), 1)))
        == {}
    )
    assert paying.skipped(paying.relay(ada.power_down(VESTS))) == {0: "CloseFirst"}
    open_days = paying.anvil.now() // DAY - f.poolState().call()[2]
    assert open_days >= 365
    steps = []
    while f.close(1).call():
        n = f.close(40).call()
        steps.append((n, paying.send(f.close(40))["gasUsed"]))
    assert sum(n for n, _ in steps) == open_days
    each = max((gas - 21_000) / n for n, gas in steps[:-1])
    print(f"closing a silent day: {each:,.0f} gas; days and gas of each step: {steps}")
    assert each < 10_000
    assert max(gas for _, gas in steps) < 40 * 10_000 + 100_000
    # A block of 30 million gas would close years; and what was earned before the silence is all there.
    paying.send(f.settle(posts))
    assert all(f.payoutOf(p).call() > ETHER // 50 for p in posts)
    assert paying.skipped(paying.relay(ada.power_down(VESTS))) == {}


def test_days_with_claims_cost_little_more_to_close(paying: Chain):
    """Else somebody fills days with posts until closing them is too dear: a day costs the same with one or many."""
    ada, bob = join(paying, "ada", "bob")
    stake(paying, bob, 1000 * ETHER)
    paying.anvil.forward(5 * DAY)
    f = paying.core.functions
    costs = []
    for n in (0, 1, 30):
        digests = [bytes([n, i]) * 16 for i in range(n)]
        if n:
            paying.relay(*(ada.post(d) for d in digests))
            votes = bob.votes({ada.post_id(d): 3000 for d in digests})
            assert paying.skipped(paying.relay(votes)) == {}
        paying.anvil.forward(7 * DAY)
        paying.send(f.close(99))
        paying.anvil.forward(DAY)
        costs.append(paying.send(f.close(1))["gasUsed"])
    print(f"closing one day with 0, 1 and 30 posts: {costs} gas")
    assert costs[2] - costs[1] < 100 and costs[1] - costs[0] < 30_000
    assert f.dayState(f.poolState().call()[2] - 1).call()[1] > 0
