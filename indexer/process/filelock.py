"""Lock files, for work that only one process at a time may do."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from indexer.errors import LaurelError


class AlreadyAtWork(LaurelError):
    """Another process does the same at this moment."""


@contextmanager
def alone(home: Path, work: str) -> Iterator[None]:
    """Keeps other processes from `laurel <work>` on the node in `home`. Raises AlreadyAtWork."""

    def taken(process: str) -> AlreadyAtWork:
        return AlreadyAtWork(
            f"Another `laurel {work}` is at work on this node (process {process}). Wait for it, or "
            "stop it: what it has done so far stays done."
        )

    with held(home / f"{work.replace(' ', '-')}.lock", taken):
        yield


@contextmanager
def held(path: Path, taken: Callable[[str], LaurelError]) -> Iterator[None]:
    """Holds the lock file at `path`, with this process's id in it; file and folder are made if absent.

    If another process holds it, raises the error that `taken` makes of that process's id.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        if not lock(file):
            file.seek(0)
            raise taken(file.read().strip() or "unknown")
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def lock(file: IO[str]) -> bool:
    """Locks the file until it is closed or this process ends. False if another process has locked it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
