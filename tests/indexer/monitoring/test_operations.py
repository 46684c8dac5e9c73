"""What an operator, and the operator's programs, see of the real `laurel index`."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from click.testing import CliRunner
from prometheus_client.parser import text_string_to_metric_families

from backend.cli import main
from indexer.mirror.database import connect
from indexer.settings import ROOT
from tests.actors import join
from tests.chain import Chain
from tests.indexer.killed import PATIENCE, Running, Stock
from tests.indexer.mirrors import document, environment, rows, until
from tests.indexer.proxy import provider

FIELDS = {
    *("time", "level", "logger", "message", "state", "block", "head", "lag_blocks", "lag_seconds"),
    *("events", "events_per_second", "seconds_left", "reason"),
}


def said(home: Path) -> list[dict[str, Any]]:
    """The lines of `laurel index`, each of which must be JSON."""
    whole = (home / "said").read_text().rpartition("\n")[0]
    return [json.loads(line) for line in whole.splitlines()]


def served_at(home: Path) -> str:
    """Where the process says that it serves metrics."""
    return str(until(lambda: next((line["url"] for line in said(home) if "url" in line), None)))


def health(url: str) -> tuple[int, dict[str, Any]]:
    try:
        with urlopen(f"{url}/health", timeout=10) as response:
            return response.status, json.load(response)
    except HTTPError as error:
        return error.code, json.load(error)


def scraped(url: str) -> dict[tuple[str, ...], float]:
    """Each sample by its name and its label values."""
    with urlopen(f"{url}/metrics", timeout=10) as response:
        families = text_string_to_metric_families(response.read().decode())
        return {
            (sample.name, *sample.labels.values()): sample.value
            for family in families
            for sample in family.samples
        }


@pytest.fixture(autouse=True)
def anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Metrics on a port of the system's choosing."""
    monkeypatch.setenv("LAUREL_METRICS", "127.0.0.1:0")


def test_from_an_absent_node_to_the_head(deployed: Chain, tmp_path: Path, indexers: Stock) -> None:
    home = tmp_path / "node"
    (alice,) = join(deployed, "alice")
    data = document("Nobody has it")
    deployed.relay(alice.post(sha256(data).digest()))
    deployed.anvil.rpc("anvil_mine", hex(200))
    join(deployed, "bob")
    deployed.anvil.rpc("anvil_mine", hex(2))
    head = deployed.w3.eth.block_number
    ours = {"address": [deployed.core.address, deployed.graph.address], "fromBlock": 0}
    events = len(deployed.w3.eth.get_logs(ours))
    with (
        provider(deployed.anvil.url, longest=8, delay=0.02, statuses=[503] * 10_000) as node,
        indexers.index(deployed, home, url=node.url) as process,
    ):
        url = served_at(home)
        status, found = until(
            lambda: (found := health(url))[1]["reason"] != "The indexer is starting." and found
        )
        assert (status, found["ready"], found["state"]) == (503, False, "waiting")
        assert "cannot be reached" in found["reason"]
        before = scraped(url)
        assert before["laurel_index_state", "waiting"] == 1
        assert before["laurel_index_step_age_seconds",] == float("inf")

        node.statuses.clear()
        status, found = until(lambda: (found := health(url))[1]["lag_blocks"] > 5 and found)
        assert (status, found["state"]) == (503, "indexing")
        assert found["reason"] == (
            f"The mirror is {found['lag_blocks']} blocks behind (at most 5)."
        )
        status, found = until(lambda: (found := health(url))[0] == 200 and found)
        assert (found["ready"], found["reason"], found["reorganisations"]) == (True, "", 0)
        until(lambda: health(url)[1]["state"] == "live")

        node.longest = 10_000
        deployed.anvil.rpc("anvil_reorg", 3, [])  # without Bob
        status, found = until(lambda: (found := health(url))[1]["reorganisations"] and found)
        assert found["reorganised"] == (
            f"The chain was reorganised after block {head - 3}. Blocks undone: 3."
        )
        until(lambda: health(url)[1]["state"] == "live")
        now = scraped(url)
        env = environment(deployed, home, node.url) | {
            "LAUREL_METRICS": url.removeprefix("http://")
        }
        screen = CliRunner().invoke(main, ["status"], env=env)
        assert screen.exit_code == 0, screen.output
        assert "live, reorganisations: 1. The chain was" in " ".join(screen.output.split())
        assert process.end(signal.SIGTERM) == 0

    assert now["laurel_index_block",] == now["laurel_index_head_block",] >= head
    assert now["laurel_index_lag_blocks",] == now["laurel_index_lag_seconds",] == 0
    assert now["laurel_index_head_time_seconds",] == deployed.anvil.now()
    assert now["laurel_index_step_age_seconds",] < 10
    assert (now["laurel_index_state", "live"], now["laurel_index_state", "waiting"]) == (1, 0)
    assert now["laurel_index_reorganised_blocks_count",] == 1
    assert now["laurel_index_reorganised_blocks_sum",] == 3
    assert now["laurel_contents", "missing"] == 1
    assert now["laurel_contents", "ready"] == now["laurel_contents", "unreadable"] == 0
    assert now["laurel_database_bytes", "sqlite"] > 100_000
    assert now["process_resident_memory_bytes",] > 10_000_000
    assert any(key[0] == "laurel_rpc_errors_total" and n > 0 for key, n in now.items())
    kinds = {key[1]: n for key, n in now.items() if key[0] == "laurel_index_events_total"}
    assert (kinds["Registered"], kinds["Posted"]) == (2, 1)
    assert sum(kinds.values()) == events

    lines = [line for line in said(home) if "state" in line]
    assert all(line.keys() >= FIELDS for line in lines)
    states = [line["state"] for line in lines]
    assert states[0] == "waiting" and "cannot be reached" in lines[0]["reason"]
    assert lines[0]["message"] == f"Waiting. {lines[0]['reason']}"
    indexing = next(line for line in lines if line["state"] == "indexing")
    assert (indexing["head"], indexing["lag_blocks"]) == (head, head - indexing["block"])
    live = next(line for line in lines if line["state"] == "live")
    assert live["message"] == f"Following the chain from block {head}."
    assert live["seconds_left"] is None and live["events"] == events
    assert "reorganised" in states
    assert said(home)[-1]["message"] == "Stopped. `laurel index` goes on from here."


