"""`laurel index`, `laurel verify` and `laurel rebuild`."""

import signal
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from types import FrameType

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError

from indexer import store, verify
from indexer.content import open_store
from indexer.contents import Fetcher
from indexer.database import connect, migrate_mirror
from indexer.deployment import Deployment, load
from indexer.digests import table_digests
from indexer.errors import LaurelError
from indexer.follow import Indexer, catch_up, follow
from indexer.progress import bar, shown
from indexer.rpc import NodeUnreachable, Rpc
from indexer.settings import Settings
from indexer.source import Source
from indexer.writer import Lease


class DatabaseUnusable(LaurelError):
    """The database stays locked, or is no database of ours."""


@contextmanager
def _opened(settings: Settings) -> Iterator[tuple[Engine, Source, Deployment]]:
    """The database brought up to date, the chain, and the contracts on it."""
    with closing(Rpc(settings.rpc)) as rpc:
        deployment = load(settings.deployments, int(rpc.call(str, "eth_chainId"), 16))
        engine = connect(settings.database)
        try:
            migrate_mirror(engine)
            yield engine, Source(rpc, deployment.core, deployment.graph), deployment
        except DatabaseError as error:
            raise DatabaseUnusable(
                f"The database {engine.url} cannot be used: {error.orig}. Close whatever holds it, "
                "or set LAUREL_DATABASE to another, then run this again."
            ) from error
        finally:
            engine.dispose()


@contextmanager
def _indexer(settings: Settings) -> Iterator[tuple[Engine, Indexer]]:
    with (
        _opened(settings) as (engine, source, deployment),
        closing(open_store(settings.home / "content", settings.ipfs_api)) as content,
    ):
        fetcher = Fetcher(engine, content, settings.sources)
        yield engine, Indexer(engine, source, deployment, Lease(engine), fetcher)


@contextmanager
def _until_signalled() -> Iterator[threading.Event]:
    """An event that SIGINT and SIGTERM set, so that work ends between two transactions."""
    stop = threading.Event()

    def ask(number: int, frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _wait_for_node(settings: Settings, stop: threading.Event, console: Console) -> None:
    """Returns once the node answers, or at `stop`."""
    told = False
    with closing(Rpc(settings.rpc)) as rpc:
        while not stop.is_set():
            try:
                rpc.call(str, "eth_chainId")
                return
            except NodeUnreachable as error:
                if not told:
                    console.print(f"Waiting. {error}", soft_wrap=True, highlight=False)
                told = True
                stop.wait(1)


@click.command()
def index() -> None:
    """Mirror the chain into the database, and follow it until stopped."""
    console, settings = Console(), Settings.from_env()
    with _until_signalled() as stop:
        _wait_for_node(settings, stop, console)
        if not stop.is_set():
            with _indexer(settings) as (_, indexer), shown(console) as report:
                follow(indexer, report, stop)
    console.print("Stopped. `laurel index` goes on from here.", highlight=False)


@click.command("verify")
def verify_command() -> None:
    """Compare the mirror with the contracts' views; exits with 1 if anything differs."""
    console = Console()
    with (
        _opened(Settings.from_env()) as (engine, source, deployment),
        bar(console) as progress,
    ):
        task = progress.add_task("Comparing with the contracts", total=None, note="")
        outcome = verify.verify(
            engine,
            source,
            deployment,
            lambda total: progress.update(task, total=total),
            lambda done: progress.advance(task, done),
        )
    table = Table("", "compared", "different", title=f"At block {outcome.block:,}")
    for kind, compared in outcome.compared.items():
        table.add_row(kind, f"{compared:,}", f"{outcome.different[kind]:,}")
    console.print(table)
    for found in outcome.first:
        console.print(
            f"{found.name}: {found.field} is {found.chain} on chain, {found.mirror} in the mirror.",
            soft_wrap=True,
            highlight=False,
        )
    if not outcome.same:
        raise SystemExit(1)
    console.print("The mirror agrees with the contracts.")


@click.command()
def rebuild() -> None:
    """Empty the mirror, index the same blocks again, and say whether the tables are the same."""
    console = Console()
    with _indexer(Settings.from_env()) as (engine, indexer):
        indexer.check_node()
        indexer.lease.take_over()  # a running indexer waits meanwhile
        try:
            before, here = table_digests(engine), store.position(engine)
            store.empty(engine, indexer.lease)
            with shown(console) as report:
                catch_up(indexer, report, here.block if here else None)
            indexer.fetcher.sweep()
            after, there = table_digests(engine), store.position(engine)
        finally:
            indexer.lease.release()
    table = Table("table", "digest", "", title=f"Rebuilt to block {there.block if there else 0:,}")
    for name, digest in after.items():
        table.add_row(name, digest[:16], "same" if digest == before[name] else "changed")
    console.print(table)
    if here is not None and after != before:
        console.print(
            "Some tables changed: the mirror was not what the chain says, or the chain is another."
        )
