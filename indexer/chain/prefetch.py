"""Reading ahead: a second process fetches and decodes the next span while this one folds and writes.

This is for speed alone. If it fails, the caller reads the span itself, and meets the error there. (Two threads
share Python's lock, and took longer than one.)
"""

import logging
import os
import pickle
import select
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from queue import SimpleQueue

from indexer.chain.blocks import Header, Span
from indexer.chain.failover import Nodes
from indexer.chain.source import Source
from indexer.settings import ROOT

_Wanted = tuple[Header, int, int]
"""The arguments of Source.span."""
_Answer = tuple[Span | None, Counter[str]]
"""The span (None if it could not be read), and how often nodes failed meanwhile, by kind."""
_GONE = (EOFError, OSError, pickle.UnpicklingError)


class Ahead:
    """Reads one span ahead in a second process. `errors`: how often nodes failed there, by kind."""

    def __init__(self, urls: Sequence[str], *contracts: str) -> None:
        self.errors: Counter[str] = Counter()
        self._command = [sys.executable, "-m", "indexer.chain.prefetch", *contracts, "--", *urls]
        self._process: subprocess.Popen[bytes] | None = None
        self._ready = False
        self._wanted: _Wanted | None = None

    @property
    def running(self) -> bool:
        return self._process is not None

    @property
    def ready(self) -> bool:
        """Whether the process has started, and can be asked."""
        if self._process is not None and not self._ready and self._has_answered():
            try:
                self._receive()
                self._ready = True
            except _GONE:
                self.close()
        return self._ready

    def ask(self, after: Header, head: int, reversible_from: int) -> None:
        """Asks for the span after `after` (arguments as of Source.span). Until the process is ready, only starts it."""
        if self._process is None:
            self._process = subprocess.Popen(
                self._command,
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,  # Ctrl-C must reach the first process alone
            )
        if self.ready and self._process.stdin:
            wanted = after, head, reversible_from
            try:
                pickle.dump(wanted, self._process.stdin)
                self._process.stdin.flush()
                self._wanted = wanted
            except _GONE:
                self.close()

    def take(self, after: Header) -> Span | None:
        """Waits for the span asked for. None if there is none, it does not follow `after`, or was not read."""
        if self._wanted is None:
            return None
        wanted, self._wanted = self._wanted, None
        try:
            span, errors = self._receive()
        except _GONE:
            self.close()
            return None
        self.errors += errors
        return span if wanted[0].hash == after.hash else None

    def close(self) -> None:
        """Ends the process, if there is one; `ask` starts another."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
        self._process, self._ready, self._wanted = None, False, None

    def _has_answered(self) -> bool:
        assert self._process and self._process.stdout
        return bool(select.select([self._process.stdout], [], [], 0)[0])

    def _receive(self) -> _Answer:
        assert self._process and self._process.stdout
        answer: _Answer = pickle.load(self._process.stdout)
        return answer


def main(contracts: Sequence[str], urls: Sequence[str]) -> None:
    """Reads requests from standard input and writes answers to standard output, until the input ends."""
    logging.disable()
    asked: SimpleQueue[_Wanted] = SimpleQueue()
    threading.Thread(target=_listen, args=(asked,), daemon=True).start()
    with closing(Nodes(urls)) as nodes:
        source = Source(nodes, *contracts)
        answer: _Answer = None, Counter()  # the first answer says that this process is ready
        while True:
            pickle.dump(answer, sys.stdout.buffer, pickle.HIGHEST_PROTOCOL)
            sys.stdout.buffer.flush()
            after, head, reversible_from = asked.get()
            nodes.known = lambda: (after.number, after.hash)  # noqa: B023 (called before the next request)
            before = nodes.errors
            try:
                span = source.span(after, head, reversible_from)
            except Exception:  # the caller reads the span itself, and meets the error
                span = None
            answer = span, nodes.errors - before


def _listen(asked: SimpleQueue[_Wanted]) -> None:
    """Queues requests. Ends this process when the first one is gone, whatever this one is doing."""
    try:
        while True:
            asked.put(pickle.load(sys.stdin.buffer))
    except _GONE:
        os._exit(0)


if __name__ == "__main__":
    cut = sys.argv.index("--")
    main(sys.argv[1:cut], sys.argv[cut + 1 :])