def test_a_bar_on_a_terminal(deployed: Chain, tmp_path: Path) -> None:
    master, terminal = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", "from indexer.commands.index import index; index()"],
        cwd=ROOT,
        stdout=terminal,
        stderr=terminal,
        env=os.environ | environment(deployed, tmp_path) | {"TERM": "xterm", "COLUMNS": "160"},
    )
    os.close(terminal)
    screen = b""
    try:
        while b"Following the chain" not in screen:
            screen += os.read(master, 65536)
        process.send_signal(signal.SIGINT)
        with suppress(OSError):  # Linux says so when the other side is closed
            while more := os.read(master, 65536):
                screen += more
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
        process.wait()
        os.close(master)
    said = re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", screen).decode()
    assert "events, 0 s behind" in said and "Metrics are at http://127.0.0.1:" in said
    assert "Stopped. `laurel index` goes on from here." in said and '"state"' not in said


def stops(process: Running) -> None:
    """Asks it to end, which it must do within five seconds."""
    asked = time.monotonic()
    assert process.end(signal.SIGTERM) == 0
    assert time.monotonic() - asked < 5


def test_stopped_while_the_node_is_slow(deployed: Chain, tmp_path: Path, indexers: Stock) -> None:
    home = tmp_path / "node"
    engine = connect(f"sqlite:///{home / 'laurel.db'}")
    with (
        provider(deployed.anvil.url) as node,
        indexers.index(deployed, home, url=node.url) as process,
    ):
        url = served_at(home)
        until(lambda: health(url)[1]["state"] == "live")
        node.delay = 30
        until(lambda: node.waiting)  # a look at the head
        stops(process)
        node.delay = 0
        join(deployed, "alice")
        with indexers.index(deployed, home, url=node.url) as again:  # nothing is in its way
            until(lambda: rows(engine, "accounts"))
            stops(again)
    assert rows(engine, "writer") == []


@contextmanager
def dripping() -> Iterator[tuple[str, threading.Event]]:
    """A host of documents that sends a byte now and then; the event says that somebody asked."""
    asked, over = threading.Event(), threading.Event()

    def drip() -> None:
        while not over.is_set():
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            asked.set()
            with connection:
                try:
                    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                    while not over.wait(0.2):
                        connection.sendall(b" ")
                except OSError:
                    continue

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}", asked
        finally:
            over.set()
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(10)


def test_stopped_while_a_document_drips_in(
    deployed: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, indexers: Stock
) -> None:
    home = tmp_path / "node"
    (alice,) = join(deployed, "alice")
    deployed.relay(alice.post(sha256(document("Slow")).digest()))
    with dripping() as (host, asked):
        monkeypatch.setenv("LAUREL_SOURCES", host)
        with indexers.index(deployed, home) as process:
            assert asked.wait(60)
            stops(process)
    assert rows(connect(f"sqlite:///{home / 'laurel.db'}"), "writer") == []


@pytest.mark.parametrize("address", ["127.0.0.1:{taken}", "everywhere"])
def test_an_address_that_cannot_be_had(
    deployed: Chain,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    address: str,
    indexers: Stock,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = address.format(taken=taken.getsockname()[1])
        monkeypatch.setenv("LAUREL_METRICS", address)
        with indexers.index(deployed, tmp_path) as process:
            assert process.wait() == 1
    (line,) = said(tmp_path)
    assert line["level"] == "ERROR"
    assert line["message"].startswith(f"Metrics cannot be served at {address}: ")
    assert not (tmp_path / "laurel.db").exists()
