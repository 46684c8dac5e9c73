"""Stopping when asked to, within seconds, whatever is under way."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

PATIENCE = 2.0
"""Seconds that work has to end by itself: a call to a node may take longer than people wait."""


@contextmanager
def until_signalled() -> Iterator[threading.Event]:
    """An event that SIGINT and SIGTERM set, so that work ends between two transactions."""
    stop = threading.Event()

    def ask(number: int, frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def ended(work: Callable[[], object], stop: threading.Event, patience: float = PATIENCE) -> bool:
    """Runs `work` in a thread until it returns, and raises what it raised. Returns whether it has ended.

    False if it went on for more than `patience` seconds after `stop`: then it is still running, and the
    process must end without it.
    """
    failures: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised again below
            failures.append(error)
        finally:
            stop.set()

    thread = threading.Thread(target=run, name="work", daemon=True)
    thread.start()
    stop.wait()
    thread.join(patience)
    if failures:
        raise failures[0]
    return not thread.is_alive()
