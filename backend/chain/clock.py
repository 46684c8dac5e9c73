"""The chain's clock: what its next block would see as the present, in seconds since 1970.

A local chain's clock may run far ahead of the wall's, and stands still between blocks in its latest
block alone; so the pending block is asked, and the wall's clock carries on from there.
"""

import time
from threading import Lock
from typing import Any

from backend.chain.wire import ChainUnreachable, Refused, Reverted, wire_to

TIMEOUT_SECONDS = 2.0
FRESH_SECONDS = 1.0
"""How long an answer is carried on by the wall's clock before the chain is asked again."""


class Clock:
    """The clock of the chain behind one RPC URL. Safe to share among threads."""

    def __init__(self, rpc: str) -> None:
        self._wire = wire_to(rpc, TIMEOUT_SECONDS)
        self._lock = Lock()
        self._chain_id: int | None = None
        self._latest = 0
        self._head = 0
        self._ahead = 0.0  # chain's seconds minus the wall's
        self._fresh_until = 0.0  # time.monotonic()

    def now(self) -> int:
        """The chain's present. Raises ChainUnreachable if the chain has never answered."""
        self._refresh()
        return max(self._latest, int(time.time() + self._ahead))

    def latest(self) -> int:
        """The latest block's time: what a vote signs as its moment. Raises as `now` does."""
        self._refresh()
        return self._latest

    def head(self) -> int:
        """The latest block's number. Raises as `now` does."""
        self._refresh()
        return self._head

    def chain_id(self) -> int:
        """Raises ChainUnreachable."""
        if self._chain_id is None:
            self._chain_id = int(self._ask("eth_chainId"), 16)
        return self._chain_id

    def moved(self) -> None:
        """Whoever asks next is told what the chain says then: its clock was set."""
        with self._lock:
            self._fresh_until = 0.0

    def _refresh(self) -> None:
        with self._lock:
            if time.monotonic() < self._fresh_until:
                return
            # Also when it fails: not every page waits for a dead chain.
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
