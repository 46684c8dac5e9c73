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

from indexer import store, verify
from indexer.content import open_store
from indexer.contents import Fetcher
from indexer.database import connect, migrate_mirror
from indexer.deployment import Deployment, load
from indexer.digests import table_digests
from indexer.follow import DifferentChain, Indexer, catch_up, follow
from indexer.progress import bar, shown
from indexer.rpc import NodeUnreachable, Rpc, RpcError
from indexer.settings import Settings
from indexer.source import Source
from indexer.writer import Lease

FOR_THE_USER = (DifferentChain, NodeUnreachable, RpcError, store.TooDeep, verify.Behind)
"""Errors of these commands whose message says what to do."""


@contextmanager
def _opened(settings: Settings) -> Iterator[tuple[Engine, Source, Deployment]]:
    """The database brought up to date, the chain, and the contracts on it."""
    with closing(Rpc(settings.rpc)) as rpc:
        deployment = load(settings.deployments, int(rpc.call(str, "eth_chainId"), 16))
        engine = connect(settings.database)
        migrate_mirror(engine)
        try:
            yield engine, Source(rpc, deployment.core), deployment
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


@click.command()
def index() -> None:
    """Mirror the chain into the database, and follow it until stopped."""
    console = Console()
    with (
        _until_signalled() as stop,
        _indexer(Settings.from_env()) as (_, indexer),
        shown(console) as report,
    ):
        follow(indexer, report, stop)
    console.print("Stopped. `laurel index` goes on from here.", highlight=False)
