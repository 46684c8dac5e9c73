"""Limits how often each host is asked for content, so that one slow host cannot keep all workers busy.

A host gets at most AT_ONCE requests at once, and PER_SECOND in a second. One that failed FAILURES times in a
row rests, longer after each further failure. Not having a document is no failure.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

AT_ONCE = 2
PER_SECOND = 10
FAILURES = 3
FIRST_REST_SECONDS = 30.0
LONGEST_REST_SECONDS = 900.0


class HostBusy(Exception):
    """This host is not to be asked now; the message says why."""


@dataclass
class Asking:
    """One request to a host. The caller sets `failed` if the host did not answer it properly."""

    failed: bool = False


@dataclass
class _Host:
    asked: int = 0  # requests under way
    next: float = 0.0  # when it may be asked again
    failures: int = 0  # in a row


class Hosts:
    """The limits, counted in this process alone. Safe to share among threads. `now` is in seconds."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._hosts: dict[str, _Host] = {}

    @contextmanager
    def ask(self, host: str) -> Iterator[Asking]:
        """One request to a host, during the with block. Raises HostBusy if the host may not be asked now."""
        with self._lock:
            known = self._hosts.setdefault(host, _Host())
            if known.asked >= AT_ONCE:
                raise HostBusy(f"busy: asked {AT_ONCE} things already")
            if (wait := known.next - self._now()) > 0:
                raise HostBusy(
                    f"rests for {wait:.0f} seconds: it failed {known.failures} times"
                    if known.failures >= FAILURES
                    else f"asked {PER_SECOND} times a second already"
                )
            known.asked += 1
            known.next = self._now() + 1 / PER_SECOND
        asking = Asking()
        try:
            yield asking
        finally:
            with self._lock:
                known.asked -= 1
                known.failures = known.failures + 1 if asking.failed else 0
                if known.failures >= FAILURES:
                    known.next = self._now() + _rest(known.failures)

    def wait(self, hosts: Iterable[str]) -> float:
        """Seconds until one of `hosts` may be asked; 0 if one may be asked now, or if there are none."""
        with self._lock:
            now = self._now()
            waits = [max(h.next - now, 0.1 * (h.asked >= AT_ONCE)) for h in map(self._known, hosts)]
        return max(min(waits, default=0.0), 0.0)

    def _known(self, host: str) -> _Host:
        return self._hosts.get(host, _Host())


def _rest(failures: int) -> float:
    """Seconds to leave a host alone after so many failures in a row."""
    return min(FIRST_REST_SECONDS * float(2 ** min(failures - FAILURES, 20)), LONGEST_REST_SECONDS)
