"""Real `laurel` commands in processes that begin at once, so that a test can start, stop and kill many of them."""

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
from tempfile import TemporaryDirectory
from weakref import finalize

from indexer.settings import ROOT
from tests.chain import Chain
from tests.conftest import PROFILE
from tests.indexer.mirrors import environment
from tests.indexer.replay import Replay

PATIENCE = 60.0  # seconds for what takes a moment, unless the machine is busy

# Seconds between two tries or two looks, by where `laurel index` reads them: in the long run they are its own.
QUICK: Mapping[str, float] = (
    {}
    if PROFILE == "long"
    else {
        "indexer.follow:LOCAL_POLL": 0.05,
        "indexer.follow:RETRY": 0.1,
        "indexer.commands.index:RETRY": 0.1,
        "indexer.fetching.worker:LOOK_SECONDS": 0.1,
    }
)

# Imports once, then forks: of a second's start nothing is left but what the command does itself.
# Who was killed is reaped at once, so that its lease is seen to be a dead process's; its exit code is kept.
_STOCK = """
import importlib, json, os, signal, sys
import psycopg, sqlalchemy.dialects.postgresql.psycopg
module, name = sys.argv[1].split(":")
command = getattr(importlib.import_module(module), name)
def reap(*_):
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        with open(f"{sys.argv[2]}/{pid}.new", "w") as file:
            file.write(str(os.waitstatus_to_exitcode(status)))
        os.rename(file.name, f"{sys.argv[2]}/{pid}")
signal.signal(signal.SIGCHLD, reap)
for line in sys.stdin:
    order = json.loads(line)
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        said = os.open(order["said"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        for stream in (1, 2):
            os.dup2(said, stream)
        os.environ |= order["environment"]
        for place, value in order["constants"].items():
            module, name = place.split(":")
            setattr(importlib.import_module(module), name, value)
        exec(order["before"])
        command(args=[])
    print(pid, flush=True)
"""


@dataclass
class Running:
    """One process. `said`: the file of its words; `code`: that of its exit code, once it has ended."""

    pid: int
    said: Path
    code: Path

    def __post_init__(self) -> None:
        self._handle = os.pidfd_open(self.pid)
        finalize(self, os.close, self._handle)

    @property
    def words(self) -> str:
        """What it has said so far."""
        return self.said.read_text()

    @property
    def alive(self) -> bool:
        return not select.select([self._handle], [], [], 0)[0]

    def end(self, number: int = signal.SIGKILL, seconds: float = PATIENCE) -> int:
        """Sends a signal and waits until the process is gone. Returns the exit code."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, number)
        return self.wait(seconds)

    def wait(self, seconds: float = PATIENCE) -> int:
        """The exit code, once the process is gone."""
        assert select.select([self._handle], [], [], seconds)[0], "it did not end"
        end = time.monotonic() + PATIENCE
        while not self.code.exists():  # its end is told before it is reaped
            assert time.monotonic() < end, "it was not reaped"
            time.sleep(0.001)
        return int(self.code.read_text())


@dataclass
class Stock:
    """Where processes come from. `codes`: the folder of their exit codes."""

    process: subprocess.Popen[str]
    codes: Path

    @contextmanager
    def index(
        self,
        chain: Chain | Replay,
        home: Path,
        database: str | None = None,
        url: str | None = None,
        constants: Mapping[str, float] = QUICK,
    ) -> Iterator[Running]:
        """A `laurel index`, killed at the end of the block if it still runs."""
        running = self.start(home, environment(chain, home, url, database), constants)
        try:
            yield running
        finally:
            running.end()

    def start(
        self,
        home: Path,
        environment: Mapping[str, str],
        constants: Mapping[str, float] | None = None,
        before: str = "",
    ) -> Running:
        """The stock's command, whose words go to a file in `home`. `constants`: other values, by module and name;
        `before`: what it runs first, in Python."""
        assert self.process.stdin and self.process.stdout
        home.mkdir(parents=True, exist_ok=True)
        said = home / "said"
        said.touch()
        order = {"said": str(said), "environment": os.environ | dict(environment)}
        order |= {"constants": dict(constants or {}), "before": before}
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        pid = int(self.process.stdout.readline())
        return Running(pid, said, self.codes / str(pid))


@contextmanager
def stock(command: str = "indexer.commands.index:index") -> Iterator[Stock]:
    with TemporaryDirectory(prefix="laurel-stock-") as codes:
        process = subprocess.Popen(
            [sys.executable, "-c", _STOCK, command, codes],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            yield Stock(process, Path(codes))
        finally:
            process.communicate(timeout=PATIENCE)
