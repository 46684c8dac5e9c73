"""The formulas in Python, on numbers from outside."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import rewards
from tests.rules.state import Refused, Voter

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "rewards.json").read_text())
DAY = 86_400
VESTS = st.integers(0, 2**63)


@pytest.mark.parametrize("v", VECTORS["votes"])
def test_votes(v):
    used = rewards.used_up(v["effective"], v["bps"])
    assert used == v["used"]
    assert rewards.rshares_down(used, v["left"], DAY) == v["rshares"]


@pytest.mark.parametrize(("rshares", "claim"), VECTORS["curve"]["pairs"])
def test_convergent_linear(rshares, claim):
    assert rewards.claim_down(rshares, VECTORS["curve"]["s"]) == claim


@given(VESTS)
def test_without_the_constant_the_curve_is_linear(rshares):
    assert rewards.claim_down(rshares, 0) == rshares
    assert rewards.claim_down(-rshares, 0) == 0


@pytest.mark.parametrize("v", VECTORS["curation"])
def test_curation_shares(v):
    weights = [rewards.weight_down(8_000, days * DAY, DAY) for days in v["ages"]]
    shares = [rewards.curation_vests_down(v["part"], w, sum(weights)) for w in weights]
    assert shares == v["shares"]


def test_a_crowd_of_early_mid_and_late_voters():
    v = VECTORS["ratio"]
    weights = [rewards.weight_down(8_000, days * DAY, DAY) for days in v["ages"]]
    assert [w // weights[-1] for w in weights] == v["shares"]


def test_on_the_straight_curve_payouts_are_as_votes():
    v = VECTORS["linear"]
    claims = [rewards.claim_down(votes * 19_950_000_000, v["s"]) for votes in v["votes"]]
    paid = 76 * rewards.ETHER
    payouts = [rewards.payout_down(paid, claim, sum(claims)) for claim in claims]
    assert payouts == [n * rewards.ETHER for n in v["payouts"]]


@pytest.mark.parametrize(
    ("bar", "votes"), list(zip((10**12 + 1, 10**12), VECTORS["full_bar"]["votes"], strict=True))
)
def test_forty_nine_or_fifty_full_votes_from_a_full_bar_then_refusal(bar, votes):
    voter = Voter(effective=bar, mana=bar)
    used = rewards.used_up(bar, VECTORS["full_bar"]["bps"])
    for _ in range(votes):
        voter = voter.spend(used, against=False)
    with pytest.raises(Refused, match="NotEnoughMana"):
        voter.spend(used, against=False)


def test_a_payout_below_two_hundredths_is_nothing():
    least = rewards.LEAST_PAYOUT
    assert rewards.payout_down(least, 1, 1) == least
    assert rewards.payout_down(least - 1, 1, 1) == 0


@given(VESTS, st.integers(1, 2**63), st.integers(1, 2**63))
def test_stakers_together_earn_no_more_than_their_part(part, mine, others):
    step = rewards.index_step_down(part, mine + others)
    assert rewards.accrued_down(mine, step) + rewards.accrued_down(others, step) <= part


@given(VESTS)
def test_thirteen_parts_are_enough_and_none_is_empty(vests):
    part = rewards.part_up(vests)
    assert 13 * part >= vests
    assert 13 * (part - 1) < vests or vests == 0 == part


@given(VESTS, VESTS, st.integers(0, 10 * DAY), st.integers(0, 10 * DAY))
def test_mana_never_exceeds_the_full_bar_and_waiting_twice_is_no_better_than_once(
    full, mana, first, second
):
    mana = min(mana, full)
    once = rewards.mana_down(mana, full, first + second, DAY)
    between = rewards.mana_down(mana, full, first, DAY)
    twice = rewards.mana_down(between, full, second, DAY)
    assert mana <= twice <= once <= full


@given(VESTS, st.integers(1, 10_000))
def test_a_vote_spends_a_fiftieth_rounded_up(effective, bps):
    used = rewards.used_up(effective, bps)
    assert used * 500_000 >= effective * bps > (used - 1) * 500_000 or used == 0 == effective


def test_emission_falls_to_a_tenth_over_twenty_years_and_ends_at_the_cap():
    supply = 10**9 * rewards.ETHER
    assert rewards.emission_down(supply, 0) * 365 == pytest.approx(supply * 0.095, rel=1e-12)
    assert rewards.emission_down(supply, 7300) * 365 == pytest.approx(supply * 0.0095, rel=1e-12)
    assert rewards.emission_down(supply, 9999) == rewards.emission_down(supply, 7300)
    assert rewards.emission_down(rewards.SUPPLY_CAP, 0) == 0
    assert rewards.emission_down(rewards.SUPPLY_CAP - 5, 0) == 5
