"""`laurel up --demo steem`: half a year of Steem on a chain of its own, in a home of its own beside the usual one.

Its keys follow from a text that everybody can read, so that every run of one file makes the same chain, to the
last unit. They are worth nothing elsewhere: nobody but this demonstration uses them.
"""

import errno
import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from backend.chain.connection import connect_chain
from backend.deployment.deploy import Parameters
from backend.local import anvil
from backend.local.accounts import faucet
from backend.local.clock import latest
from backend.local.keys import fund
from backend.steem import record
from backend.steem.commands import tell
from backend.steem.finish import Finished, finish, show
from backend.steem.plan import Plan, plan
from backend.steem.read import NotAnImport, Piece, read
from backend.steem.replay import Replay
from backend.steem.tally import Counts
from backend.steem.timeline import Step, timeline
from indexer.actions import secp256k1_address
from indexer.content import open_store
from indexer.database import connect
from indexer.errors import LaurelError
from indexer.rpc import Rpc
from indexer.settings import ROOT, Settings

DAY = 86_400
PARAMETERS = Parameters(day=DAY, seed=2 * 10**15)
"""As the local preset, whose seed is what a busy day of the data comes to, but with days of a day's length."""
OPTIONS = (
    *("--gas-limit", "1000000000"),  # a block takes all that happens at its moment
    *("--prune-history", "32"),  # states in memory: each block's would be too much for it
)
WRITTEN_SECOND = 16 * 1024 * 1024
"""Bytes a second of its file, which comes to a gigabyte, that the chain is let write."""
SAMPLE = ROOT / "tests" / "steem" / "fixture.jsonl"
RPC_SECONDS = 300.0  # a block of a thousand accounts takes its time
KEEP_SECONDS = 5.0  # between writings of what was done
COPY_SECONDS = 600.0  # between copies of the chain's file
ACT_BYTES = 12_000  # of chain, its copy and database, for an account, a piece or a vote
WHAT = (
    "`laurel up --demo steem FILE` replays posts of Steem with their comments and votes on a chain of its own. "
    "FILE holds a post or comment a line, as JSON, plain or gzipped, by rising time: author, permlink, "
    "parent_author, parent_permlink, created (UTC), title, body, category, tags, beneficiaries, "
    "max_accepted_payout, percent_liquid, net_rshares, payout, curator_payout and votes [{{voter, percent, "
    "rshares, time}}]. To see it with sixty invented lines that come along: laurel up --demo steem {sample}"
)


class NoFile(LaurelError):
    """There is no data to replay; the message says what it must be."""


class OtherFile(LaurelError):
    """The home holds another file's replay."""


class NoRoom(LaurelError):
    """The disk has too little room for the replay."""


class Demo:
    """One file's replay, and its chain (backend/up/chains.py `OwnChain`)."""

    goes_on = "`laurel up --demo steem` goes on from here."

    def __init__(self, settings: Settings, plan: Plan) -> None:
        self.settings, self.plan = settings, plan
        self.timeline = timeline(plan, DAY)
        self.state = settings.home / "chain.json"
        self.copier = anvil.Copier(self.state)

    def prepare(self) -> str | None:
        healed = anvil.heal(self.state)
        return healed.sentence if healed else None

    def command(self, port: int) -> list[str]:
        begin = self.timeline.begin
        seconds = 5 + _bytes(self.plan) // WRITTEN_SECOND
        return anvil.command(port, self.state, begin, seconds, OPTIONS)

    def environment(self) -> Mapping[str, str]:
        return {}

    def begun(self, rpc: Rpc) -> None:
        """Until the replay, each block is a second after the one before: all is set up the same each time."""
        rpc.call(Any, "anvil_setBlockTimestampInterval", 1)

    def keep(self) -> None:
        self.copier.copy()

    def play(self, console: Console, check: Callable[[], None]) -> None:
        """Replays what is still to be replayed, then looks at all of it. check: called often; may raise.

        Raises NotMined, NodeUnreachable, Behind, NoRoom, and what `check` raises; the same call goes on.
        """
        with (
            closing(Rpc(self.settings.rpc, RPC_SECONDS)) as rpc,
            _connected(self.settings.database) as engine,
        ):
            rpc.call(Any, "anvil_removeBlockTimestampInterval")
            ended = record.ended(engine)
            if ended is not None and latest(rpc) >= ended >= self.timeline.steps[-1].at:
                console.print("  The replay was done before: the page /steem shows it.")
                return
            with _bar(console) as progress, _disk(self.settings.home):
                _replay(self, rpc, engine, progress, check)
                done = _finish(self, rpc, engine, progress, check)
            show(console, done)


def settings_of(settings: Settings, rpc_port: int) -> Settings:
    """The demonstration's own: a home, a database and deployments in it, and a chain on this machine."""
    home = settings.home / "steem"
    asked = Settings.from_env({"LAUREL_RPC": f"http://127.0.0.1:{rpc_port}"})
    return replace(
        settings,
        rpc=asked.rpc,
        rpcs=asked.rpcs,
        rpc_ws=asked.rpc_ws,
        home=home,
        database=f"sqlite:///{home / 'laurel.db'}",
        deployments=home / "deployments",
        ipfs_api=None,
        sources=(),
    )


