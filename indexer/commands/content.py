"""`laurel content`: what became of the documents that the chain names, and more workers to fetch them."""

import time
from collections.abc import Callable
from contextlib import closing

import click
from rich.console import Console
from sqlalchemy import ColumnElement

from indexer.commands.files import add, get
from indexer.commands.move import move
from indexer.content import open_store
from indexer.content.cid import cid_of, digest_of
from indexer.content.errors import ContentError
from indexer.errors import LaurelError
from indexer.fetching import queue
from indexer.fetching.queue import Document
from indexer.fetching.worker import Fetcher
from indexer.mirror.counts import contents_by_state
from indexer.mirror.database import usable
from indexer.process.stopping import ended, until_signalled
from indexer.schema import CONTENT_STATES, Content
from indexer.settings import Settings


class NobodyToAsk(LaurelError):
    """No sources are set, so workers would find nothing."""


class NotNamed(LaurelError):
    """No event on the chain names this document."""


class _Digest(click.ParamType[bytes]):
    name = "DIGEST|CID"

    def convert(
        self, value: str | bytes, param: click.Parameter | None, ctx: click.Context | None
    ) -> bytes:
        if isinstance(value, bytes):
            return value
        try:
            digest = bytes.fromhex(value.removeprefix("0x"))
            if len(digest) == 32:
                return digest
        except ValueError:
            pass
        try:
            return digest_of(value)
        except ContentError as error:
            self.fail(f"{value} is neither a digest of 32 bytes in hex nor a CID: {error}")


@click.group()
def content() -> None:
    """The documents that posts and profiles name: how they stand, fetching them, and where they are kept."""


content.add_command(add)
content.add_command(get)
content.add_command(move)


@content.command()
@click.option("--workers", type=click.IntRange(1), help="Threads (default: LAUREL_FETCHERS, or 4).")
def fetch(workers: int | None) -> None:
    """Fetch missing documents beside the indexer, until stopped; start as many of these as you like."""
    console, settings = Console(), Settings.from_env()
    if not settings.sources:
        raise NobodyToAsk(
            "There is nobody to ask: set LAUREL_SOURCES to the addresses of other nodes or gateways."
        )
    say = _once(lambda text: console.print(text, soft_wrap=True, highlight=False))
    with (
        usable(settings.database) as engine,
        closing(open_store(settings.home / "content", settings.ipfs_api)) as store,
        until_signalled() as stop,
    ):
        number = workers or settings.fetchers or 1
        fetcher = Fetcher(engine, store, settings.sources, workers=number)
        say(f"Fetching what is missing from {', '.join(settings.sources)}.")
        ended(lambda: fetcher.work(stop, say), stop)
        if fetcher.failure is not None:
            raise fetcher.failure
    say("Stopped.")


@content.command()
@click.argument("digest", type=_Digest(), required=False)
@click.option("--state", type=click.Choice(CONTENT_STATES), help="List those in this state.")
@click.option("--limit", type=click.IntRange(0), default=10, show_default=True)
@click.option("--retry", is_flag=True, help="Ask again at once for what is missing (or --state).")
def status(digest: bytes | None, state: str | None, limit: int, retry: bool) -> None:
    """How many documents are in each state, and the oldest that are missing; or how one stands."""
    console, settings = Console(soft_wrap=True, highlight=False), Settings.from_env()
    wanted = state or "missing"
    if retry and wanted == "ready":
        raise click.UsageError("What is ready need not be asked for again.")
    with usable(settings.database) as engine:
        if retry:
            condition: ColumnElement[bool] = (
                Content.digest == digest if digest else Content.state == wanted
            )
            console.print(f"To be asked for at once: {queue.ask_again(engine, condition):,}.")
        if digest is not None:
            found = queue.one(engine, digest)
            if found is None:
                raise NotNamed(f"No event on the chain names {cid_of(digest)}.")
            _show(console, found)
            with closing(open_store(settings.home / "content", settings.ipfs_api)) as store:
                try:
                    console.print(
                        f"  this machine has its {len(store.get(cid_of(digest))):,} bytes"
                    )
                except ContentError as error:
                    console.print(f"  this machine: {error}")
            return
        with engine.connect() as connection:
            counted = contents_by_state(connection)
        console.print(", ".join(f"{number:,} {name}" for name, number in counted.items()))
        for each in queue.listed(engine, wanted, limit):
            _show(console, each)
        if wanted == "missing" and counted["missing"] and not settings.sources:
            console.print(
                "They are looked for on this machine only: set LAUREL_SOURCES to ask others."
            )


def _show(console: Console, document: Document) -> None:
    post = f"post 0x{document.post.hex()}" if document.post else "no post's (a profile, or an edit)"
    by = f" by @{document.author}" if document.author else ""
    console.print(f"{cid_of(document.digest)}: {document.state}, {post}{by}", markup=False)
    if document.title:
        console.print(f"  {document.title}", markup=False)
    if document.state == "missing":
        console.print(f"  {_asked(document, time.time())}")
    if document.error:
        console.print(f"  {document.error}", markup=False)


def _asked(document: Document, now: float) -> str:
    if document.claimed_until > now:
        return f"try {document.tries + 1} is under way"
    wait = document.next_try - now
    again = f"again in {wait:,.0f} seconds" if wait > 0 else "due now"
    return f"asked for {document.tries:,} times, {again}"


def _once(say: Callable[[str], None]) -> Callable[[str], None]:
    """`say`, but it skips a text that repeats the last one."""
    said: list[str] = []

    def once(text: str) -> None:
        if said[-1:] != [text]:
            said[:] = [text]
            say(text)

    return once
