"""Whether the indexer keeps up with the chain, and a server that tells programs: `/health`, `/metrics`."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client import CONTENT_TYPE_LATEST

from indexer.errors import LaurelError
from indexer.follow import State, Status
from indexer.mirror.lease import LEASE_SECONDS

STALE_SECONDS = LEASE_SECONDS
"""An indexer that makes no step for so long has lost its lease."""
ASKING_SECONDS = 5.0  # that a client has to send its request


class BadAddress(LaurelError):
    """Metrics cannot be served where the operator wants them."""


@dataclass(frozen=True)
class Health:
    """reason: why it is not ready, or ''; reorganisations: how many so far; reorganised: about the last one."""

    ready: bool
    reason: str
    state: str
    block: int
    head: int
    lag_blocks: int
    lag_seconds: int
    reorganisations: int
    reorganised: str


class Watch:
    """Remembers what the loop in follow.py reported. `most`: blocks behind the head that still count as ready."""

    def __init__(self, most: int, now: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._now = now
        self._stepped = float("-inf")
        self._state = State.WAITING
        self._last = Status(State.WAITING)
        self._waiting = "The indexer is starting."
        self._reorganisations = 0
        self._reorganised = ""

    def report(self, status: Status) -> None:
        """Remembers what the loop has done."""
        self._state = status.state
        if status.state is State.WAITING:
            self._waiting = status.reason
            return
        self._stepped, self._last, self._waiting = self._now(), status, ""
        if status.state is State.REORGANISED:
            self._reorganisations += 1
            self._reorganised = f"{status.reason} Blocks undone: {status.undone:,}."

    def step_age(self) -> float:
        """Seconds since the loop's last step; infinite before the first."""
        return self._now() - self._stepped

    def health(self) -> Health:
        """The health at this moment: not ready if the last step is STALE_SECONDS ago, or too far behind."""
        last = self._last
        reason = ""
        if self.step_age() > STALE_SECONDS:
            reason = self._waiting or f"Nothing was done for {self.step_age():.0f} seconds."
        elif last.lag_blocks > self._most:
            reason = f"The mirror is {last.lag_blocks:,} blocks behind (at most {self._most:,})."
        return Health(
            not reason,
            reason,
            self._state.value,
            last.block,
            last.head,
            last.lag_blocks,
            last.lag_seconds,
            self._reorganisations,
            self._reorganised,
        )


@contextmanager
def served(
    address: str, health: Callable[[], Health], exposition: Callable[[], bytes]
) -> Iterator[str]:
    """Serves `/health` and `/metrics` at `address`, [HOST:]PORT, in a thread: yields their base URL.

    Raises BadAddress.
    """

    class Handler(BaseHTTPRequestHandler):
        timeout = ASKING_SECONDS

        def do_GET(self) -> None:
            match self.path.partition("?")[0]:
                case "/health":
                    now = health()
                    body = json.dumps(asdict(now)).encode() + b"\n"
                    self._send(200 if now.ready else 503, "application/json", body)
                case "/metrics":
                    self._send(200, CONTENT_TYPE_LATEST, exposition())
                case _:
                    self._send(404, "text/plain", b"Ask for /health or /metrics.\n")

        def _send(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Logs nothing: programs ask every few seconds."""

    host, _, port = address.rpartition(":")
    try:
        server = ThreadingHTTPServer((host or "127.0.0.1", int(port)), Handler)
    except (OSError, OverflowError, ValueError) as error:
        raise BadAddress(
            f"Metrics cannot be served at {address}: {error}. Set LAUREL_METRICS (or --metrics) to "
            "a free port, or to HOST:PORT, such as 0.0.0.0:9464."
        ) from error
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    try:
        yield f"http://{server.server_address[0]!s}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
