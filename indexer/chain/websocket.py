"""New blocks by WebSocket (eth_subscribe): a thread that sets an event at every new head.

It only makes following faster. The indexer polls the head too, so nothing is lost without a WebSocket, or
when it breaks.
"""

import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from indexer.chain.rpc import request

OPEN_SECONDS = 5.0
LOOK_SECONDS = 0.5  # between checks whether to stop
FIRST_WAIT = 1.0  # seconds before the first try to connect again; doubles
LONGEST_WAIT = 30.0
LONGEST_HEAD = 1 << 20  # bytes

_LOG = logging.getLogger("laurel.heads")
_SUBSCRIBE = request("eth_subscribe", ["newHeads"])


class Heads:
    """Sets `wake` at each new head that the node at `url` (ws:// or wss://) announces."""

    def __init__(self, url: str, wake: threading.Event) -> None:
        self._url = url
        self._wake = wake
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heads", daemon=True)
        self.live = False  # subscribed

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread, within about LOOK_SECONDS."""
        self._stop.set()
        self._thread.join(OPEN_SECONDS)

    def _run(self) -> None:
        wait = FIRST_WAIT
        while not self._stop.is_set():
            try:
                with connect(
                    self._url, open_timeout=OPEN_SECONDS, close_timeout=1, max_size=LONGEST_HEAD
                ) as connection:
                    self._subscribe(connection)
                    wait = FIRST_WAIT
                    self._listen(connection)
            except (OSError, WebSocketException, ValueError) as error:
                if self.live:
                    _LOG.warning("The WebSocket broke (%s): looking at the head by and by.", error)
            self.live = False
            self._stop.wait(wait)
            wait = min(wait * 2, LONGEST_WAIT)

    def _subscribe(self, connection: ClientConnection) -> None:
        """Subscribes to new heads. Raises ValueError if the node refuses."""
        connection.send(json.dumps(_SUBSCRIBE))
        if "result" not in json.loads(connection.recv(timeout=OPEN_SECONDS)):
            raise ValueError("the node has no eth_subscribe")
        self.live = True
        self._wake.set()  # a head may have come before the subscription

    def _listen(self, connection: ClientConnection) -> None:
        while not self._stop.is_set():
            try:
                connection.recv(timeout=LOOK_SECONDS)
            except TimeoutError:
                continue
            self._wake.set()


@contextmanager
def heard(url: str | None) -> Iterator[threading.Event]:
    """An event that is set at each new head of the node at `url`; without a URL nothing sets it."""
    wake = threading.Event()
    heads = Heads(url, wake) if url else None
    if heads:
        heads.start()
    try:
        yield wake
    finally:
        if heads:
            heads.stop()
