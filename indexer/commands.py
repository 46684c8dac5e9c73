"""`laurel index`, `laurel verify` and `laurel rebuild`."""

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

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
from indexer.follow import Indexer, Report, State, Status, catch_up, follow
from indexer.health import Watch, served
from indexer.logs import set_up
from indexer.metrics import Metrics
from indexer.progress import bar, log, shown
from indexer.rpc import NodeUnreachable, Rpc
from indexer.settings import Settings
from indexer.source import Source
from indexer.stopping import ended, until_signalled
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


def _wait_for_node(settings: Settings, stop: threading.Event, report: Report) -> None:
    """Returns once the node answers, or at `stop`."""
    with closing(Rpc(settings.rpc)) as rpc:
        while not stop.is_set():
            try:
                rpc.call(str, "eth_chainId")
                return
            except NodeUnreachable as error:
                report(Status(State.WAITING, reason=str(error)))
                stop.wait(1)


@contextmanager
def _observed(
    settings: Settings, address: str | None, console: Console
) -> Iterator[tuple[Report, Metrics]]:
    """Everybody who wants to know what the loop does, behind one report function."""
    watch = Watch(settings.ready_blocks)
    metrics = Metrics(watch.step_age)
    with ExitStack() as ending:
        if address is not None:
            url = ending.enter_context(served(address, watch.health, metrics.exposition))
            log.info(f"Metrics are at {url}/metrics, health at {url}/health.", extra={"url": url})
        show = ending.enter_context(shown(console))

        def report(status: Status) -> None:
            for each in (watch.report, metrics.report, show):
                each(status)

        yield report, metrics


@click.command()
@click.option(
    "--metrics", metavar="[HOST:]PORT", help="Serve /metrics and /health (or set LAUREL_METRICS)."
)
def index(metrics: str | None) -> None:
    """Mirror the chain into the database, and follow it until stopped."""
    console, settings = Console(), Settings.from_env()
    set_up(console)

    def work() -> None:
        with _observed(settings, metrics or settings.metrics, console) as (report, counted):
            _wait_for_node(settings, stop, report)
            if not stop.is_set():
                with _indexer(settings) as (engine, indexer):
                    counted.add_rpc_errors(lambda: indexer.rpc_errors)
                    counted.add_database(engine)
                    follow(indexer, report, stop)

    with until_signalled() as stop:
        try:
            whole = ended(work, stop)
        except LaurelError as error:
            if console.is_terminal:
                raise
            log.error(str(error))
            raise SystemExit(1) from error
    log.info("Stopped. `laurel index` goes on from here.")
    if not whole:  # what is under way is lost as by a kill: nothing of it was written
        console.show_cursor()
        logging.shutdown()
        os._exit(0)


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
