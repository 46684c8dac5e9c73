"""One run of one task, in a process of its own: seconds, and peak memory."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from sqlalchemy import func, select

from benchmarks.index.history import CHAIN_ID, CORE, DAY, GRAPH, hash_of, time_of
from indexer.chain.prefetch import Ahead
from indexer.chain.rpc import Rpc
from indexer.chain.source import Header, Source
from indexer.content import open_store
from indexer.fetching.worker import Fetcher
from indexer.follow import Indexer, Status, catch_up
from indexer.mirror.bulk import table
from indexer.mirror.database import connect, migrate_mirror
from indexer.mirror.lease import Lease
from indexer.mirror.store import CHAIN_TABLES
from indexer.protocol.deployment import Deployment

RANGE = 100  # blocks, 10,000 logs: what the indexer settles on
SAMPLE_SECONDS = 0.05


@dataclass(frozen=True)
class Run:
    """marks: seconds passed, and events indexed by then; rows: table names, and how many rows each has."""

    seconds: float
    peak: int  # bytes of resident memory
    marks: tuple[tuple[float, int], ...] = ()
    rows: tuple[tuple[str, int], ...] = ()


Task = Callable[..., Run]


def alone(task: Task, *arguments: object) -> Run:
    """What `task` returns, run in a fresh process."""
    context = get_context("spawn")
    result, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(theirs, task, arguments))
    process.start()
    theirs.close()
    try:
        run: Run = result.recv()
    finally:
        process.join()
    return run


def _run(result: Connection, task: Task, arguments: tuple[object, ...]) -> None:
    result.send(task(*arguments))


@contextmanager
def _measured() -> Iterator[Callable[[], int]]:
    """A function: the most memory that this process and its children have had, in bytes. Shared pages count once."""
    most, done = [0], threading.Event()
    pids = Path(f"/proc/self/task/{threading.get_native_id()}/children")

    def look() -> None:
        while not done.wait(SAMPLE_SECONDS):
            most[0] = max(most[0], sum(map(_memory, ["self", *pids.read_text().split()])))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield lambda: most[0]
    finally:
        done.set()
        thread.join()


def _memory(pid: str) -> int:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:  # it has just ended
        return 0
    return int(re.findall(r"^Pss: +(\d+) kB", rollup, re.MULTILINE)[0]) * 1024


def download(url: str, blocks: int) -> Run:
    """The limit: the bytes of all logs, one range after another, unread."""
    with httpx.Client(timeout=60) as client, _measured() as peak:
        began = time.perf_counter()
        for first in range(1, blocks + 1, RANGE):
            asked = {"fromBlock": hex(first), "toBlock": hex(min(first + RANGE - 1, blocks))}
            asked |= {"address": [CORE, GRAPH]}
            call = {"jsonrpc": "2.0", "id": 1, "method": "eth_getLogs", "params": [asked]}
            assert client.post(url, json=call).status_code == 200
        return Run(time.perf_counter() - began, peak())


def decode(url: str, blocks: int) -> Run:
    """As `download`, but decoded to typed events."""
    with closing(Rpc(url)) as rpc, _measured() as peak:
        source, here = Source(rpc, CORE, GRAPH), Header(0, hash_of(0), b"", time_of(0))
        began = time.perf_counter()
        while here.number < blocks:
            here = source.span(here, blocks, blocks + 1).last
        return Run(time.perf_counter() - began, peak())


def index(url: str, blocks: int, database: str | None) -> Run:
    """The whole indexer, into the empty database at the URL `database`, or (None) into a new SQLite file."""
    deployment = Deployment(
        chain_id=CHAIN_ID,
        core=CORE,
        graph=GRAPH,
        token="",
        block=1,
        parameters={"day": DAY},
        settings_hash="",
    )
    with TemporaryDirectory() as folder:
        engine = connect(database or f"sqlite:///{folder}/laurel.db")
        with (
            closing(open_store(Path(folder) / "content")) as store,
            closing(Rpc(url)) as rpc,
            closing(Ahead((url,), CORE, GRAPH)) as ahead,
            _measured() as peak,
        ):
            migrate_mirror(engine)
            lease = Lease(engine)
            assert lease.acquire() is None
            source, fetcher = Source(rpc, CORE, GRAPH), Fetcher(engine, store)
            indexer = Indexer(engine, source, deployment, lease, fetcher, ahead)
            marks: list[tuple[float, int]] = []
            began, events = time.perf_counter(), 0

            def report(status: Status) -> None:
                nonlocal events
                events += status.events
                marks.append((time.perf_counter() - began, events))

            catch_up(indexer, report)
            seconds = time.perf_counter() - began
            with engine.connect() as connection:
                counts = tuple(
                    (name, connection.scalar(select(func.count()).select_from(table(name))) or 0)
                    for name in CHAIN_TABLES
                )
        engine.dispose()
    return Run(seconds, peak(), tuple(marks), counts)
