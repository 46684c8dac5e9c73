from datetime import UTC, datetime

from indexer.fold.ranking import hot, trending

CREATED = int(datetime(2017, 6, 20, 15, 53, 51, tzinfo=UTC).timestamp())


def test_steems_own_example() -> None:
    assert hot(2731865444, CREATED) == 149799.83955930467
    assert trending(2731865444, CREATED) == 6243.994921804685


def test_below_a_dust_of_rshares_only_time_counts() -> None:
    assert hot(0, 10_000) == hot(9_999_999, 10_000) == hot(-9_999_999, 10_000) == 1


def test_votes_against_rank_lower() -> None:
    assert hot(-(10**9), 0) == -2
    assert trending(10**9, 0) == 2