def prepare(settings: Settings, file: Path | None, rpc_port: int) -> Demo:
    """Reads the file, or the one that the home was begun with. settings: of the usual node.

    Raises NoFile, OtherFile, NoRoom, NotAnImport.
    """
    console = Console()
    own = settings_of(settings, rpc_port)
    note = own.home / "steem.json"
    noted = json.loads(note.read_text()) if note.exists() else None
    if file is None:
        if noted is None:
            raise NoFile(WHAT.format(sample=_near(SAMPLE)))
        file = Path(noted["file"])
    planned = plan(read(file))
    tell(console, planned.notes)
    if not planned.pieces:
        raise NotAnImport(
            f"{file} holds no post that could be replayed. " + WHAT.format(sample=_near(SAMPLE))
        )
    digest = hashlib.sha256(repr(planned.pieces).encode()).hexdigest()
    if noted is not None and noted["digest"] != digest:
        raise OtherFile(
            f"{own.home} holds the replay of other posts than those in {file} (it began with "
            f"{noted['file']}). Remove that folder to replay these, or set LAUREL_HOME to another."
        )
    own.home.mkdir(parents=True, exist_ok=True)
    _check_room(own.home, planned)
    for name in ("faucet", "relayer"):
        path = own.home / f"{name}.key"
        if not path.exists():
            path.touch(0o600)
            path.write_text(_secret(name).hex() + "\n")
    note.write_text(json.dumps({"file": str(file.absolute()), "digest": digest}) + "\n")
    return Demo(own, planned)


def _secret(what: str) -> bytes:
    return hashlib.sha256(f"Laurel: half a year of Steem, replayed: {what}".encode()).digest()


def _near(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _bytes(planned: Plan) -> int:
    """How much a replay leaves on disk in all, about."""
    acts = len(planned.handles) * 2 + len(planned.pieces) + planned.votes * 2
    return acts * ACT_BYTES


def _check_room(home: Path, planned: Plan) -> None:
    """Raises NoRoom."""
    wanted, free = _bytes(planned), shutil.disk_usage(home).free
    if (home / "chain.json").exists():
        wanted //= 4
    if free < wanted:
        raise NoRoom(
            f"The replay takes about {wanted / 1e9:,.1f} GB in {home}; the disk has "
            f"{free / 1e9:,.1f} GB left. Make room, or set LAUREL_HOME to a folder on another disk."
        )


@contextmanager
def _connected(database: str) -> Iterator[Engine]:
    engine = connect(database)
    try:
        yield engine
    finally:
        engine.dispose()


def _replay(
    demo: Demo, rpc: Rpc, engine: Engine, progress: Progress, check: Callable[[], None]
) -> None:
    settings = demo.settings
    chain = connect_chain(settings)
    payer = _secret("payer")
    fund(rpc, secp256k1_address(payer))
    keeper = _Keeper(demo, engine, latest(rpc), progress, check)
    with closing(open_store(settings.home / "content")) as store:
        giver = faucet(chain, settings.home / "faucet.key")
        replay = Replay(chain, rpc, store, giver, _secret("accounts"), payer)
        replay.run(demo.plan, demo.timeline, keeper.recorded, keeper.done)
    keeper.keep()


def _finish(
    demo: Demo, rpc: Rpc, engine: Engine, progress: Progress, check: Callable[[], None]
) -> Finished:
    task = progress.add_task("Comparing with the contracts", total=None)

    def advance(compared: int) -> None:
        check()
        progress.advance(task, compared)

    deployment = connect_chain(demo.settings).deployment
    home = demo.settings.home

    def begin(total: int) -> None:
        progress.update(task, total=total)

    return finish(engine, rpc, deployment, demo.plan, demo.timeline, home, begin, advance)


class _Keeper:
    """Keeps what is done every few seconds, moves the bar, and copies the chain's file now and then."""

    def __init__(
        self,
        demo: Demo,
        engine: Engine,
        head: int,
        progress: Progress,
        check: Callable[[], None],
    ) -> None:
        self.recorded = record.recorded(engine)
        self._engine, self._progress, self._check = engine, progress, check
        self._copy = demo.keep
        self._steps: list[tuple[int, Counts, float]] = []
        self._pieces: dict[bytes, Piece] = {}
        self._kept = self._copied = time.monotonic()
        steps = demo.timeline.steps
        there = (step for step in steps if step.at in self.recorded and step.at <= head)
        self._task: TaskID = progress.add_task(
            "Replaying", total=sum(map(_weight, steps)), completed=sum(map(_weight, there))
        )

    def done(self, step: Step, counts: Counts, seconds: float, pieces: dict[bytes, Piece]) -> None:
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
    """A full disk as a sentence."""
    try:
        yield
    except (OSError, OperationalError) as error:
        full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
        if full or "disk is full" in str(error):
            raise NoRoom(
                f"The disk of {home} is full. Make room and start again: it goes on where it was."
            ) from error
        raise


def _bar(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(elapsed_when_finished=False),
        console=console,
    )
