"""`laurel sync`: copies, in bulk from other nodes, all content that the chain names and this node lacks."""

import threading
import time
from contextlib import closing

import click
import httpx
from rich.console import Console
from sqlalchemy import Engine, select

from indexer.content import open_store
from indexer.errors import LaurelError
from indexer.fetching.sync import Copy, Progress
from indexer.mirror.database import usable
from indexer.monitoring.progress import bar, blocks
from indexer.process.filelock import alone
from indexer.process.stopping import ended, until_signalled
from indexer.schema import Cursor
from indexer.settings import Settings

MB = 1_000_000


class EmptyMirror(LaurelError):
    """The mirror is empty, so it names no documents to copy."""


class Incomplete(LaurelError):
    """No node gave some of the blocks."""


@click.command()
@click.argument("urls", metavar="URL...", nargs=-1, required=True)
@click.option(
    "--largest", metavar="MB", default=1000, show_default=True, help="Leave larger files out."
)
def sync(urls: tuple[str, ...], largest: int) -> None:
    """Copy all documents, pictures and files that this node lacks from other nodes.

    Each URL is a node's address, as https://laurel.example; they are asked in order. Every block is
    checked by its hash. Killed, it goes on where it was when it is started again.
    """
    for url in urls:
        if not url.startswith(("http://", "https://")):
            raise click.BadParameter(f"{url} is no address: write https://{url}")
    console, settings = Console(soft_wrap=True, highlight=False), Settings.from_env()
    started = time.monotonic()
    with (
        alone(settings.home, "sync"),
        usable(settings.database) as engine,
        closing(open_store(settings.home / "content", settings.ipfs_api)) as store,
        httpx.Client() as client,
        until_signalled() as stop,
    ):
        console.print(f"The mirror is at block {_block(engine):,}.")
        with bar(console) as shown:
            task = shown.add_task("Looking", total=None, note="")

            def told(at: Progress) -> None:
                shown.update(
                    task,
                    description=f"Copying {at.stage}",
                    completed=at.here + at.copied + at.lacking,
                    total=at.total,
                    note=f"{at.bytes / MB:,.1f} MB",
                )

            copy = Copy(engine, store, urls, client, told, stop, largest * MB)
            copied = _run(copy, stop)
    _say(console, copied, time.monotonic() - started)


def _run(copy: Copy, stop: threading.Event) -> Progress:
    # In a thread, so that a signal stops it within seconds, whatever a node is doing.
    ended(copy.run, stop)
    return copy.progress


def _block(engine: Engine) -> int:
    """The mirror's last block. Raises EmptyMirror."""
    with engine.connect() as connection:
        block: int | None = connection.scalar(select(Cursor.block))
    if block is None:
        raise EmptyMirror(
            "The mirror is empty, so nobody knows which documents there are: start `laurel index`, "
            "and this again once it follows the chain."
        )
    return block


def _say(console: Console, copied: Progress, seconds: float) -> None:
    """Prints what was copied. Raises Incomplete, or SystemExit if the copy was stopped."""
    rate = copied.copied / max(seconds, 0.001)
    console.print(
        f"{blocks(copied.copied)} ({copied.bytes / MB:,.1f} MB) copied in {seconds:,.1f} s "
        f"({rate:,.0f}/s), each of them checked; {copied.here:,} were here already."
    )
    for refusal in copied.refusals.values():
        console.print(refusal, markup=False)
    for cid in copied.too_large[:3]:
        console.print(f"Left out, as larger than its document says or than --largest: {cid}")
    if not copied.finished:
        console.print("Stopped. The same command goes on from here.")
        raise SystemExit(130)
    if copied.lacking:
        raise Incomplete(
            f"{blocks(copied.lacking)} could not be had, {', '.join(copied.examples)} among them. "
            "Run this again later, or name further nodes."
        )
    rest = "everything else" if copied.too_large else "everything"
    console.print(f"This node has {rest} that its chain names.")
