"""When things happen in a replay, and how its figures are worked out: without a chain."""

import gzip
import json
import random
from pathlib import Path
from typing import Any

import pytest

from backend.steem.correlation import ranks, spearman
from backend.steem.demo import NoFile, NoRoom, OtherFile, prepare
from backend.steem.plan import ORPHAN, TWICE, plan
from backend.steem.read import NotAnImport, read_posts
from backend.steem.timeline import BREATH, NEVER, TOO_LATE, timeline
from indexer.settings import Settings
from tests.backend.steem.test_plan import line, made

FIXTURE = Path(__file__).parent / "fixture.jsonl"
DAY = 86_400
NOON = 1_459_512_000  # 1 April 2016, 12:00


def vote(voter: str, time: str | None = None) -> dict[str, Any]:
    return {"voter": voter, "rshares": 10**9, "time": time}


def test_everybody_is_ready_before_they_are_needed() -> None:
    planned = plan(read_posts(FIXTURE))
    found = timeline(planned, DAY)
    times = [step.at for step in found.steps]
    assert times == sorted(set(times)) and times[0] > found.begin
    arrived: dict[str, int] = {}
    staked: dict[str, int] = {}
    for step in found.steps:
        arrived |= dict.fromkeys(step.accounts, step.at)
        staked |= dict.fromkeys(step.stakes, step.at)
        for piece in step.pieces:
            assert arrived[piece.author] < step.at == piece.created
        for piece, ballot in step.votes:
            assert arrived[ballot.voter] < staked[ballot.voter] <= step.at - 5 * DAY
            if ballot.time is None:
                assert piece.created <= step.at <= piece.created + 3600
            else:
                assert step.at == max(ballot.time, piece.created)
    assert set(arrived) == set(planned.handles) and set(staked) == set(planned.stakes)
    cast = sum(len(step.votes) for step in found.steps)
    assert cast + found.skipped["votes", TOO_LATE] == planned.votes


def test_each_midnight_closes_settles_and_pays() -> None:
    planned = plan(read_posts(FIXTURE))
    steps = {step.at: step for step in timeline(planned, DAY).steps}
    first, last = min(steps) // DAY, max(steps) // DAY
    assert [at for at, step in steps.items() if step.midnight] == [
        day * DAY + BREATH for day in range(first, last + 1)
    ]
    for piece in planned.pieces:
        payday = (piece.created // DAY + 8) * DAY + BREATH
        assert piece in steps[payday].settle
        (voters,) = [voters for p, voters in steps[payday + BREATH].claim if p == piece]
        assert set(voters) == {b.voter for b in piece.votes if not b.against}


def test_votes_keep_their_time_and_those_without_come_in_the_first_hour() -> None:
    votes = [vote(f"a{n:02}") for n in range(8)]
    votes += [vote("late", "2016-04-08T12:00:00"), vote("last", "2016-04-08T11:59:59")]
    found = timeline(plan([made(votes=votes)]), DAY)
    cast = [(step.at - NOON, b.voter) for step in found.steps for _, b in step.votes]
    quarters = [900, 900, 1800, 1800, 1800, 2700, 2700, 2700]
    assert cast == [(at, f"a{n:02}") for n, at in enumerate(quarters)] + [(7 * DAY - 1, "last")]
    assert found.skipped == {("votes", TOO_LATE): 1, ("accounts", NEVER): 1}


def test_votes_without_a_time_wait_for_a_block_that_is_there_anyway() -> None:
    pieces = [made(votes=[vote("elm")]), made(permlink="next", created="2016-04-01T12:47:11")]
    (at,) = [step.at for step in timeline(plan(pieces), DAY).steps if step.votes]
    assert at == NOON + 47 * 60 + 11


def test_an_answer_before_its_question_is_put_after_it(tmp_path: Path) -> None:
    answer = line(author="elm", permlink="re", parent_author="oak", parent_permlink="leaves")
    lines = [answer, line(created="2016-04-02T12:00:00"), line(parent_author="nobody")]
    file = tmp_path / "posts.jsonl"
    file.write_bytes(b"\n".join(lines))
    found = plan(read_posts(file))
    assert [piece.author for piece in found.pieces] == ["oak", "elm"]
    assert found.notes == ("Line 1 answers a later line: it is put after that.",)
    assert found.skipped == {("comments", TWICE): 1}
    posted = [(step.at, p.author) for step in timeline(found, DAY).steps for p in step.pieces]
    assert posted == [(NOON + DAY, "oak"), (NOON + DAY, "elm")]


def test_spearman() -> None:
    assert ranks([30, 10, 20, 20]) == [4, 1, 2.5, 2.5]
    assert spearman([1, 2, 3, 4, 5], [5, 6, 7, 8, 7]) == pytest.approx(0.8207826816681233)
    lot = random.Random(1)
    values = [lot.random() for _ in range(500)]
    assert spearman(values, [v**3 for v in values]) == pytest.approx(1)
    assert spearman(values, [-v for v in values]) == pytest.approx(-1)
    assert spearman([1, 1, 1], [1, 2, 3]) is None


def test_what_a_damaged_file_still_holds(tmp_path: Path) -> None:
    """Cut short in its packed data, or with half a line in the middle: the rest is taken, and the line named."""
    lines = FIXTURE.read_bytes().splitlines(keepends=True)
    torn = tmp_path / "torn.jsonl"
    torn.write_bytes(b"".join([*lines[:9], lines[9][:40] + b"\n", *lines[10:20]]))
    found = plan(read_posts(torn))
    assert found.notes[0].startswith("Line 10 is left out: it cannot be read as a post")
    whole = plan(read_posts(FIXTURE, 20)).pieces
    assert len(found.pieces) >= len(whole) - 1 - found.skipped["comments", ORPHAN]

    cut = tmp_path / "cut.gz"
    cut.write_bytes(gzip.compress(b"".join(lines[:30]))[:-2000])
    found = plan(read_posts(cut))
    assert found.pieces == plan(read_posts(FIXTURE, 30)).pieces[: len(found.pieces)] != ()
    assert "the file is damaged or cut short there" in found.notes[-1]


def test_what_there_is_to_say_before_a_replay(tmp_path: Path) -> None:
    settings = Settings.from_env({"LAUREL_HOME": str(tmp_path)})
    with pytest.raises(NoFile, match=r"FILE holds .* a line, as JSON.*fixture\.jsonl"):
        prepare(settings, None, 1)
    empty = tmp_path / "empty.jsonl"
    empty.write_text("\n")
    with pytest.raises(NotAnImport, match="holds no post"):
        prepare(settings, empty, 1)
    first = prepare(settings, FIXTURE, 1)
    assert first.settings.home == tmp_path / "steem"
    assert first.settings.database == f"sqlite:///{tmp_path / 'steem' / 'laurel.db'}"
    assert prepare(settings, None, 1).plan == first.plan  # of the file that it began with
    other = tmp_path / "other.jsonl"
    other.write_bytes(line())
    with pytest.raises(OtherFile, match="the replay of other posts"):
        prepare(settings, other, 1)
    assert json.loads((tmp_path / "steem" / "steem.json").read_text())["file"] == str(FIXTURE)


def test_a_disk_with_too_little_room_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.steem.demo.ACT_BYTES", 10**15)
    with pytest.raises(NoRoom, match="Make room, or set LAUREL_HOME"):
        prepare(Settings.from_env({"LAUREL_HOME": str(tmp_path)}), FIXTURE, 1)
