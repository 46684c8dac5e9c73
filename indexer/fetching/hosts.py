"""Which hosts may be asked for content at this moment, so that one of them cannot eat everyone's time.

A host is asked AT_ONCE things at once at most, and PER_SECOND in a second; one that failed FAILURES times
running rests, longer each time it goes on failing. That it does not have a document is no failure.
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
    """One question to a host. Whoever asks says that it `failed` when the host did not do its part."""

    failed: bool = False


@dataclass
class _Host:
    asked: int = 0  # at this moment
    next: float = 0.0  # when it may be asked again
    failures: int = 0  # running


class Hosts:
    """Safe to share among threads. `now` is in seconds; the times of another process are its own."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._hosts: dict[str, _Host] = {}

    @contextmanager
    def ask(self, host: str) -> Iterator[Asking]:
        """One question, for the length of the block. Raises HostBusy."""
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
        """Seconds until one of them may be asked; 0 when one may be now, or there are none."""
        with self._lock:
            now = self._now()
            waits = [max(h.next - now, 0.1 * (h.asked >= AT_ONCE)) for h in map(self._known, hosts)]
        return max(min(waits, default=0.0), 0.0)

    def _known(self, host: str) -> _Host:
        return self._hosts.get(host, _Host())


def _rest(failures: int) -> float:
    """Seconds to leave a host alone after so many failures running."""
    return min(FIRST_REST_SECONDS * float(2 ** min(failures - FAILURES, 20)), LONGEST_REST_SECONDS)
