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

from indexer.chain.failover import Nodes
from indexer.chain.prefetch import Ahead
from indexer.chain.rpc import NodeUnreachable
from indexer.chain.source import Source
from indexer.chain.startup import check, check_mirror, deployment_on
from indexer.chain.websocket import heard
from indexer.content import open_store
from indexer.errors import LaurelError
from indexer.fetching.worker import Fetcher
from indexer.follow import RETRY, Indexer, Report, State, Status, follow
from indexer.mirror import store
from indexer.mirror.database import ServerAway, usable
from indexer.mirror.lease import Lease
from indexer.monitoring.health import Watch, served
from indexer.monitoring.logs import set_up
from indexer.monitoring.metrics import Metrics
from indexer.monitoring.progress import bar, log, shown
from indexer.process.stopping import ended, until_signalled
from indexer.protocol.deployment import Deployment
from indexer.rebuild import rebuild
from indexer.settings import Settings
from indexer.verify import compare


def _settled(engine: Engine) -> tuple[int, bytes] | None:
    """Number and hash of a block that is final, to compare nodes by: the oldest that can be rolled back to."""
    return next(reversed(store.kept(engine)), None)


@contextmanager
def _opened(
    settings: Settings, deployment: Deployment | None = None
) -> Iterator[tuple[Engine, Source, Deployment]]:
    """The migrated database, the chain, and the contracts on it."""
    with closing(Nodes(settings.rpcs)) as rpc:
        deployment = deployment or deployment_on(rpc, settings.deployments)
        with usable(settings.database) as engine:
            rpc.known = lambda: _settled(engine)
            yield engine, Source(rpc, deployment.core, deployment.graph), deployment


@contextmanager
def _indexer(
    settings: Settings, deployment: Deployment | None = None
) -> Iterator[tuple[Engine, Indexer]]:
    with (
        _opened(settings, deployment) as (engine, source, deployment),
        closing(open_store(settings.home / "content", settings.ipfs_api)) as content,
        closing(Ahead(settings.rpcs, deployment.core, deployment.graph)) as ahead,
    ):
        fetcher = Fetcher(engine, content, settings.sources)
        yield engine, Indexer(engine, source, deployment, Lease(engine), fetcher, ahead)


def _wait_for_both(settings: Settings, stop: threading.Event, report: Report) -> Deployment | None:
    """Waits until node and database answer, and checks that they fit. Returns the contracts; None at `stop`.

    Writes nothing. Raises the errors of startup.py.
    """
    with closing(Nodes(settings.rpcs)) as rpc:
        while not stop.is_set():
            try:
                deployment = deployment_on(rpc, settings.deployments)
                check(Source(rpc, deployment.core, deployment.graph), deployment)
                with usable(settings.database, migrate=False) as engine:
                    check_mirror(engine, deployment)
            except (NodeUnreachable, ServerAway) as error:
                report(Status(State.WAITING, reason=str(error)))
                stop.wait(RETRY)
            else:
                return deployment
    return None


@contextmanager
def _observed(
    settings: Settings, address: str | None, console: Console
) -> Iterator[tuple[Report, Metrics]]:
    """Metrics, and a function that reports to health, metrics and console. Serves both at `address`, if any."""
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
            deployment = _wait_for_both(settings, stop, report)
            if deployment is not None:
                with (
                    _indexer(settings, deployment) as (engine, indexer),
                    heard(settings.rpc_ws) as wake,
                ):
                    counted.add_rpc_errors(lambda: indexer.rpc_errors)
                    counted.add_database(engine)
                    follow(indexer, report, stop, wake)

    with until_signalled() as stop:
        try:
            whole = ended(work, stop)
        except Exception as error:
            if console.is_terminal:
                raise
            expected = isinstance(error, LaurelError)
            log.error(str(error), exc_info=None if expected else error)
            raise SystemExit(1) from error
    log.info("Stopped. `laurel index` goes on from here.")
    if not whole:  # as if killed: the database drops what was not committed
        console.show_cursor()
        logging.shutdown()
        os._exit(0)


@click.command("verify")
@click.option("--full", is_flag=True, help="Everything, however long it takes.")
@click.option("--sample", default=50_000, show_default=True, help="Views to ask about, by lot.")
def verify_command(full: bool, sample: int) -> None:
    """Compare the mirror with the contracts' views; exits with 1 if anything differs."""
    console = Console()
    with (
        _opened(Settings.from_env()) as (engine, source, deployment),
        bar(console) as progress,
    ):
        task = progress.add_task("Comparing with the contracts", total=None, note="")
        outcome = compare.verify(
            engine,
            source,
            deployment,
            lambda total: progress.update(task, total=total),
            lambda done: progress.advance(task, done),
            most=None if full else sample,
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
    compared = sum(outcome.compared.values())
    if compared < outcome.total:
        console.print(
            f"{compared:,} of {outcome.total:,} views, drawn by lot, agree; --full asks for all."
        )
    else:
        console.print("The mirror agrees with the contracts.")


@click.command("rebuild")
def rebuild_command() -> None:
    """Index the same blocks again beside the mirror, put them in its place, and say whether they are the same."""
    console, settings = Console(), Settings.from_env()
    with (
        _opened(settings) as (engine, source, deployment),
        closing(open_store(settings.home / "content", settings.ipfs_api)) as content,
        closing(Ahead(settings.rpcs, deployment.core, deployment.graph)) as ahead,
    ):

        def indexer_of(database: Engine) -> Indexer:
            fetcher = Fetcher(database, content)
            return Indexer(database, source, deployment, Lease(database), fetcher, ahead)

        with shown(console) as report:
            rebuilt = rebuild(engine, deployment, indexer_of, report)
    table = Table("table", "digest", "", title=f"Rebuilt to block {rebuilt.block:,}")
    for name, digest in rebuilt.after.items():
        same = digest == rebuilt.before[name]
        table.add_row(name, digest[:16], "same" if same else "changed")
    console.print(table)
    if not rebuilt.same:
        console.print(
            "Some tables changed: the mirror was not what the chain says, or the chain is another."
        )
