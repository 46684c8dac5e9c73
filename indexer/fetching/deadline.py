"""A time limit for a whole HTTP request, whatever the server does."""

import socket
import time
from threading import Timer
from typing import Any


class TimeUp(Exception):
    """The request was not answered in time."""


class Deadline:
    """Cuts the connection when time is up, even while a server sends a byte now and then.

    HTTP clients limit the wait for each read, not the whole of an answer. Give `trace` to httpx as
    the request's extension of that name.
    """

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._seconds = seconds
        self._socket: socket.socket | None = None
        self._timer = Timer(seconds, self._cut)
        self._timer.daemon = True
        self._timer.start()

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """httpx calls this at each step; the newest connection is the one to cut."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._socket = info["return_value"].get_extra_info("socket")
            if time.monotonic() >= self._end:
                self._cut()

    def check(self) -> None:
        """Raises TimeUp once time is up."""
        if why := self.why():
            raise TimeUp(why)

    def why(self) -> str | None:
        """Once time is up, a reason for messages; until then None."""
        up = time.monotonic() >= self._end
        return f"not done in {self._seconds:g} seconds" if up else None

    def stop(self) -> None:
        """Ends the time limit: the answer is there."""
        self._timer.cancel()

    def _cut(self) -> None:
        if self._socket is not None:
            try:
                # Not SSLSocket.shutdown, which drops the TLS state while another thread reads.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
            except OSError:  # closed already
                return
