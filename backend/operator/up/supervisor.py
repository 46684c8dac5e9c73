"""Starts a node's processes in order, watches them, and stops them, the chain last."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from types import FrameType

import httpx
from rich.console import Console
from sqlalchemy import Engine, select

from backend.deployment.compile import compile_contracts
from backend.local.chains import OwnChain
from backend.local.clock import is_local
from backend.local.setup import furnish
from backend.operator.up import ports
from backend.operator.up.coin import await_coin
from backend.operator.up.processes import Child, check, start, stop, wait_for
from backend.operator.up.screen import show, step
from backend.site.api import API
from backend.site.database import migrate_node
from indexer.chain.rpc import NodeUnreachable, Rpc, RpcError, quantity
from indexer.chain.startup import check_mirror
from indexer.mirror.database import connect, migrate_mirror
from indexer.protocol.deployment import Deployment
from indexer.schema import Cursor
from indexer.settings import ROOT, Settings, rpc_file

COPY_SECONDS = 5.0
COPY_PART = 50  # copying the chain's file takes at most this part (a fiftieth) of the time
BEAT_SECONDS = 0.25
CHAIN_SECONDS = 60.0  # that a local chain may take to start, on a busy machine
GOES_ON = "The chain goes on without this node, which catches up when it is started again."


Contracts = Callable[[Callable[[str], None]], Deployment]
"""Returns the contracts on the chain, and deploys them if they are missing; takes a function for its messages."""


Play = Callable[[Console, Callable[[], None]], object]
"""Acts on the chain first. Takes a function to call often, which raises ChildDied when a process has ended."""


class Asked(BaseException):
    """Somebody asked the node to stop. A BaseException, so that no step's `except Exception` catches it."""


def up(
    settings: Settings,
    port: int,
    chain: OwnChain | None,
    rpc_port: int,
    samples: bool,
    contracts: Contracts,
    console: Console | None = None,
    play: Play | None = None,
) -> None:
    """Runs a node until it is asked to stop (SIGINT, SIGTERM, SIGHUP).

    chain: started on `rpc_port` and ended here; None where the chain of `settings.rpc` runs already.
    play: called once the indexer is started, before the relay and the site.
    Raises AlreadyUp, PortTaken, AnvilMissing, HardhatMissing, ChildDied, and what compiling and deploying
    raise; whatever was started is stopped first.
    """
    console = console or Console()
    children: list[Child] = []
    with ports.folder(settings.home), _asked_by_signal():
        try:
            if chain is not None:
                ports.port(rpc_port, "the chain", "RPC_PORT")
            ports.port(port, "the site", "PORT")
            _start(settings, port, chain, rpc_port, samples, contracts, children, console, play)
            _watch(children, chain)
        except Asked:
            console.print("\nStopping ...", end="", highlight=False)
        finally:
            _ignore_signals()
            killed = stop(children)
            if chain is not None:
                chain.keep()
        late = f" ({', '.join(killed)} did not end in time)" if killed else ""
        goes_on = chain.goes_on if chain else GOES_ON
        console.print(f" stopped{late}. {goes_on}", highlight=False, soft_wrap=True)


def _start(
    settings: Settings,
    port: int,
    chain: OwnChain | None,
    rpc_port: int,
    samples: bool,
    contracts: Contracts,
    children: list[Child],
    console: Console,
    play: Play | None,
) -> None:
    logs = settings.home / "logs"
    env = _environment(settings)
    _leave_rpc(settings)
    if chain is not None and (told := chain.prepare()):
        console.print(told, style="yellow", highlight=False, soft_wrap=True)
    with step(console, "Compiling the contracts, if they are new"):
        compile_contracts()
    if chain is not None:
        with step(console, "Local chain"):
            command, surroundings = chain.command(rpc_port), {**env, **chain.environment()}
            children.append(start("The chain", command, logs / "chain.log", surroundings))
            wait_for(lambda: _chain_answers(settings.rpc), children, "The chain", CHAIN_SECONDS)
    with closing(Rpc(settings.rpc)) as rpc:
        local = chain is not None or is_local(rpc)
        if chain is not None:
            chain.begun(rpc)
        with step(console, "Contracts on the chain"):
            deployment = contracts(
                lambda line: console.print(f" {line}", end="", highlight=False, soft_wrap=True)
            )
        with step(console, "Database"):
            engine = connect(settings.database)
            check_mirror(engine, deployment)
            migrate_mirror(engine)
            migrate_node(engine)
        if local:
            with step(console, "Faucet and samples"):
                furnish(settings, samples)
        else:
            await_coin(rpc, settings.home, deployment.chain_id, console)

    def begin(what: str, name: str, *options: str) -> None:
        command = [sys.executable, "-m", "backend", name, *options]
        children.append(start(what, command, logs / f"{name}.log", env))

    begin("The indexer", "index")
    if play is not None:
        play(console, lambda: check(children))
    begin("The relay", "relay")
    begin("The site", "site", "--port", str(port))
    site = f"http://127.0.0.1:{port}"
    with step(console, "Indexer, relay and site"):
        wait_for(lambda: _site_answers(site), children, "The site", 60)
        head = (
            _head(settings.rpc) if local else deployment.block
        )  # a long history is no reason to wait
        wait_for(lambda: _indexed(engine) >= head, children, "The indexer", 120)
    engine.dispose()
    goes_on = chain.goes_on if chain else GOES_ON
    show(console, site, settings, deployment, local, play is not None, goes_on)


def _watch(children: list[Child], chain: OwnChain | None) -> None:
    due = float("-inf")
    while True:
        check(children)
        if chain is not None and (began := time.monotonic()) >= due:
            chain.keep()
            due = began + max(COPY_SECONDS, COPY_PART * (time.monotonic() - began))
        time.sleep(BEAT_SECONDS)


# ---------------------------------------------------------------- is it there yet


def _chain_answers(rpc: str) -> bool:
    with closing(Rpc(rpc, 5.0)) as node:
        try:
            node.once("eth_chainId")
        except (NodeUnreachable, RpcError):
            return False
    return True


def _site_answers(site: str) -> bool:
    try:
        return httpx.get(f"{site}{API}/chain", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def _head(rpc: str) -> int:
    with closing(Rpc(rpc)) as node:
        return quantity(node, "eth_blockNumber")


def _indexed(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(Cursor.block)) or 0


# ---------------------------------------------------------------- surroundings


def _leave_rpc(settings: Settings) -> None:
    """Writes the RPC's URL down for other commands of this node. It may hold a secret, hence mode 600."""
    path = rpc_file(settings.home)
    path.touch(mode=0o600)
    path.write_text(settings.rpc + "\n")


def _environment(settings: Settings) -> Mapping[str, str]:
    return os.environ | {
        "LAUREL_HOME": str(settings.home),
        "LAUREL_DATABASE": settings.database,
        "LAUREL_RPC": ",".join(settings.rpcs),
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
    """From here on ignores signals: a second Ctrl-C must not leave processes behind."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
