"""Replays on a chain of their own: the same at every run, also of one that was killed; and `laurel up --demo steem`."""

import gzip
import signal
import time
import urllib.request
import warnings
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from backend.steem import record
from backend.steem.invariants import invariants
from backend.steem.plan import plan
from backend.steem.read import read_posts
from backend.steem.timeline import timeline
from indexer.chain.rpc import Rpc
from indexer.mirror.database import connect
from indexer.settings import ROOT
from tests.backend.operator.up.node import PATIENCE, Node
from tests.backend.steem.stage import Killed, demo_of, mirrored, perform, stage
from tests.backend.steem.test_plan import line
from tests.chain import Chain
from tests.conftest import PROFILE

FIXTURE = Path(__file__).parent / "fixture.jsonl"
REAL = ROOT.parent / "shared" / "data" / "steem-2016.jsonl.gz"
LINES = 60 if PROFILE == "long" else 14


@pytest.fixture
def part(tmp_path: Path) -> Path:
    """The first lines of the fixture, with one vote after the payout."""
    lines = FIXTURE.read_bytes().splitlines(keepends=True)[:LINES]
    path = tmp_path / "part.jsonl"
    path.write_bytes(b"".join(lines))
    return path


def seen(chain: Chain, demo: Any) -> dict[str, Any]:
    """Everything that a replay leaves: each row of the mirror, the views that agree with them, the last block."""
    with mirrored(chain, demo) as mirror, closing(Rpc(chain.url)) as rpc:
        assert mirror.verify().same
        for found in invariants(mirror.engine, rpc, chain.deployment):
            assert found.holds, found
        engine = connect(demo.settings.database)
        counts, _ = record.totals(engine)
        engine.dispose()
        latest = chain.anvil.rpc("eth_getBlockByNumber", "latest", False)
        return mirror.dump() | {"counts": counts.as_json(), "latest": latest}


def killing(after: int) -> Any:
    """A check that kills its process at the step of that number."""
    steps = iter(range(after))

    def check() -> None:
        if next(steps, None) is None:
            raise Killed

    return check


def test_the_same_to_the_last_unit_at_every_run(part: Path, tmp_path: Path) -> None:
    """Also when it is killed half-way, once alone, once with its chain, which then has lost its last blocks."""
    demo = demo_of(part, tmp_path / "one")
    with stage(demo) as chain:
        perform(demo)
        first = seen(chain, demo)
        perform(demo)  # again: there is nothing to do
        assert seen(chain, demo) == first
    planned, steps = plan(read_posts(part)), timeline(plan(read_posts(part)), 86_400)
    made = first["counts"]["made"]
    assert made["posts"] + made["comments"] == len(planned.pieces) == len(first["posts"])
    assert made["votes"] == planned.votes - steps.skipped["votes", "cast after the payout"]
    assert made["votes"] == len(first["votes"]) > 80
    assert made["claims"] == sum(vote["claimed"] for vote in first["votes"]) > 50
    assert made["days"] == len(first["days"]) == sum(step.midnight for step in steps.steps)
    assert all(post["settled"] for post in first["posts"] if post["net_rshares"] > 0)
    assert first["counts"]["skipped"] == []
    for piece, post in zip(
        planned.pieces, sorted(first["posts"], key=lambda p: p["seq"]), strict=True
    ):
        assert post["created_at"] == piece.created

    again = demo_of(part, tmp_path / "two")
    third = len(steps.steps) // 3
    with stage(again), pytest.raises(Killed):
        perform(again, killing(third))
    with stage(again, signal.SIGKILL), pytest.raises(Killed):
        perform(again, killing(third))
    with stage(again) as chain:
        perform(again)
        assert seen(chain, again) == first


def test_the_command_killed_and_started_again(tmp_path: Path, part: Path) -> None:
    base = tmp_path / "home"
    first = Node(base, options=("--demo", "steem", str(part)), folder="steem")
    database = f"sqlite:///{first.home / 'laurel.db'}"
    first.up("Faucet and samples")
    _until(lambda: _steps(database) > 0)
    first.stop(signal.SIGKILL)
    first.wait_until_gone()

    other = Node(base, options=("--demo", "steem", str(tmp_path / "other.jsonl")), folder="steem")
    (tmp_path / "other.jsonl").write_bytes(line())
    with pytest.raises(AssertionError, match="the replay of other posts"):
        other.up()

    node = Node(base, options=("--demo", "steem"), folder="steem")
    node.up()  # of the file that it was begun with
    try:
        said = node.output
        assert "Half a year of Steem, replayed" in said
        assert " 0 different." in said and "BROKEN" not in said
        assert said.count("Holds: ") == 6
        assert f"http://127.0.0.1:{node.port}/steem" in said
        page = urllib.request.urlopen(f"http://127.0.0.1:{node.port}/steem", timeout=20)
        assert page.status == 200
        engine = connect(database)
        with engine.connect() as connection:
            (run,) = connection.exec_driver_sql("select verified, gas, spearman from steem_runs")
        engine.dispose()
        assert run[0] == 1 and run[1] > 10**7 and run[2] > 0.95
    finally:
        node.stop()


def test_half_a_year(tmp_path: Path) -> None:
    """All of it takes most of an hour, so only the long run does it; the short one the first real posts."""
    if not REAL.exists():
        warnings.warn(f"{REAL} is absent: nothing of it was replayed.", stacklevel=1)
        return
    file = REAL
    if PROFILE != "long":
        file = tmp_path / "first.jsonl"
        file.write_bytes(b"".join(_first_lines(20)))
    demo = demo_of(file, tmp_path / "home")
    with stage(demo) as chain:
        perform(demo)
        found = seen(chain, demo)
    made = found["counts"]["made"]
    assert found["counts"]["skipped"] == []
    pieces = made["posts"] + made["comments"]
    assert (pieces, made["votes"]) == ((2067, 104_019) if PROFILE == "long" else (20, 95))


def _first_lines(number: int) -> Iterator[bytes]:
    with gzip.open(REAL) as lines:
        yield from islice(lines, number)


def _steps(database: str) -> int:
    engine = connect(database)
    try:
        return len(record.recorded(engine))
    except Exception:  # not made yet
        return 0
    finally:
        engine.dispose()


def _until(holds: Any) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)
