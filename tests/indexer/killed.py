"""Real `laurel` commands in processes that begin at once, so that a test can kill hundreds of them."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from weakref import finalize

from indexer.settings import ROOT
from tests.chain import Chain
from tests.indexer.mirrors import environment
from tests.indexer.replay import Replay

# Imports once, then forks: of a second's start nothing is left but what the command does itself.
# Who was killed is reaped at once, so that its lease is seen to be a dead process's.
_STOCK = """
import importlib, json, os, signal, sys
import psycopg, sqlalchemy.dialects.postgresql.psycopg
module, name = sys.argv[1].split(":")
command = getattr(importlib.import_module(module), name)
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for line in sys.stdin:
    order = json.loads(line)
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        said = os.open(order["said"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        for stream in (1, 2):
            os.dup2(said, stream)
        os.environ |= order["environment"]
        command(args=[])
    print(pid, flush=True)
"""


@dataclass
class Running:
    """One process. `said`: the file of its words."""

    pid: int
    said: Path

    def __post_init__(self) -> None:
        self._handle = os.pidfd_open(self.pid)
        finalize(self, os.close, self._handle)

    @property
    def alive(self) -> bool:
        return not select.select([self._handle], [], [], 0)[0]

    def end(self, number: int = signal.SIGKILL, seconds: float = 20.0) -> None:
        """Sends a signal and waits until the process is gone."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, number)
        assert select.select([self._handle], [], [], seconds)[0], "it did not end"
        # Its end is told before it is reaped.
        while Path(f"/proc/{self.pid}").exists():
            time.sleep(0.001)


@dataclass
class Stock:
    """Where processes come from."""

    process: subprocess.Popen[str]

    @contextmanager
    def index(
        self, chain: Chain | Replay, home: Path, database: str | None = None
    ) -> Iterator[Running]:
        """A `laurel index`, killed at the end of the block if it still runs."""
        running = self.start(home, environment(chain, home, database=database))
        try:
            yield running
        finally:
            running.end()

    def start(self, home: Path, environment: Mapping[str, str]) -> Running:
        """The stock's command, whose words go to a file in `home`."""
        assert self.process.stdin and self.process.stdout
        home.mkdir(parents=True, exist_ok=True)
        said = home / "said"
        order = {"said": str(said), "environment": dict(environment)}
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return Running(int(self.process.stdout.readline()), said)


@contextmanager
def stock(command: str = "indexer.commands.index:index") -> Iterator[Stock]:
    process = subprocess.Popen(
        [sys.executable, "-c", _STOCK, command],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Stock(process)
    finally:
        process.communicate(timeout=10)
