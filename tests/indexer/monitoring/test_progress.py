"""How the loop's reports become lines, a bar, and a judgement of health."""

import io
import logging
from typing import Any

import pytest
from rich.console import Console

from indexer.follow import State, Status
from indexer.monitoring.health import STALE_SECONDS, Watch
from indexer.monitoring.progress import LINE_SECONDS, QUIET_SECONDS, Pace, lines, shown


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def indexing(block: int, events: int = 0) -> Status:
    return Status(State.INDEXING, block, 1000, events, time=3 * block, head_time=3000)


def told(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [vars(record) for record in caplog.records]


def test_a_line_now_and_then_and_at_each_change(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "laurel")
    clock = Clock()
    report = lines(clock)
    for block in range(0, 500, 100):
        report(indexing(block, events=1000))
        clock.now += LINE_SECONDS / 2
    report(Status(State.WAITING, reason="No node."))
    report(Status(State.WAITING, reason="No node."))
    clock.now += QUIET_SECONDS + 1
    report(Status(State.WAITING, reason="No node."))
    report(Status(State.LIVE, 1000, 1000))
    clock.now += QUIET_SECONDS / 2
    report(Status(State.LIVE, 1001, 1001))
    report(Status(State.REORGANISED, 999, 1001, reason="It was reorganised.", undone=2))
    assert [(line["state"], line["block"]) for line in told(caplog)] == [
        *(("indexing", block) for block in (0, 200, 400)),
        *(("waiting", 400), ("waiting", 400), ("live", 1000), ("reorganised", 999)),
    ]
    third, waits = told(caplog)[2:4]
    assert third["message"] == "Indexing: block 400 of 1,000."
    assert (third["lag_blocks"], third["lag_seconds"]) == (600, 1800)
    # 100 blocks and 1,000 events a second
    assert (third["events"], third["events_per_second"], third["seconds_left"]) == (5000, 1000, 6)
    assert (waits["message"], waits["levelname"]) == ("Waiting. No node.", "WARNING")
    assert (waits["head"], waits["seconds_left"]) == (1000, None)


def test_the_pace_is_of_the_last_half_minute() -> None:
    clock = Clock()
    pace = Pace(clock)
    assert (pace.events_per_second, pace.seconds_left(100)) == (0, None)
    for second in range(60):
        clock.now = 1000.0 + second
        pace.add(indexing(second, events=2))
    assert (pace.events, pace.events_per_second, pace.seconds_left(100)) == (120, 2, 100)
    pace.add(Status(State.REORGANISED, 10, 1000))
    assert pace.seconds_left(100) is None


def test_a_bar_on_a_terminal() -> None:
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=160, force_interactive=True)
    with shown(console) as report:
        report(indexing(400, events=1234))
        report(Status(State.REORGANISED, 399, 1000, reason="It was reorganised."))
        report(Status(State.LIVE, 1000, 1000))
    said = screen.getvalue()
    assert "It was reorganised." in said
    assert "Following the chain" in said and "1000/1000" in said
    assert "1,234 events, 0 s behind" in said


def test_ready_only_near_the_head_and_only_while_it_gets_on() -> None:
    clock = Clock()
    watch = Watch(5, clock)
    assert watch.health().reason == "The indexer is starting."
    watch.report(Status(State.WAITING, reason="Another indexer writes."))
    assert watch.health().reason == "Another indexer writes."
    watch.report(indexing(994))
    assert watch.health().reason == "The mirror is 6 blocks behind (at most 5)."
    watch.report(indexing(995))
    assert watch.health().ready and watch.health().reason == ""
    clock.now += STALE_SECONDS
    assert watch.health().ready
    watch.report(Status(State.WAITING, reason="No node."))
    clock.now += 1
    assert (watch.health().ready, watch.health().reason) == (False, "No node.")
    watch.report(Status(State.LIVE, 1000, 1000))
    clock.now += STALE_SECONDS + 1
    assert watch.health().reason == "Nothing was done for 11 seconds."
