"""What the indexer's commands show: a bar on a terminal, plain lines elsewhere."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

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

LINE_SECONDS = 2.0  # between lines about blocks when there is no terminal


def bar(console: Console) -> Progress:
    """A progress bar: description, done of total, what else is to say, time left."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[note]}"),
        TimeRemainingColumn(),
        console=console,
    )


@contextmanager
def shown(console: Console) -> Iterator[Report]:
    """A report function for the loop in follow.py, which shows what it is told."""
    if not console.is_terminal:
        yield _lines(console)
        return
    with bar(console) as progress:
        task = progress.add_task("Starting", total=None, note="")
        yield _on_bar(progress, task)


def _on_bar(progress: Progress, task: TaskID) -> Report:
    started, events = time.monotonic(), 0

    def report(status: Status) -> None:
        nonlocal events
        if status.state is State.WAITING:
            progress.update(task, description=f"Waiting. {status.reason}", note="")
            return
        if status.state is State.REORGANISED:
            progress.console.print(status.reason)
        events += status.events
        rate = events / max(time.monotonic() - started, 0.001)
        live = status.state is State.LIVE
        progress.update(
            task,
            description="Following the chain" if live else "Indexing blocks",
            completed=status.block,
            total=status.head,
            note=f"{events:,} events" if live else f"{events:,} events, {rate:,.0f}/s",
        )

    return report


def _lines(console: Console) -> Report:
    say = _once(lambda text: console.print(text, soft_wrap=True, highlight=False))
    last = 0.0
    live = False

    def report(status: Status) -> None:
        nonlocal last, live
        if status.state in (State.WAITING, State.REORGANISED):
            live = False
            say(f"Waiting. {status.reason}" if status.state is State.WAITING else status.reason)
        elif status.state is State.LIVE:
            if not live:
                say(f"Following the chain from block {status.block:,}.")
            live = True
        elif time.monotonic() - last > LINE_SECONDS:
            last, live = time.monotonic(), False
            say(f"Indexing: block {status.block:,} of {status.head:,}.")

    return report


def _once(say: Callable[[str], None]) -> Callable[[str], None]:
    """Says nothing twice in a row."""
    said = ""

    def once(text: str) -> None:
        nonlocal said
        if text != said:
            said = text
            say(text)

    return once
