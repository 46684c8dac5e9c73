"""`laurel up --demo steem`: half a year of Steem on a chain of its own, in a home of its own beside the usual one.

Its keys follow from a text that everybody can read, so that every run of one file makes the same chain, to the
last unit. They are worth nothing elsewhere: nobody but this demonstration uses them.
"""

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console

from backend.deployment.deploy import Parameters
from backend.local import anvil
from backend.local.chains import Anvil
from backend.steem.commands import tell
from backend.steem.plan import Plan, plan
from backend.steem.read import NotAnImport, Outcome, read_posts
from backend.steem.timeline import timeline
from indexer.chain.rpc import Rpc
from indexer.errors import LaurelError
from indexer.settings import ROOT, Settings

DAY = 86_400
PARAMETERS = Parameters(day=DAY, seed=2 * 10**15)
"""As the local preset (a busy day's claims come to about its seed), except that a DAY is a whole day."""
OPTIONS = (
    *("--gas-limit", "1000000000"),  # a block takes all that happens at its moment
    *("--prune-history", "32"),  # states that stay in memory, which those of all blocks would fill
)
WRITTEN_SECOND = 16 * 1024 * 1024
"""Bytes per second that the chain may write of its file, which grows to a gigabyte."""
SAMPLE = ROOT / "tests" / "backend" / "steem" / "fixture.jsonl"
ACT_BYTES = 12_000  # of the chain's file, its copy and the database, for each act (see `_bytes`)
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


class Demo(Anvil):
    """One file's replay, and its chain, which holds nothing else."""

    goes_on = "`laurel up --demo steem` goes on from here."

    def __init__(self, settings: Settings, plan: Plan) -> None:
        super().__init__(settings.home)
        self.settings, self.plan = settings, plan
        self.timeline = timeline(plan, DAY)

    def command(self, port: int) -> list[str]:
        begin = self.timeline.begin
        seconds = 5 + _bytes(self.plan) // WRITTEN_SECOND
        return anvil.command(port, self._state, begin, seconds, OPTIONS)

    def begun(self, rpc: Rpc) -> None:
        """Until the replay, dates each block a second after the last, so that every run is set up the same."""
        rpc.call(Any, "anvil_setBlockTimestampInterval", 1)


def prepare(settings: Settings, file: Path | None, rpc_port: int) -> Demo:
    """Reads `file`, or without one the file of the replay that the home holds. settings: of the usual node.

    Raises NoFile, OtherFile, NoRoom, NotAnImport.
    """
    console = Console()
    own = settings.asking(f"http://127.0.0.1:{rpc_port}").apart(settings.home / "steem")
    own = replace(own, ipfs_api=None, sources=())
    note = own.home / "steem.json"
    noted = json.loads(note.read_text()) if note.exists() else None
    if file is None:
        if noted is None:
            raise NoFile(WHAT.format(sample=_near(SAMPLE)))
        file = Path(noted["file"])
    planned = plan(read_posts(file))
    tell(console, planned.notes)
    if not planned.pieces:
        raise NotAnImport(
            f"{file} holds no post that could be replayed. " + WHAT.format(sample=_near(SAMPLE))
        )
    digest = _digest(planned)
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
            path.write_text(secret(name).hex() + "\n")
    note.write_text(json.dumps({"file": str(file.absolute()), "digest": digest}) + "\n")
    return Demo(own, planned)


def _digest(planned: Plan) -> str:
    """A hash of all that a plan brings to the chain."""
    bare = [replace(piece, outcome=Outcome(), line=0) for piece in planned.pieces]
    return hashlib.sha256(repr(bare).encode()).hexdigest()


def secret(what: str) -> bytes:
    """32 bytes: a key of this demonstration, or the secret from which keys are derived."""
    return hashlib.sha256(f"Laurel: half a year of Steem, replayed: {what}".encode()).digest()


def _near(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _bytes(planned: Plan) -> int:
    """About how many bytes a replay leaves on disk in all."""
    acts = len(planned.handles) * 2 + len(planned.pieces) + planned.votes * 2
    return acts * ACT_BYTES


def _check_room(home: Path, planned: Plan) -> None:
    """Raises NoRoom if the disk has less room than the replay takes."""
    wanted, free = _bytes(planned), shutil.disk_usage(home).free
    if (home / "chain.json").exists():
        wanted //= 4
    if free < wanted:
        raise NoRoom(
            f"The replay takes about {wanted / 1e9:,.1f} GB in {home}; the disk has "
            f"{free / 1e9:,.1f} GB left. Make room, or set LAUREL_HOME to a folder on another disk."
        )
