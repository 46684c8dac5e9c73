"""The real `laurel relay` process: killed, started again, and alone."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest

from backend.chain.keystore import NoKey
from backend.relay import process
from backend.relay.process import NoRelayerKey, RelayRunning, run
from indexer.protocol.actions import sha256
from indexer.settings import ROOT
from tests.actors import Actor, join
from tests.backend.relay.node import Node, running_node
from tests.backend.relay.test_batches import posted
from tests.chain import Chain, deployed_on, free_port, running_anvil


@pytest.fixture
def ann(deployed: Chain) -> Actor:
    return join(deployed, "ann")[0]


@contextmanager
def relay_process(node: Node) -> Iterator[subprocess.Popen[str]]:
    node.held.release()
    env = os.environ | {
        "LAUREL_HOME": str(node.settings.home),
        "LAUREL_RPC": node.settings.rpc,
        "LAUREL_DEPLOYMENTS": str(node.settings.deployments),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "backend", "relay"],
        cwd=ROOT,
        env=env,
        text=True,
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(60)
        if process.stderr:
            process.stderr.close()


def until(holds: Callable[[], object], seconds: float = 180) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it does not come to be"
        time.sleep(0.05)


def test_killed_between_accepting_and_including(node: Node, ann: Actor, deployed: Chain) -> None:
    """The one was sent, and the chain's node has forgotten it since; the other is only queued."""
    anvil = deployed.anvil
    anvil.rpc("evm_setAutomine", False)
    first = node.accept(ann.post(sha256(b"first")))
    with relay_process(node) as process:
        until(lambda: node.state(first) == "sent")
        process.kill()
        process.wait()
    second = node.accept(ann.post(sha256(b"second"), ann.post_id(sha256(b"first"))))
    raw = [t.raw for t in node.transactions()]
    anvil.rpc("anvil_dropAllTransactions")

    with relay_process(node) as process:
        until(lambda: anvil.rpc("txpool_status")["pending"] == "0x2")
        anvil.rpc("evm_mine")
        until(lambda: node.state(second) == "included")
        with pytest.raises(RelayRunning, match="Another relay is running"):
            run(node.settings, Event(), node.relay)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert node.state(first) == "included"
    assert [t.raw for t in node.transactions()][:1] == raw
    for word in (b"first", b"second"):
        assert posted(deployed, ann.post_id(sha256(word))) == 1


def test_goes_on_when_the_chain_comes_back(tmp_path: Path) -> None:
    port, saved = free_port(), str(tmp_path / "state.json")
    with running_anvil("--state", saved, port=port) as anvil:
        chain = deployed_on(anvil, tmp_path / "deployments")
        (ann,) = join(chain, "ann")
        with running_node(chain, tmp_path / "home", LAUREL_RELAY_GATHER="0") as node:
            before = node.accept(ann.post(sha256(b"before")))
            node.deliver()
            ticket = node.accept(ann.post(sha256(b"hello")))
            now = anvil.now()
            anvil.process.terminate()
            anvil.process.wait()
            node.held.release()
            stop = Event()
            relay = Thread(target=run, args=(node.settings, stop, node.relay))
            relay.start()
            try:
                time.sleep(0.5)
                assert relay.is_alive() and node.state(ticket) == "queued"
                with running_anvil("--state", saved, port=port, timestamp=now + 1):
                    until(lambda: node.state(ticket) == "included")
                    stop.set()
                    relay.join(60)
            finally:
                stop.set()
                relay.join(60)
            assert not relay.is_alive()
            assert node.state(before) == "included"
            assert [t.state for t in node.transactions()] == ["mined", "mined"]


def test_a_key_that_is_used_elsewhere(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a copy of its file, perhaps on another machine: who has it is in the database."""
    monkeypatch.setattr(process, "LEASE_SECONDS", 0.0)
    monkeypatch.setattr(process, "SPARE_SECONDS", 0.3)
    with pytest.raises(RelayRunning, match="is running with the key of 0x.* Stop it first"):
        run(node.settings, Event(), node.relay)


def test_without_a_key_it_says_what_to_do(node: Node) -> None:
    (node.settings.home / "relayer.key").unlink()
    with pytest.raises(NoRelayerKey, match="There is no relayer key"):
        run(node.settings, Event(), node.relay)
    (node.settings.home / "relayer.key").write_text("none")
    with pytest.raises(NoKey, match="holds no private key"):
        run(node.settings, Event(), node.relay)
