"""The real `laurel relay` process: killed, started again, and alone."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from indexer.actions import sha256
from indexer.settings import ROOT
from tests.actors import Actor, join
from tests.chain import Chain
from tests.relay.node import Node
from tests.relay.test_sender import posted


@pytest.fixture
def ann(deployed: Chain) -> Actor:
    return join(deployed, "ann")[0]


@contextmanager
def relay_process(node: Node) -> Iterator[subprocess.Popen[str]]:
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
        process.wait(10)
        if process.stderr:
            process.stderr.close()


def until(holds: Callable[[], object], seconds: float = 20) -> None:
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
        with relay_process(node) as other:
            assert other.wait(20) == 1
            assert other.stderr and "Another relay is running" in other.stderr.read()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert node.state(first) == "included"
    assert [t.raw for t in node.transactions()][:1] == raw
    for word in (b"first", b"second"):
        assert posted(deployed, ann.post_id(sha256(word))) == 1


def test_waits_for_the_chain(node: Node, ann: Actor, deployed: Chain) -> None:
    ticket = node.accept(ann.post(sha256(b"hello")))
    # stopped, not ended: it answers nobody until it goes on
    deployed.anvil.process.send_signal(signal.SIGSTOP)
    with relay_process(node) as process:
        time.sleep(2)
        assert process.poll() is None and node.state(ticket) == "queued"
        deployed.anvil.process.send_signal(signal.SIGCONT)
        until(lambda: node.state(ticket) == "included")


def test_without_a_key_it_says_what_to_do(node: Node) -> None:
    (node.settings.home / "relayer.key").unlink()
    with relay_process(node) as process:
        assert process.wait(20) == 1
        assert process.stderr and "There is no relayer key" in process.stderr.read()
