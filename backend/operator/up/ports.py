"""What a node needs for itself: its folder, and two ports."""

import socket
import time
from contextlib import AbstractContextManager
from pathlib import Path

from indexer.errors import LaurelError
from indexer.process.filelock import held

PATIENCE_SECONDS = 4.0
"""A node that was killed takes a moment to let go of its ports."""


class AlreadyUp(LaurelError):
    """Another `laurel up` uses the same folder."""


class PortTaken(LaurelError):
    """A port is in use by another program."""


def folder(home: Path) -> AbstractContextManager[None]:
    """Locks `home` for this process; the system unlocks it however the process ends. Raises AlreadyUp."""
    return held(
        home / "up.lock",
        lambda process: AlreadyUp(
            f"Laurel is already up in {home} (process {process}). Stop that one with Ctrl-C, or give "
            "this one a folder of its own: LAUREL_HOME=/some/folder make up PORT=8001 RPC_PORT=8546"
        ),
    )


def port(number: int, purpose: str, variable: str) -> None:
    """Waits a moment for a port to be free. Raises PortTaken, which names another."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not _is_free(number):
        if time.monotonic() > end:
            other = next((n for n in range(number + 1, number + 100) if _is_free(n)), number + 1)
            raise PortTaken(
                f"Port {number}, meant for {purpose}, is in use by another program. "
                f"Stop that program, or choose another port: make up {variable}={other}"
            )
        time.sleep(0.2)


def _is_free(number: int) -> bool:
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind(("127.0.0.1", number))
        except OSError:
            return False
    return True
