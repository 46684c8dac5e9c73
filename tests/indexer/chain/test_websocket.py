"""News of the head by WebSocket: heard at once, missed without harm."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from indexer import follow
from indexer.chain import websocket
from indexer.chain.websocket import Heads, heard
from indexer.follow import Status
from tests.actors import join
from tests.chain import Anvil, Chain, free_port, running_anvil
from tests.indexer.mirrors import Mirror, until
from tests.indexer.proxy import provider


def address(anvil: Anvil) -> str:
    return anvil.url.replace("http", "ws")


@contextmanager
def listening(url: str) -> Iterator[tuple[Heads, threading.Event]]:
    wake = threading.Event()
    listener = Heads(url, wake)
    listener.start()
    try:
        yield listener, wake
    finally:
        listener.stop()


def test_each_block_is_heard(anvil: Anvil) -> None:
    with listening(address(anvil)) as (listener, wake):
        until(lambda: listener.live and wake.is_set())
        for _ in range(3):
            wake.clear()
            anvil.rpc("evm_mine")
            assert wake.wait(60)


def test_it_connects_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "FIRST_WAIT", 0.05)
    port = free_port()
    with listening(f"ws://127.0.0.1:{port}") as (listener, wake):
        for _ in range(2):
            with running_anvil(port=port) as anvil:
                until(lambda: listener.live and wake.is_set())
                wake.clear()
                anvil.rpc("evm_mine")
                assert wake.wait(60)
            until(lambda: not listener.live)


def test_a_node_without_websocket(anvil: Anvil) -> None:
    with (
        provider(anvil.url) as plain,
        listening(plain.url.replace("http", "ws")) as (without, wake),
    ):
        assert not wake.wait(0.5)
        assert not without.live


def test_without_a_url_nobody_is_woken() -> None:
    with heard(None) as wake:
        assert not wake.is_set()


def test_it_stops_soon(anvil: Anvil) -> None:
    with listening(address(anvil)) as (listener, _):
        until(lambda: listener.live)
        started = time.monotonic()
    assert time.monotonic() - started < 3


def test_the_indexer_follows_by_it(
    deployed: Chain, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between its own looks at the head are ten minutes, and it does not take so long."""
    monkeypatch.setattr(follow, "LOCAL_POLL", 600.0)
    stop, told = threading.Event(), list[Status]()
    with heard(address(deployed.anvil)) as wake:
        thread = threading.Thread(
            target=follow.follow, args=(mirror.indexer, told.append, stop, wake)
        )
        thread.start()
        try:
            until(lambda: told and told[-1].state is follow.State.LIVE)
            for number, name in enumerate(("alice", "bob"), start=1):
                join(deployed, name)
                until(lambda number=number: len(mirror.rows("accounts")) == number)
        finally:
            stop.set()
            wake.set()
            thread.join(20)
