"""Payouts shown are those that the contracts' rules give, which indexer.rewards holds."""

from backend.posts.payout import Payout, Pool, closed, estimate, pool_of, worth
from indexer.rewards import ETHER, LEAST_PAYOUT, emission_down

PARAMETERS: dict[str, int | str] = {
    "genesisSupply": str(100_000_000 * ETHER),
    "seed": 10**12,
    "curveConstant": 0,
}
BUDGET = emission_down(100_000_000 * ETHER, 0) * 65 // 100
POOL = Pool(wei=1000 * ETHER, recent=9 * 10**11, curve=0)


def test_before_any_day_closed_the_pool_is_one_days_budget():
    assert pool_of(PARAMETERS, None) == Pool(BUDGET, 10**12, 0)


def test_the_pool_grows_by_a_budget_up_to_thirty_and_recent_claims_fade_to_the_seed():
    assert pool_of(PARAMETERS, (5 * ETHER, 15 * 10**12)) == Pool(5 * ETHER + BUDGET, 14 * 10**12, 0)
    assert pool_of(PARAMETERS, (31 * BUDGET, 10**12)) == Pool(30 * BUDGET, 10**12, 0)


def test_an_estimate_is_the_posts_share_of_pool_by_claims():
    payout = estimate(net=10**11, weight=1, claims=10**11, pool=POOL)
    # 1000 LRL * 10^11 / (9 * 10^11 + 10^11) = 100 LRL: 50 to voters, 25 liquid, 25 in power
    assert payout == Payout("pending", 25 * ETHER, 25 * 10**9, 50 * ETHER)
    assert (payout.author, payout.total) == (50 * ETHER, 100 * ETHER)


def test_claims_that_came_in_since_the_sum_was_made_do_not_raise_the_share_above_all():
    assert estimate(10**11, 1, 0, POOL).total == 100 * ETHER


def test_a_post_below_zero_or_below_the_least_payout_earns_nothing():
    assert estimate(-(10**11), 0, 10**11, POOL).total == 0
    dust = POOL.recent * (LEAST_PAYOUT - 10**9) // POOL.wei
    assert estimate(dust, 1, dust, POOL).total == 0


def test_without_a_vote_of_weight_nothing_is_set_aside_for_voters():
    assert estimate(10**11, 0, 10**11, POOL).curation == 0


def test_a_closed_day_pays_exactly():
    payout = closed(net=3 * 10**10, weight=5, claims=12 * 10**10, paid=40 * ETHER, curve=0)
    assert payout == Payout("closed", 5 * ETHER // 2, 25 * 10**8, 5 * ETHER)
    assert closed(0, 0, 0, 0, 0).total == 0


def test_what_one_more_rshare_brings():
    assert worth(10**11, POOL) == 1000 * ETHER / 10**12
