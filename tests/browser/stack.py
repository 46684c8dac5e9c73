"""A whole node for a test: chain, contracts, indexer, relay and site as processes of their own."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from backend.deployment.deploy import Parameters
from indexer.content.documents import canonical
from indexer.protocol.actions import Signed, sha256
from indexer.settings import ROOT
from tests.actors import Actor, join, stake
from tests.chain import Chain, deployed_on, free_port, running_anvil, running_hardhat

LRL = 10**18
DAY = 86_400
START_SECONDS = 180  # that the processes may take to start on a busy machine
WAIT_SECONDS = 180  # that they may take there for anything else
FAUCET_LRL = 1_000_000


class NotStarted(Exception):
    """A process ended, or another program answers on its port."""


def _client(port: int) -> httpx.Client:
    """Each request on a connection of its own: one kept open may be closed just as the next goes out."""
    once = httpx.Limits(max_keepalive_connections=0)
    return httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, limits=once)


@dataclass
class Stack:
    """`url` is the site's; `home` holds the logs of its processes."""

    url: str
    chain: Chain
    home: Path
    http: httpx.Client

    def api(self, method: str, path: str, **options: Any) -> Any:
        """JSON of an API call; raises on a refusal."""
        answer = self.http.request(method, f"/api/laurel/v1/{path}", **options)
        assert answer.is_success, answer.text
        return answer.json()

    def until_shown(self, receipt: Any) -> None:
        """Waits until the mirror has a transaction's block."""
        _wait(
            lambda: self.api("GET", "chain")["block"] >= receipt["blockNumber"],
            "the indexer does not follow",
        )

    def relay(self, *batch: Signed) -> None:
        """Does actions, and waits until pages show them."""
        receipt = self.chain.relay(*batch)
        assert self.chain.skipped(receipt) == {}
        self.until_shown(receipt)

    def author(self, handle: str, lrl: int = 1000) -> Actor:
        """An account of somebody else's, with stake."""
        (actor,) = join(self.chain, handle)
        stake(self.chain, actor, lrl * LRL)
        return actor

    def write(self, actor: Actor, title: str, body: str, **more: Any) -> str:
        """Publishes a post; its id as 64 hex digits."""
        document = {"v": 1, "type": "post", "title": title, "body": body, "parent": None}
        data = canonical(document | {"published": self.chain.anvil.now()} | more)
        self.api("POST", "documents", content=data, headers={"Content-Type": "application/json"})
        self.relay(actor.post(sha256(data)))
        return actor.post_id(sha256(data)).hex()

    def until(self, path: str, **values: Any) -> Any:
        """Waits until an API call answers with these members."""
        answer: dict[str, Any] = {}

        def so() -> bool:
            answer.update(self.api("GET", path))
            return all(answer[name] == value for name, value in values.items())

        _wait(so, f"{path} does not come to {values}")
        return answer

    def until_closed(self) -> None:
        """Waits until the keeper has closed all days that are over."""
        today = self.chain.anvil.now() // DAY
        pool = self.chain.core.functions.poolState()
        _wait(lambda: pool.call()[2] >= today, "the keeper closes no days")
        block = self.chain.anvil.rpc("eth_blockNumber")
        self.until_shown({"blockNumber": int(block, 16)})

    def until_staked(self, handle: str) -> None:
        """Waits until the faucet has given an account its stake."""
        _wait(
            lambda: self.api("GET", f"accounts/{handle}")["effective"] != "0",
            "the faucet gives nothing",
        )

    def forward(self, days: float) -> None:
        """Moves the chain's clock on, and waits until the site sees it and the keeper has closed the days: while
        many are open, the core changes nobody's stake."""
        self.chain.anvil.forward(int(days * DAY))
        now = self.chain.anvil.now()
        _wait(
            lambda: self.api("GET", "chain")["time"] >= now,
            "the site does not see the chain's clock",
        )
        self.until_closed()


def _wait(done: Callable[[], bool], otherwise: str) -> None:
    end = time.monotonic() + WAIT_SECONDS
    while not done():
        assert time.monotonic() < end, otherwise
        time.sleep(0.05)


@contextmanager
def running_stack(home: Path, node: str = "anvil") -> Iterator[Stack]:
    """Starts everything, on anvil's chain or Hardhat's, on free ports, and ends it again. Raises NotStarted."""
    with ExitStack() as ending:
        anvil = ending.enter_context(running_anvil() if node == "anvil" else running_hardhat())
        parameters = Parameters(day=DAY, seed=2 * 10**15)
        chain = deployed_on(anvil, home / "deployments", parameters)
        _fund(chain, home)
        port = free_port()
        env = _environment(chain, home)
        processes = [
            ending.enter_context(_running(name, env, home))
            for name in ("index", "relay", f"site --port {port}")
        ]
        http = ending.enter_context(_client(port))
        stack = Stack(f"http://127.0.0.1:{port}", chain, home, http)
        _await(stack, processes)
        yield stack


@contextmanager
def another_site(stack: Stack, **settings: str) -> Iterator[Stack]:
    """A second site beside a stack's, on the same database, with settings of its own."""
    port = free_port()
    with ExitStack() as ending:
        env = _environment(stack.chain, stack.home) | settings
        process = ending.enter_context(_running(f"site --port {port}", env, stack.home))
        http = ending.enter_context(_client(port))
        other = Stack(f"http://127.0.0.1:{port}", stack.chain, stack.home, http)
        _await(other, [process])
        yield other


def _environment(chain: Chain, home: Path) -> dict[str, str]:
    return os.environ | {
        "LAUREL_HOME": str(home),
        "LAUREL_RPC": chain.anvil.url,
        "LAUREL_DEPLOYMENTS": str(home / "deployments"),
        "LAUREL_RELAY_LIMITS": "register=1000/60,claim=1000/60",
        "LAUREL_KEEPER_GRACE": "300",  # so that people claim for themselves
    }


def _fund(chain: Chain, home: Path) -> None:
    """The relayer's key with coin, and the faucet's account with LRL."""
    (faucet,) = join(chain, "faucet")
    amount = FAUCET_LRL * LRL
    chain.send(chain.token.functions.approve(chain.core.address, amount))
    chain.send(chain.core.functions.deposit(faucet.account, amount))
    assert isinstance(faucet.owner.private, bytes)
    (home / "faucet.key").write_text(faucet.owner.private.hex())
    (relayer,) = [Actor(chain.deployment, chain.anvil, "")]
    assert isinstance(relayer.owner.private, bytes)
    (home / "relayer.key").write_text(relayer.owner.private.hex())
    chain.anvil.rpc("hardhat_setBalance", relayer.owner.address, hex(10**21))


@contextmanager
def _running(command: str, env: dict[str, str], home: Path) -> Iterator[subprocess.Popen[bytes]]:
    with (home / f"{command.split()[0]}.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "backend", *command.split()],
            cwd=ROOT,
            env=env,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _await(stack: Stack, processes: list[subprocess.Popen[bytes]]) -> None:
    until = time.monotonic() + START_SECONDS
    answer: Any = None
    while time.monotonic() < until:
        for process in processes:
            if process.poll() is not None:
                logs = {p.name: p.read_text()[-2000:] for p in stack.home.glob("*.log")}
                raise NotStarted(f"{process.args} ended: {json.dumps(logs, indent=1)}")
        try:
            answer = stack.http.get("/api/laurel/v1/chain").json()
            if "rpc" in answer and answer["block"] >= stack.chain.deployment.block:
                break
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    if not answer or answer.get("rpc") != stack.chain.anvil.url:
        raise NotStarted(f"The server that answers is not ours: {answer}")
