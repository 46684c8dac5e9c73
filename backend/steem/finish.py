"""The end of a replay: its result is verified, stored in the node's tables, and printed."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine, select

from backend.steem import record
from backend.steem.correlation import spearman
from backend.steem.invariants import Invariant, invariants
from backend.steem.plan import Plan
from backend.steem.tables import SteemPiece
from backend.steem.tally import Counts
from backend.steem.timeline import Timeline
from indexer.chain.rpc import Rpc
from indexer.chain.source import Source
from indexer.protocol.deployment import Deployment
from indexer.schema import Cursor, Post
from indexer.verify.compare import Outcome, verify

DUMP_SECONDS = 900.0  # that the chain may take to write its file
VERIFY_WAIT = 900.0  # for the mirror to reach the head
LABELS = {
    "accounts": "accounts",
    "stakes": "grants of stake",
    "posts": "posts",
    "comments": "comments",
    "votes": "votes",
    "days": "days closed",
    "settlements": "posts settled",
    "claims": "curation rewards claimed",
}


@dataclass(frozen=True)
class Finished:
    """A replay's result. counts: also what was left out before it came to the chain. seconds: of replaying.
    compared: the pieces that `spearman` is about. sizes: bytes on disk."""

    counts: Counts
    seconds: float
    spearman: float | None
    compared: int
    outcome: Outcome
    invariants: list[Invariant]
    sizes: dict[str, int]

    @property
    def gas(self) -> int:
        return sum(self.counts.gas.values())

    @property
    def actions(self) -> int:
        return self.counts.actions

    @property
    def rate(self) -> float:
        return self.actions / self.seconds if self.seconds else 0.0

    @property
    def holds(self) -> bool:
        return self.outcome.same and all(each.holds for each in self.invariants)


def finish(
    engine: Engine,
    rpc: Rpc,
    deployment: Deployment,
    plan: Plan,
    timeline: Timeline,
    home: Path,
    begin: Callable[[int], None],
    advance: Callable[[int], None],
) -> Finished:
    """Verifies the whole mirror, and stores the result. begin, advance: told how many views there are to compare,
    and how many were compared since the last call.

    Raises Behind, NodeUnreachable.
    """
    since = time.time()
    counts, seconds = record.totals(engine)
    counts.skipped.update(plan.skipped)
    counts.skipped.update(timeline.skipped)
    source = Source(rpc, deployment.core, deployment.graph)
    outcome = verify(engine, source, deployment, begin, advance, wait=VERIFY_WAIT)
    held = invariants(engine, rpc, deployment)
    correlated, compared = _spearman(engine)
    _await_dump(home / "chain.json", since)
    done = Finished(
        counts, seconds, correlated, compared, outcome, held, _sizes(home, engine.url.database)
    )
    with engine.connect() as connection:
        ended = connection.scalars(select(Cursor.timestamp)).one()
    record.finish(engine, _row(done, timeline.begin, ended))
    return done


def _row(done: Finished, began: int, ended: int) -> dict[str, Any]:
    verification = {
        "block": done.outcome.block,
        "compared": done.outcome.compared,
        "different": done.outcome.different,
        "invariants": [[i.said, i.holds, i.numbers] for i in done.invariants],
    }
    return {
        "began": began,
        "ended": ended,
        "counts": done.counts.as_json(),
        "gas": done.gas,
        "seconds": done.seconds,
        "rate": done.rate,
        "spearman": done.spearman,
        "sizes": done.sizes,
        "verified": done.holds,
        "verification": verification,
    }


def _spearman(engine: Engine) -> tuple[float | None, int]:
    """Spearman's correlation of our net rshares with Steem's, and the number of pieces: those with Steem's known."""
    pairs = select(Post.net_rshares, SteemPiece.net_rshares).join(
        SteemPiece, SteemPiece.post == Post.id
    )
    with engine.connect() as connection:
        rows = connection.execute(pairs.where(SteemPiece.net_rshares.is_not(None))).all()
    ours, theirs = [row[0] for row in rows], [row[1] or 0 for row in rows]
    return spearman(ours, theirs), len(rows)


def _await_dump(state: Path, since: float) -> None:
    """Waits until the chain has written its file anew, DUMP_SECONDS at the most."""
    end = time.monotonic() + DUMP_SECONDS
    size = -1
    while time.monotonic() < end:
        found = state.stat() if state.exists() else None
        if found and found.st_mtime > since and found.st_size == size:
            return
        size = found.st_size if found else -1
        time.sleep(2)


def _sizes(home: Path, database: str | None) -> dict[str, int]:
    """Bytes on disk, by what takes them."""
    content = sum(file.stat().st_size for file in (home / "content").rglob("*") if file.is_file())
    files = [Path(f"{database}{end}") for end in ("", "-wal")] if database else []
    return {
        "chain": _size(home / "chain.json"),
        "database": sum(map(_size, files)),
        "content": content,
    }


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def show(console: Console, done: Finished) -> None:
    """Prints the tables of a finished replay."""
    table = Table("", title="Half a year of Steem, replayed")
    for name in ("imported", "left out", "gas", "gas each"):
        table.add_column(name, justify="right")
    skipped = Counter[str]()
    for (what, _), number in done.counts.skipped.items():
        skipped[what] += number
    for what, label in LABELS.items():
        made = done.counts.made[what]
        both = made + (done.counts.made["comments"] if what == "posts" else 0)
        gas = done.counts.gas[what]
        each = f"{gas // both:,}" if gas and both else ""
        table.add_row(
            label, f"{made:,}", f"{skipped[what]:,}", f"{gas:,}" if gas else "(posts)", each
        )
    console.print(table)
    for (what, why), number in sorted(done.counts.skipped.items()):
        console.print(f"  left out: {number:,} {what}: {why}", highlight=False, soft_wrap=True)
    say = [
        f"{done.actions:,} actions in {done.seconds:,.0f} s of replaying: {done.rate:,.0f} a second; "
        f"{done.gas:,} gas.",
        f"On disk: chain {_mb(done.sizes['chain'])}, database {_mb(done.sizes['database'])}, "
        f"content {_mb(done.sizes['content'])}.",
        f"Spearman of our net rshares against Steem's, over {done.compared:,} pieces: "
        + ("(all the same)" if done.spearman is None else f"{done.spearman:.4f}")
        + ".",
        f"verify --full: {sum(done.outcome.compared.values()):,} views compared, "
        f"{sum(done.outcome.different.values()):,} different.",
        *(f"{'Holds' if i.holds else 'BROKEN'}: {i.said} ({i.numbers})." for i in done.invariants),
    ]
    for line in say:
        console.print(line, highlight=False, soft_wrap=True)


def _mb(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
