"""Two other indexers at the same job: Ponder and Subsquid, with handlers for the same tables.

Each is installed into build/peers when first asked for, then run into an empty database up to the last block.
Time begins with the log line in which it says that it begins, before it asks for its first log, so that
starting Node and compiling do not count. It ends when Ponder says that it is ready, with all rows and indices,
or when Subsquid ends by itself.

At first Ponder sends at most twenty requests a second, and asks for each block that has events; no setting
changes that. So a second run is measured too, with a full cache, in which it need not ask the node. The version
that npm calls latest, 1.0.0, is 0.9 with little changed; 0.17, which is used here, is newer.
"""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import psycopg
from sqlalchemy import make_url

from benchmarks.index.replay import BEYOND
from benchmarks.index.runs import Run
from indexer.settings import ROOT
from tests.postgres import new_database

SOURCES = Path(__file__).parent
INSTALLED = ROOT / "build" / "peers"
NODE = ROOT / "node_modules" / "node" / "bin" / "node"
TABLES = ("accounts", "keys", "posts", "votes", "follows", "entries")
PATIENCE = 3600  # seconds that a backfill may take
GLANCE = 0.02  # seconds between looks at a peer


class PeerFailed(Exception):
    """A peer could not be installed or did not get to the last block."""


def ponder(url: str, blocks: int, server: str | None, cached: bool = False) -> Run:
    """Ponder to the last of `blocks`, into a new database on `server`, or into PGlite.

    `cached`: measures a second run, with the node's answers to the first still in its database.
    """
    home = installed("ponder")
    for left in (".ponder", "generated"):
        shutil.rmtree(home / left, ignore_errors=True)
    with ExitStack() as stack:
        environment = {"NODE_URL": url + BEYOND, "LAST_BLOCK": str(blocks)}
        if server:
            place = make_url(stack.enter_context(new_database(server)))
            # node-postgres wants some host before it looks for the socket's folder.
            environment["DATABASE_URL"] = place.set(host="localhost").render_as_string(False)
        if cached:
            _ponder(home, "first", environment)
        return _ponder(home, "peer", environment)


def _ponder(home: Path, schema: str, environment: dict[str, str]) -> Run:
    port = _free_port()
    command = ["node_modules/ponder/dist/esm/bin/ponder.js", "start", "--schema", schema]
    command += ["--log-format", "json", "--port", str(port)]
    with _running(home, command, environment) as peer:
        began = peer.until("Started backfill indexing")
        ended = peer.until('"endpoint":"/ready"')
        rows = httpx.get(f"http://127.0.0.1:{port}/rows", timeout=60).raise_for_status().json()
        return Run(ended - began, peer.peak, rows=tuple((t, int(rows[t])) for t in TABLES))


def squid(url: str, blocks: int, server: str) -> Run:
    """Subsquid to the last of `blocks`, into a new database on `server`."""
    home = installed("squid")
    with new_database(server) as database:
        place = make_url(database)
        environment = {
            "NODE_URL": url + BEYOND,
            "LAST_BLOCK": str(blocks),
            "DB_HOST": str(place.host or place.query["host"]),
            "DB_PORT": str(place.port or 5432),
            "DB_NAME": str(place.database),
            "DB_USER": str(place.username),
            "DB_PASS": str(place.password or ""),
        }
        with _running(home, ["lib/create.js"], environment) as made:
            made.until(None)
        with _running(home, ["lib/main.js"], environment) as peer:
            began = peer.until("using chain RPC data source")
            ended = peer.until(None)
        with psycopg.connect(database) as connection:
            counts = [connection.execute(f"SELECT count(*) FROM {t}").fetchone() for t in TABLES]
        found = zip(TABLES, counts, strict=True)
        return Run(ended - began, peer.peak, rows=tuple((t, c[0]) for t, c in found if c))


PEERS: dict[str, Callable[[str, int, str], Run]] = {
    "Ponder, PGlite": lambda url, blocks, server: ponder(url, blocks, None),
    "Ponder, PostgreSQL": ponder,
    "Ponder, PostgreSQL, cached": partial(ponder, cached=True),
    "Subsquid, PostgreSQL": squid,
}


def installed(name: str) -> Path:
    """The folder of a peer, ready to run: its sources from here, and the packages in its lock file."""
    home = INSTALLED / name
    shutil.copytree(SOURCES / name, home, dirs_exist_ok=True)
    sources = home / "src" if name == "squid" else home
    shutil.copy(SOURCES / "slots.ts", sources)
    lock, mark = (SOURCES / name / "package-lock.json").read_text(), home / ".installed"
    if not mark.exists() or mark.read_text() != lock:
        _do(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund"], home)
        mark.write_text(lock)
    if name == "squid":
        _do([str(NODE), "node_modules/typescript/bin/tsc"], home)
    return home


def _do(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise PeerFailed(f"{' '.join(command)} in {folder}:\n{done.stdout}{done.stderr}")


class _Peer:
    """A running peer, which logs lines of JSON to a file."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process, self.log = process, log
        self.peak = 0  # bytes of resident memory

    def until(self, words: str | None) -> float:
        """When it first logged `words`, or (None) ended well: seconds since 1970. Raises PeerFailed."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            self._look()
            ended = self.process.poll()
            for line in self._lines():
                if words and words in line:
                    return float(json.loads(line)["time"]) / 1000
            if ended == 0 and words is None:
                return time.time()
            if ended is not None:
                raise PeerFailed(f"{self.process.args!r} ended with {ended}:\n{self._end()}")
            time.sleep(GLANCE)
        raise PeerFailed(f"{self.process.args!r} took over {PATIENCE} seconds:\n{self._end()}")

    def _look(self) -> None:
        try:
            status = Path(f"/proc/{self.process.pid}/status").read_text()
        except OSError:
            return
        for line in status.splitlines():
            if line.startswith("VmHWM:"):
                self.peak = max(self.peak, int(line.split()[1]) * 1024)

    def _lines(self) -> list[str]:
        """The complete lines that it has logged so far."""
        return self.log.read_text(errors="replace").split("\n")[:-1]

    def _end(self) -> str:
        return "\n".join(self._lines()[-20:])


@contextmanager
def _running(home: Path, command: list[str], environment: dict[str, str]) -> Iterator[_Peer]:
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    with TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                [str(NODE), *command],
                cwd=home,
                env=kept | environment,
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        try:
            yield _Peer(process, log)
        finally:
            process.terminate()  # so that PGlite closes its files
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
