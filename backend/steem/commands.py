"""`laurel import steem FILE`: a progress bar, and a table at the end."""

import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from backend.chain.connection import connect_chain
from backend.local.accounts import faucet
from backend.local.clock import check_local
from backend.local.keys import fund, key_file
from backend.relay.settings import RelaySettings
from backend.steem.plan import Plan, plan
from backend.steem.read import read_posts
from backend.steem.run import KINDS, Importer, Tally
from indexer.chain.rpc import Rpc
from indexer.content import open_store
from indexer.monitoring.progress import bar
from indexer.process.filelock import alone
from indexer.protocol.actions import secp256k1_address
from indexer.settings import Settings

NOTES = 20  # sentences about single lines, at the most


@click.group("import")
def import_group() -> None:
    """Bring posts from elsewhere."""


@import_group.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--limit", type=click.IntRange(1), help="Only the first so many lines.")
def steem(file: Path, limit: int | None) -> None:
    """Put Steem's posts, comments and votes of FILE (JSON lines, or gzipped) on the local chain.

    Makes an account for everybody in them, with the stake that their votes need, and moves the chain's
    clock on. Killed half-way, the same command goes on where it was.
    """
    console = Console()
    planned = plan(read_posts(file, limit))
    began = time.monotonic()
    tally = import_plan(planned, Settings.from_env(), console)
    report(console, planned, tally, time.monotonic() - began)


def import_plan(planned: Plan, settings: Settings, console: Console) -> Tally:
    """Imports with a progress bar. Raises NotLocal, AlreadyAtWork, TooLittleLrl, FaucetLost, NotMined."""
    with closing(Rpc(settings.rpc)) as rpc, alone(settings.home, "import steem"):
        check_local(rpc)
        chain = connect_chain(settings)
        giver = faucet(chain, RelaySettings.from_env(settings.home).faucet_key_file)
        payer = key_file(settings.home / "import.key")
        fund(rpc, secp256k1_address(payer))
        total = len(planned.handles) + len(planned.stakes) + len(planned.pieces) + planned.votes
        with (
            bar(console) as progress,
            closing(open_store(settings.home / "content", settings.ipfs_api)) as store,
        ):
            task = progress.add_task("accounts", total=total, note="")
            began = time.monotonic()

            def advance(what: str, number: int) -> None:
                progress.update(task, description=what, advance=number)
                done = progress.tasks[0].completed
                progress.update(task, note=f"{done / (time.monotonic() - began):,.0f}/s")

            secret = key_file(settings.home / "steem.key")
            return Importer(chain, rpc, store, giver, secret, payer, advance).run(planned)


def report(console: Console, planned: Plan, tally: Tally, seconds: float) -> None:
    """Prints what was imported, what not and why, gas per action, and the rate."""
    table = Table(title=f"Imported from Steem, {len(planned.pieces):,} posts and comments in all")
    table.add_column("")
    for name in ("imported", "there already", "left out", "gas each"):
        table.add_column(name, justify="right")
    for kind in KINDS:
        left_out = sum(n for (what, _), n in tally.skipped.items() if what == kind)
        table.add_row(
            kind,
            f"{tally.made[kind]:,}",
            f"{tally.found[kind]:,}",
            f"{left_out:,}",
            f"{gas_each(tally, kind):,}" if gas_each(tally, kind) else "",
        )
    console.print(table)
    tell(console, planned.notes)
    for (what, reason), number in sorted(tally.skipped.items()):
        console.print(f"  left out: {number:,} {what}: {reason}", highlight=False, soft_wrap=True)
    console.print(
        f"{tally.actions:,} actions in {seconds:,.1f} s: {tally.actions / seconds:,.0f} a second.",
        highlight=False,
    )


def tell(console: Console, notes: Sequence[str]) -> None:
    """Prints notes about single lines, NOTES of them at the most."""
    for sentence in notes[:NOTES]:
        console.print(f"  {sentence}", style="yellow", highlight=False, soft_wrap=True)
    if len(notes) > NOTES:
        console.print(f"  And so on, of {len(notes) - NOTES:,} lines more.", style="yellow")


def gas_each(tally: Tally, kind: str) -> int:
    """Gas per imported action of a kind; posts and comments go together. 0 if there were none."""
    if kind in ("posts", "comments"):
        return tally.gas["posts"] // max(1, tally.made["posts"] + tally.made["comments"])
    return tally.gas[kind] // max(1, tally.made[kind])
