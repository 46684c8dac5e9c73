"""What happens on the chain of `laurel up --demo steem`: the replay, with a progress bar, then its verification."""

import errno
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress, TaskID
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from backend.chain.connection import connect_chain
from backend.local.accounts import faucet
from backend.local.clock import latest
from backend.local.keys import fund
from backend.steem import record
from backend.steem.demo import Demo, NoRoom, secret
from backend.steem.finish import Finished, finish, show
from backend.steem.read import SteemPost
from backend.steem.replay import Replay
from backend.steem.tally import Counts
from backend.steem.timeline import Step
from indexer.chain.rpc import Rpc
from indexer.content import open_store
from indexer.mirror.database import connect
from indexer.monitoring.progress import bar
from indexer.protocol.actions import secp256k1_address

RPC_SECONDS = 300.0  # a block of a thousand accounts takes its time
KEEP_SECONDS = 5.0  # between two records of what was done
COPY_SECONDS = 600.0  # between copies of the chain's file

Check = Callable[[], None]


def play(demo: Demo, console: Console, check: Check) -> Finished | None:
    """Replays what is left of the timeline, then verifies it all; None if an earlier run has done so.

    check: called often; may raise. Raises what it raises, NotMined, NodeUnreachable, Behind, NoRoom; called again, it
    goes on.
    """
    with (
        closing(Rpc(demo.settings.rpc, RPC_SECONDS)) as rpc,
        _connected(demo.settings.database) as engine,
    ):
        rpc.call(Any, "anvil_removeBlockTimestampInterval")
        ended = record.ended(engine)
        if ended is not None and latest(rpc) >= ended >= demo.timeline.steps[-1].at:
            console.print(
                "  The replay was done before; the page /steem shows it.", highlight=False
            )
            return None
        with bar(console) as progress, _disk(demo.settings.home):
            replayed(demo, rpc, engine, progress, check)
            done = _finished(demo, rpc, engine, progress, check)
        show(console, done)
        return done


@contextmanager
def _connected(database: str) -> Iterator[Engine]:
    engine = connect(database)
    try:
        yield engine
    finally:
        engine.dispose()


def replayed(demo: Demo, rpc: Rpc, engine: Engine, progress: Progress, check: Check) -> None:
    """Performs the steps that are left."""
    settings = demo.settings
    chain = connect_chain(settings)
    payer = secret("payer")
    fund(rpc, secp256k1_address(payer))
    keeper = _Keeper(demo, engine, latest(rpc), progress, check)
    with closing(open_store(settings.home / "content")) as store:
        giver = faucet(chain, settings.home / "faucet.key")
        replay = Replay(chain, rpc, store, giver, secret("accounts"), payer)
        replay.run(demo.plan, demo.timeline, keeper.recorded, keeper.done)
    keeper.keep()


def _finished(demo: Demo, rpc: Rpc, engine: Engine, progress: Progress, check: Check) -> Finished:
    task = progress.add_task("Comparing with the contracts", total=None, note="")

    def advance(compared: int) -> None:
        check()
        progress.advance(task, compared)

    deployment = connect_chain(demo.settings).deployment
    home = demo.settings.home

    def begin(total: int) -> None:
        progress.update(task, total=total)

    return finish(engine, rpc, deployment, demo.plan, demo.timeline, home, begin, advance)


class _Keeper:
    """Records every few seconds what is done, moves the bar, and copies the chain's file now and then."""

    def __init__(
        self,
        demo: Demo,
        engine: Engine,
        head: int,
        progress: Progress,
        check: Check,
    ) -> None:
        self.recorded = record.recorded(engine)
        self._engine, self._progress, self._check = engine, progress, check
        self._copy = demo.keep
        self._steps: list[tuple[int, Counts, float]] = []
        self._pieces: dict[bytes, SteemPost] = {}
        self._kept = self._copied = time.monotonic()
        steps = demo.timeline.steps
        there = (step for step in steps if step.at in self.recorded and step.at <= head)
        total, completed = sum(map(_weight, steps)), sum(map(_weight, there))
        self._task: TaskID = progress.add_task(
            "Replaying", total=total, completed=completed, note=""
        )

    def done(
        self, step: Step, counts: Counts, seconds: float, pieces: dict[bytes, SteemPost]
    ) -> None:
        self._check()
        self._steps.append((step.at, counts, seconds))
        self._pieces |= pieces
        day = time.strftime("%d %b %Y", time.gmtime(step.at))
        self._progress.update(self._task, description=f"Replaying {day}", advance=_weight(step))
        if time.monotonic() - self._kept > KEEP_SECONDS:
            self.keep()
        if time.monotonic() - self._copied > COPY_SECONDS:
            self._copy()
            self._copied = time.monotonic()

    def keep(self) -> None:
        if self._steps:
            record.keep(self._engine, self._steps, self._pieces.items())
        self._steps, self._pieces, self._kept = [], {}, time.monotonic()


def _weight(step: Step) -> int:
    """How much there is to do in a step, for the bar."""
    claims = sum(len(voters) for _, voters in step.claim)
    return len(step.accounts) + len(step.stakes) + len(step.pieces) + len(step.votes) + claims


@contextmanager
def _disk(home: Path) -> Iterator[None]:
    """Raises NoRoom for an error that a full disk causes."""
    try:
        yield
    except (OSError, OperationalError) as error:
        full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
        if full or "disk is full" in str(error):
            raise NoRoom(
                f"The disk of {home} is full. Make room and start again: it goes on where it was."
            ) from error
        raise
