"""Reading ahead, in a process of its own, changes how fast a mirror is made and nothing else."""

import os
import pickle
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

import pytest

from indexer.chain.blocks import Header, Span
from indexer.chain.prefetch import Ahead
from indexer.follow import State
from indexer.settings import ROOT
from tests.indexer.mirrors import mirror_of
from tests.indexer.replay import Replay, happenings, replaying

BLOCKS = 2500


class Counted(Ahead):
    """Knows how often it was of use."""

    used = 0

    def take(self, after: Header) -> Span | None:
        span = super().take(after)
        self.used += span is not None
        return span


@pytest.fixture(scope="module")
def chain() -> Iterator[Replay]:
    with replaying() as chain:
        chain.extend(islice(happenings(7, most=1), BLOCKS))
        yield chain


def reading(chain: Replay, *urls: str) -> Counted:
    return Counted(urls or (chain.url,), chain.deployment.core, chain.deployment.graph)


def until_ready(ahead: Ahead) -> None:
    end = time.monotonic() + 60
    while not ahead.ready:
        assert time.monotonic() < end, "the reading process does not start"
        time.sleep(0.01)


@pytest.fixture(scope="module")
def alone(chain: Replay, tmp_path_factory: pytest.TempPathFactory) -> object:
    """The rows, where nobody reads ahead."""
    with mirror_of(chain, tmp_path_factory.mktemp("alone")) as mirror:
        mirror.catch_up()
        return mirror.dump()


def test_the_rows_are_the_same(chain: Replay, tmp_path: Path, tables: str, alone: object) -> None:
    with (
        closing(reading(chain)) as ahead,
        mirror_of(chain, tmp_path, database=tables, ahead=ahead) as mirror,
    ):
        mirror.indexer.step()  # begins
        mirror.indexer.step()
        until_ready(ahead)
        mirror.catch_up()
        assert ahead.used >= 3
        assert not ahead.running  # near the head there is nothing to read ahead
        assert mirror.dump() == alone


def test_a_reading_process_that_dies_is_replaced(
    chain: Replay, tmp_path: Path, alone: object
) -> None:
    with (
        closing(reading(chain)) as ahead,
        mirror_of(chain, tmp_path, ahead=ahead) as mirror,
    ):
        mirror.indexer.step()  # begins
        for _ in range(2):
            mirror.indexer.step()
            until_ready(ahead)
            kill_reading()
            assert mirror.indexer.step().state is State.INDEXING
            assert not ahead.running
        mirror.indexer.step()
        until_ready(ahead)
        mirror.catch_up()
        assert ahead.used >= 1
        assert mirror.dump() == alone


def test_what_it_cannot_read_is_read_where_it_is_needed(chain: Replay, tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        with (
            closing(reading(chain, url)) as ahead,
            mirror_of(chain, tmp_path, ahead=ahead) as mirror,
        ):
            mirror.indexer.step()
            mirror.indexer.step()
            until_ready(ahead)
            mirror.catch_up()
            assert ahead.used == 0
            assert mirror.indexer.rpc_errors["unreachable"] > 0


def test_it_ends_with_its_user_whatever_it_waits_for() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        process = subprocess.Popen(
            [sys.executable, "-m", "indexer.chain.prefetch", "0x" + "c0" * 20, "--", url],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert process.stdin and process.stdout
        assert pickle.load(process.stdout)[0] is None  # it is ready
        pickle.dump((Header(1, bytes(32), b"", 0), 5000, 4000), process.stdin)
        process.stdin.flush()
        asking, _ = silent.accept()
        process.stdin.close()
        assert process.wait(60) == 0
        asking.close()
        process.stdout.close()


def kill_reading() -> None:
    """Ends the reading processes that this thread has started, and waits until they are gone."""
    for pid in map(int, Path("/proc/thread-self/children").read_text().split()):
        if b"indexer.chain.prefetch" not in Path(f"/proc/{pid}/cmdline").read_bytes():
            continue  # a chain that other tests share, say
        handle = os.pidfd_open(pid)
        os.kill(pid, signal.SIGKILL)
        assert select.select([handle], [], [], 20)[0]
        os.close(handle)
