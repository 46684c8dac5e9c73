"""The store behind Kubo's RPC: CID equality, pinning, and daemons that lie, hang or are away.

The daemon is a small loopback server that speaks Kubo's RPC calls (kubo_rpc.py), since a real one
does not fit the lock files. With LAUREL_TEST_IPFS_API set to a real daemon's multiaddress, the
tests of agreement run against that one as well.
"""

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.content import open_store
from indexer.content.cid import cid_of, digest
from indexer.content.embedded import EmbeddedStore
from indexer.content.kubo import KuboStore
from indexer.content.store import Corrupt, Missing, Store, StoreUnavailable
from tests.content.kubo_rpc import KuboRpc, kubo_rpc

REAL = os.environ.get("LAUREL_TEST_IPFS_API")
BLOCKS = [b"", b"hello world", "grüße 你好\n".encode(), random.Random(7).randbytes(900_000)]


@pytest.fixture
def daemon() -> Iterator[KuboRpc]:
    with kubo_rpc() as server:
        yield server


@pytest.fixture(params=["stand-in", *(["real"] if REAL else [])])
def api(request: pytest.FixtureRequest, daemon: KuboRpc) -> str:
    return REAL if REAL and request.param == "real" else daemon.address


def quick(path: Path, api: str) -> KuboStore:
    return KuboStore(EmbeddedStore(path), api, timeout=0.3)


def test_the_daemon_names_blocks_as_we_do(tmp_path: Path, api: str) -> None:
    store = open_store(tmp_path, api)
    for data in BLOCKS:
        assert store.put(data) == cid_of(digest(data))
    store.close()


def test_another_node_reads_through_the_daemon(tmp_path: Path, api: str) -> None:
    writer, reader = open_store(tmp_path / "a", api), open_store(tmp_path / "b", api)
    cids = writer.put_many(BLOCKS)
    assert [reader.has(cid) for cid in cids] == [True] * len(cids)
    assert [reader.get(cid) for cid in cids] == BLOCKS
    writer.close()
    reader.close()


def test_pins_are_made_and_taken_away(tmp_path: Path, api: str, daemon: KuboRpc) -> None:
    store = open_store(tmp_path, api)
    cid = store.put(b"pinned and unpinned")
    if api == daemon.address:
        assert daemon.pins == {cid}
    store.unpin(cid)
    store.unpin(cid)  # no error when there is no pin
    assert daemon.pins == set()
    store.pin(cid)
    store.unpin(cid)
    store.delete(cid)
    store.close()


def test_what_was_read_once_needs_no_daemon(tmp_path: Path) -> None:
    with kubo_rpc() as daemon:
        cid = open_store(tmp_path / "a", daemon.address).put(b"cached")
        reader = open_store(tmp_path / "b", daemon.address)
        reader.get(cid)
    assert reader.get(cid) == b"cached"
    assert reader.has(cid)
    with pytest.raises(StoreUnavailable, match="IPFS daemon at /ip4/127.0.0.1"):
        reader.get(cid_of(digest(b"other")))
    with pytest.raises(StoreUnavailable):
        reader.put(b"other")
    reader.close()


def test_pinning_what_only_the_cache_holds_pushes_it(tmp_path: Path, daemon: KuboRpc) -> None:
    cid = EmbeddedStore(tmp_path).put(b"written before there was a daemon")
    store = open_store(tmp_path, daemon.address)
    store.pin(cid)
    assert (daemon.pins, list(daemon.blocks)) == ({cid}, [cid])
    store.close()


def test_missing_is_said_at_once(tmp_path: Path, daemon: KuboRpc) -> None:
    store: Store = quick(tmp_path, daemon.address)
    with pytest.raises(Missing):
        store.get(cid_of(digest(b"nobody")))
    assert daemon.calls == ["block/stat"]
    store.close()


def test_a_daemon_that_lies(tmp_path: Path, daemon: KuboRpc) -> None:
    store = open_store(tmp_path / "a", daemon.address)
    cid = store.put(b"true")
    daemon.lies = True
    with pytest.raises(Corrupt, match="calls the block"):
        store.put(b"other")
    reader = open_store(tmp_path / "b", daemon.address)
    with pytest.raises(Corrupt, match=cid):
        reader.get(cid)
    daemon.lies = False
    assert reader.get(cid) == b"true"
    store.close()
    reader.close()


def test_a_daemon_that_hangs(tmp_path: Path, daemon: KuboRpc) -> None:
    store = quick(tmp_path, daemon.address)
    daemon.hangs = 1.0
    for call in (lambda: store.put(b"x"), lambda: store.get(cid_of(digest(b"y")))):
        with pytest.raises(StoreUnavailable):
            call()
    store.close()


def test_something_else_on_the_port(tmp_path: Path, daemon: KuboRpc) -> None:
    daemon.garbage = True
    store = quick(tmp_path, daemon.address)
    with pytest.raises(StoreUnavailable):
        store.put(b"x")
    store.close()


@pytest.mark.parametrize("api", ["127.0.0.1:5001", "/ip4/1.2.3", "/ip4/127.0.0.1/udp/5001", "x"])
def test_an_address_that_is_none(tmp_path: Path, api: str) -> None:
    with pytest.raises(StoreUnavailable):
        open_store(tmp_path, api)
