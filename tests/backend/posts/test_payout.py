"""Payouts shown are those that the contracts' rules give, which indexer.rewards holds."""

import pytest

from backend.posts.payout import OpenPool, Part, Payout, closed, estimate, pool_of, worth
from indexer.rewards import ETHER, LEAST_PAYOUT, NO_CAP, Options, emission_down
from tests.rules.ledger import Ledger

PARAMETERS: dict[str, int | str] = {
    "genesisSupply": str(100_000_000 * ETHER),
    "seed": 10**12,
    "curveConstant": 0,
}
DAY = 86_400
BUDGET = emission_down(100_000_000 * ETHER, 0) * 65 // 100
POOL = OpenPool(wei=1000 * ETHER, recent=9 * 10**11, curve=0)


def test_before_any_day_closed_the_pool_is_one_days_budget():
    assert pool_of(PARAMETERS, None) == OpenPool(BUDGET, 10**12, 0)


def test_the_pool_grows_by_a_budget_up_to_thirty_and_recent_claims_fade_to_the_seed():
    assert pool_of(PARAMETERS, (5 * ETHER, 15 * 10**12)) == OpenPool(
        5 * ETHER + BUDGET, 14 * 10**12, 0
    )
    assert pool_of(PARAMETERS, (31 * BUDGET, 10**12)) == OpenPool(30 * BUDGET, 10**12, 0)


def test_an_estimate_is_the_posts_share_of_pool_by_claims():
    payout = estimate(net=10**11, weight=1, claims=10**11, pool=POOL)
    # 1000 LRL * 10^11 / (9 * 10^11 + 10^11) = 100 LRL: 50 to voters, 25 liquid, 25 in power
    assert payout == Payout("pending", Part(25 * ETHER, 25 * 10**9), 50 * 10**9)
    assert (payout.author.wei, payout.total) == (50 * ETHER, 100 * ETHER)


def test_claims_that_came_in_since_the_sum_was_made_do_not_raise_the_share_above_all():
    assert estimate(10**11, 1, 0, POOL).total == 100 * ETHER


def test_a_post_below_zero_or_below_the_least_payout_earns_nothing():
    assert estimate(-(10**11), 0, 10**11, POOL).total == 0
    dust = POOL.recent * (LEAST_PAYOUT - 10**9) // POOL.wei
    assert estimate(dust, 1, dust, POOL).total == 0


def test_without_a_vote_of_weight_the_voters_part_returns_to_the_pool():
    payout = estimate(10**11, 0, 10**11, POOL)
    assert (payout.curation, payout.returned) == (0, 50 * ETHER)


@pytest.mark.parametrize(
    "options",
    [
        Options(),
        Options(max_accepted_payout=0),
        Options(max_accepted_payout=ETHER + 1, liquid_bps=0),
        Options(allow_curation_rewards=False, beneficiaries=((2, 3333),)),
        Options(7 * ETHER, 1234, True, True, ((2, 1), (3, 9999))),
        Options(NO_CAP, 4999, True, False, ((2, 500), (3, 9500))),
    ],
    ids=str,
)
def test_options_share_a_payout_as_the_rules_do(options: Options):
    ledger = Ledger(DAY, 0, 10**12, 10**8 * ETHER, 0)
    for _ in range(3):
        ledger.holdings.register(0)
    ledger.add_stake(3, 10**15, 0)
    now = 6 * DAY
    post, other = (1).to_bytes(5) + bytes(27), (1).to_bytes(5) + b"x" * 27
    ledger.pool.close(9, now)
    ledger.post(post, 1, now, options=options)
    ledger.post(other, 1, now)
    for each, bps in ((post, 10_000), (other, 7_777)):
        ledger.vote(3, each, bps, now, now)
    now += 8 * DAY
    ledger.pool.close(9, now)
    row, number = ledger.posts[post], ledger.cashout_day(ledger.posts[post])
    day = ledger.pool.days[number]
    payout = closed(row.net, row.weight, day.claims, day.paid, 0, options)
    before, pool = [ledger.holdings.account(n) for n in (1, 2, 3)], ledger.pool.wei
    ledger.settle([post], now)
    after = [ledger.holdings.account(n) for n in (1, 2, 3)]
    got = [
        Part(new.balance - old.balance, new.stake.own - old.stake.own)
        for old, new in zip(before, after, strict=True)
    ]
    assert day.paid > 10 * ETHER
    assert got == [payout.author, *(payout.others.get(n, Part()) for n in (2, 3))]
    assert payout.curation == ledger.posts[post].curation
    assert payout.returned == ledger.pool.wei - pool


def test_a_closed_day_pays_exactly():
    payout = closed(net=3 * 10**10, weight=5, claims=12 * 10**10, paid=40 * ETHER, curve=0)
    assert payout == Payout("closed", Part(5 * ETHER // 2, 25 * 10**8), 5 * 10**9)
    assert closed(0, 0, 0, 0, 0).total == 0


def test_what_one_more_rshare_brings():
    assert worth(10**11, POOL) == 1000 * ETHER / 10**12
