"""Starts a node's processes in order, watches them, and stops them, the chain last."""

import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType

import httpx
from rich.console import Console
from sqlalchemy import Engine, select

from backend.database import migrate_node
from backend.deployment.compile import compile_contracts
from backend.local import anvil
from backend.local.setup import deploy_locally, furnish
from backend.up import claims
from backend.up.children import Child, check, start, stop, wait_for
from backend.up.screen import show, step
from indexer.database import connect, migrate_mirror
from indexer.deployment import load
from indexer.rpc import Rpc
from indexer.schema import Cursor
from indexer.settings import ROOT, Settings, rpc_file

COPY_SECONDS = 5.0
COPY_PART = 50  # looking at the chain's file takes at most this part (a fiftieth) of the time
BEAT_SECONDS = 0.25


class Asked(BaseException):
    """Somebody asked the node to stop. A BaseException: no step's `except Exception` may keep it."""


def up(
    settings: Settings, port: int, rpc_port: int, samples: bool, console: Console | None = None
) -> None:
    """Runs a node until it is asked to stop (SIGINT, SIGTERM, SIGHUP).

    Raises AlreadyUp, PortTaken, AnvilMissing, ChildDied, and what compiling and deploying raise; whatever
    was started is stopped first.
    """
    console = console or Console()
    settings = replace(settings, rpc=f"http://127.0.0.1:{rpc_port}")
    children: list[Child] = []
    state = settings.home / "chain.json"
    with claims.folder(settings.home), _asked_by_signal():
        try:
            claims.port(rpc_port, "the chain", "RPC_PORT")
            claims.port(port, "the site", "PORT")
            _start(settings, port, rpc_port, samples, state, children, console)
            _watch(children, anvil.Copier(state))
        except Asked:
            console.print("\nStopping ...", end="", highlight=False)
        finally:
            _ignore_signals()
            killed = stop(children)
            anvil.Copier(state).copy()
        late = f" ({', '.join(killed)} did not end in time)" if killed else ""
        console.print(f" stopped{late}. `make up` goes on from here.", highlight=False)


def _start(
    settings: Settings,
    port: int,
    rpc_port: int,
    samples: bool,
    state: Path,
    children: list[Child],
    console: Console,
) -> None:
    logs = settings.home / "logs"
    env = _environment(settings)
    rpc_file(settings.home).write_text(settings.rpc + "\n")
    if healed := anvil.heal(state):
        console.print(healed.sentence, style="yellow", highlight=False, soft_wrap=True)
    with step(console, "Compiling the contracts, if they are new"):
        compile_contracts()
    with step(console, "Local chain"):
        children.append(start("The chain", anvil.command(rpc_port, state), logs / "chain.log", env))
        wait_for(lambda: _chain_answers(settings.rpc), children, "The chain", 30)
    with step(console, "Contracts on the chain"):
        deploy_locally(settings, lambda line: console.print(f" {line}", end="", highlight=False))
    with step(console, "Database"):
        engine = connect(settings.database)
        migrate_mirror(engine)
        migrate_node(engine)
    with step(console, "Faucet and samples"):
        furnish(settings, samples)
    for name, what in (("index", "The indexer"), ("relay", "The relay"), ("site", "The site")):
        command = [sys.executable, "-m", "backend", name]
        command += ["--port", str(port)] if name == "site" else []
        children.append(start(what, command, logs / f"{name}.log", env))
    site = f"http://127.0.0.1:{port}"
    with step(console, "Indexer, relay and site"):
        wait_for(lambda: _site_answers(site), children, "The site", 60)
        head = _head(settings.rpc)
        wait_for(lambda: _indexed(engine) >= head, children, "The indexer", 120)
    engine.dispose()
    day = load(settings.deployments, anvil.CHAIN_ID).day
    show(console, site, settings.rpc, day, str(logs))


def _watch(children: list[Child], copier: anvil.Copier) -> None:
    due = float("-inf")
    while True:
        check(children)
        if (began := time.monotonic()) >= due:
            copier.copy()
            due = began + max(COPY_SECONDS, COPY_PART * (time.monotonic() - began))
        time.sleep(BEAT_SECONDS)


# ---------------------------------------------------------------- is it there yet


def _chain_answers(rpc: str) -> bool:
    try:
        answer = httpx.post(
            rpc, json={"jsonrpc": "2.0", "id": 1, "method": "eth_chainId", "params": []}
        )
        return answer.status_code == 200 and "result" in answer.json()
    except (httpx.HTTPError, ValueError):
        return False


def _site_answers(site: str) -> bool:
    try:
        return httpx.get(f"{site}/api/v1/chain", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def _head(rpc: str) -> int:
    with closing(Rpc(rpc)) as node:
        return int(node.call(str, "eth_blockNumber"), 16)


def _indexed(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(Cursor.block)) or 0


# ---------------------------------------------------------------- surroundings


def _environment(settings: Settings) -> Mapping[str, str]:
    return os.environ | {
        "LAUREL_HOME": str(settings.home),
        "LAUREL_DATABASE": settings.database,
        "LAUREL_RPC": settings.rpc,
        "LAUREL_DEPLOYMENTS": str(settings.deployments),
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
    }


@contextmanager
def _asked_by_signal() -> Iterator[None]:
    def ask(number: int, frame: FrameType | None) -> None:
        raise Asked

    before = {n: signal.signal(n, ask) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ignore_signals() -> None:
    """A second Ctrl-C must not leave processes behind: stopping takes a few seconds at the most."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
