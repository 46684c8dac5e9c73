"""Work that only one process at a time may do on one node."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from indexer.errors import LaurelError


class AlreadyAtWork(LaurelError):
    """Another process does the same at this moment."""


@contextmanager
def alone(home: Path, work: str) -> Iterator[None]:
    """Holds `work` for this process; the system lets go of it however the process ends.

    Raises AlreadyAtWork.
    """
    home.mkdir(parents=True, exist_ok=True)
    with (home / f"{work.replace(' ', '-')}.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise AlreadyAtWork(
                f"Another `laurel {work}` is at work on this node (process "
                f"{file.read().strip() or 'unknown'}). Wait for it, or stop it: what it has done "
                "so far stays done."
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
