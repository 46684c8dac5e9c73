"""The chain's clock: the time that its next block would see, in seconds since 1970.

A local chain's clock may run far ahead of the wall clock, and its latest block's time stands still between
blocks. So the pending block's time is asked for, and the wall clock carries it on until the next question.
"""

import time
from threading import Lock
from typing import Any

from backend.chain.wire import ChainUnreachable, Refused, Reverted, wire_to

TIMEOUT_SECONDS = 2.0
FRESH_SECONDS = 1.0
"""For how long the wall clock carries an answer on before the chain is asked again."""


class Clock:
    """The clock of the chain behind one RPC URL. Safe to share among threads."""

    def __init__(self, rpc: str) -> None:
        self._wire = wire_to(rpc, TIMEOUT_SECONDS)
        self._lock = Lock()
        self._chain_id: int | None = None
        self._latest = 0
        self._head = 0
        self._ahead = 0.0  # the chain's clock minus the wall clock, in seconds
        self._fresh_until = 0.0  # time.monotonic()

    def now(self) -> int:
        """The chain's present, in seconds. Raises ChainUnreachable if the chain has never answered."""
        self._refresh()
        return max(self._latest, int(time.time() + self._ahead))

    def latest(self) -> int:
        """The latest block's time, in seconds, which a vote signs. Raises as `now` does."""
        self._refresh()
        return self._latest

    def head(self) -> int:
        """The latest block's number. Raises as `now` does."""
        self._refresh()
        return self._head

    def chain_id(self) -> int:
        """The chain's id (EIP-155). Raises ChainUnreachable."""
        if self._chain_id is None:
            self._chain_id = int(self._ask("eth_chainId"), 16)
        return self._chain_id

    def moved(self) -> None:
        """Makes the next question go to the chain, because its clock was set."""
        with self._lock:
            self._fresh_until = 0.0

    def _refresh(self) -> None:
        with self._lock:
            if time.monotonic() < self._fresh_until:
                return
            # Set before asking: when the chain is dead, not every page waits for it.
            self._fresh_until = time.monotonic() + FRESH_SECONDS
            try:
                block = self._ask("eth_getBlockByNumber", "latest", False)
                head, latest = int(block["number"], 16), int(block["timestamp"], 16)
                pending = self._ask("eth_getBlockByNumber", "pending", False)
            except ChainUnreachable:
                if self._latest:
                    return
                self._fresh_until = 0.0
                raise
            ahead = int(pending["timestamp"], 16) if pending else latest
            self._head, self._latest = head, latest
            self._ahead = max(latest, ahead) - time.time()

    def _ask(self, method: str, *params: Any) -> Any:
        try:
            return self._wire.ask(method, *params)
        except (Refused, Reverted) as error:
            raise ChainUnreachable(f"The chain refused {method}: {error}.") from error
