"""What the indexer's commands show: a bar on a terminal, lines of the log elsewhere."""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from indexer.follow import Report, State, Status

LINE_SECONDS = 2.0  # between lines while blocks are indexed
QUIET_SECONDS = 60.0  # between lines while nothing changes
WINDOW_SECONDS = 30.0  # over which rates are measured

log = logging.getLogger("laurel.index")


class Pace:
    """How fast indexing goes, over the last WINDOW_SECONDS of the clock `now`."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self.events = 0  # since the start
        self._now = now
        self._seen: deque[tuple[float, int, int]] = deque()  # time, block, events

    def add(self, status: Status) -> None:
        """Counts a step; a reorganisation begins the measurement anew."""
        if status.state is State.REORGANISED:
            self._seen.clear()
        if status.state not in (State.INDEXING, State.LIVE):
            return
        self.events += status.events
        now = self._now()
        self._seen.append((now, status.block, self.events))
        while self._seen[0][0] < now - WINDOW_SECONDS:
            self._seen.popleft()

    @property
    def events_per_second(self) -> float:
        return self._rate(2)

    def seconds_left(self, blocks: int) -> float | None:
        """Seconds that so many blocks will take; None while no rate is known."""
        rate = self._rate(1)
        return blocks / rate if rate > 0 else None

    def _rate(self, what: int) -> float:
        if len(self._seen) < 2:
            return 0.0
        first, last = self._seen[0], self._seen[-1]
        return (last[what] - first[what]) / max(last[0] - first[0], 0.001)


def fields(status: Status, pace: Pace) -> dict[str, Any]:
    """The fields of a log line, for programs. lag_seconds: of chain time; seconds_left: of wall-clock time
    (None: not known); events: since the start of the process."""
    indexing = status.state is State.INDEXING
    left = pace.seconds_left(status.lag_blocks) if indexing else None
    return {
        "state": status.state.value,
        "block": status.block,
        "head": status.head,
        "lag_blocks": status.lag_blocks,
        "lag_seconds": status.lag_seconds,
        "events": pace.events,
        "events_per_second": round(pace.events_per_second, 1),
        "seconds_left": None if left is None else round(left, 1),
        "reason": status.reason,
    }


def sentence(status: Status) -> str:
    """The sentence of a log line, for people."""
    match status.state:
        case State.WAITING:
            return f"Waiting. {status.reason}"
        case State.REORGANISED:
            return status.reason
        case State.LIVE:
            return f"Following the chain from block {status.block:,}."
        case State.INDEXING:
            return f"Indexing: block {status.block:,} of {status.head:,}."


def bar(console: Console) -> Progress:
    """A progress bar: description, done of total, the task's `note`, time left."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[note]}"),
        TimeRemainingColumn(),
        console=console,
    )


def blocks(number: int) -> str:
    """So many blocks, in words."""
    return f"{number:,} block{'' if number == 1 else 's'}"


@contextmanager
def shown(console: Console) -> Iterator[Report]:
    """A report function for the loop in follow.py, which shows what it is told."""
    if not console.is_terminal:
        yield lines()
        return
    with bar(console) as progress:
        task = progress.add_task("Starting", total=None, note="")
        yield _on_bar(progress, task)


def _on_bar(progress: Progress, task: TaskID) -> Report:
    pace = Pace()

    def report(status: Status) -> None:
        pace.add(status)
        if status.state is State.WAITING:
            progress.update(task, description=sentence(status), note="")
            return
        if status.state is State.REORGANISED:
            progress.console.print(sentence(status))
        live = status.state is State.LIVE
        rate = "" if live else f", {pace.events_per_second:,.0f}/s"
        progress.update(
            task,
            description="Following the chain" if live else "Indexing blocks",
            completed=status.block,
            total=status.head,
            note=f"{pace.events:,} events{rate}, {status.lag_seconds:,} s behind",
        )

    return report


def lines(now: Callable[[], float] = time.monotonic) -> Report:
    """A report function that logs each change, and a line every LINE_SECONDS (QUIET_SECONDS if not indexing)."""
    pace = Pace(now)
    told: tuple[State, str] | None = None
    last = 0.0
    known = Status(State.WAITING)

    def report(status: Status) -> None:
        nonlocal told, last, known
        pace.add(status)
        if status.state is State.WAITING:  # its blocks are all 0
            status = replace(known, state=State.WAITING, reason=status.reason)
        else:
            known = status
        news = status.state, status.reason
        wait = LINE_SECONDS if status.state is State.INDEXING else QUIET_SECONDS
        if news == told and now() - last < wait:
            return
        told, last = news, now()
        level = logging.WARNING if status.state is State.WAITING else logging.INFO
        log.log(level, sentence(status), extra=fields(status, pace))

    return report
