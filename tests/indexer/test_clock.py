"""The wall's clock is set forward and back while content is asked for."""

from itertools import islice
from pathlib import Path

import pytest

from indexer.fetching.fetch import LONGEST_WAIT_SECONDS
from indexer.fetching.worker import Fetcher
from tests.indexer.histories import WORDS
from tests.indexer.mirrors import mirror_of
from tests.indexer.replay import happenings, replaying

HOUR = 3600.0


@pytest.mark.parametrize("jump", [HOUR, -HOUR, 1e8, -1e8])
def test_content_is_asked_for_whatever_the_clock_does(
    jump: float, tables: str, tmp_path: Path
) -> None:
    """What is missing is not put off by as much as the clock was wrong, nor held by a worker for so long."""
    clock = [1_700_000_000.0]
    with replaying() as chain, mirror_of(chain, tmp_path / "node", database=tables) as mirror:
        chain.extend(islice(happenings(4), 40))
        mirror.catch_up()
        fetcher = Fetcher(mirror.engine, mirror.content, now=lambda: clock[0])
        missing = len(mirror.rows("contents"))
        assert fetcher.fetch_due(60) == missing > 3
        assert fetcher.fetch_due(60) == 0  # all are put off
        clock[0] += jump
        assert fetcher.fetch_due(60) == missing
        clock[0] += LONGEST_WAIT_SECONDS + 60
        assert fetcher.fetch_due(60) == missing
        mirror.content.put_many(WORDS)
        fetcher.sweep()
        assert all(row["state"] != "missing" for row in mirror.rows("contents"))
