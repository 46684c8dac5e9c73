"""The store behind Kubo's RPC: a real daemon, present, gone, silent and back; and one that lies.

The real one is js-ipfs (js_ipfs.py). What it cannot be made to do (lie, answer nonsense, be of
another age) a small server on loopback does (kubo_rpc.py).
"""

import random
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from indexer.content import open_store
from indexer.content.car import read_car
from indexer.content.cid import DAG_PB, cid_of, digest
from indexer.content.daemon import Daemon
from indexer.content.documents import canonical
from indexer.content.embedded import EmbeddedStore
from indexer.content.kubo import KuboStore
from indexer.content.pictures import reencode
from indexer.content.store import Corrupt, Missing, StoreUnavailable
from tests.backend.world import picture
from tests.indexer.content.js_ipfs import JsIpfs
from tests.indexer.content.kubo_rpc import KuboRpc, kubo_rpc

POST = canonical({"v": 1, "type": "post", "title": "Ünïcode", "body": "grüße 你好\n" * 900})


@pytest.fixture
def liar() -> Iterator[KuboRpc]:
    with kubo_rpc() as server:
        yield server


def test_the_daemon_names_documents_and_pictures_as_we_do(tmp_path: Path, ipfs: JsIpfs) -> None:
    with closing(open_store(tmp_path, ipfs.api)) as store:
        for data in (b"hello world", POST, reencode(picture()).data):
            assert ipfs.add(data) == store.put(data) == cid_of(digest(data))


def test_another_node_reads_through_the_daemon(tmp_path: Path, ipfs: JsIpfs) -> None:
    blocks = [b"", POST + b" ", random.Random(7).randbytes(900_000)]
    blocks += [b"another node %d" % n for n in range(120)]  # more than one call's pins
    with (
        closing(open_store(tmp_path / "a", ipfs.api)) as writer,
        closing(open_store(tmp_path / "b", ipfs.api)) as reader,
    ):
        cids = writer.put_many(blocks)
        assert [reader.has(cid) for cid in cids[:5]] == [True] * 5
        assert [reader.get(cid) for cid in cids] == blocks
        assert {digest(data) for data in blocks} <= Daemon(ipfs.api).pinned()
        assert reader.get(cid_of(digest(blocks[1]), DAG_PB)) == blocks[1]  # both names of one block


def test_pins_are_made_and_taken_away(tmp_path: Path, ipfs: JsIpfs) -> None:
    daemon, data = Daemon(ipfs.api), b"pinned and unpinned"
    with closing(open_store(tmp_path, ipfs.api)) as store:
        cid = store.put(data)
        assert digest(data) in daemon.pinned()
        store.unpin(cid)
        store.unpin(cid)  # no error when there is no pin
        assert digest(data) not in daemon.pinned()
        store.pin(cid)
        assert digest(data) in daemon.pinned()
        store.unpin(cid)
        store.delete(cid)


def test_what_somebody_else_pinned_may_be_ours_too(tmp_path: Path, ipfs: JsIpfs) -> None:
    ipfs.add(b"theirs and ours")  # which pins it, with all that it might lead to
    with closing(open_store(tmp_path, ipfs.api)) as store:
        cids = store.put_many([b"theirs and ours", b"ours alone"])
        assert store.get(cids[0]) == b"theirs and ours"
    assert digest(b"ours alone") in Daemon(ipfs.api).pinned()


def test_pinning_what_only_the_cache_holds_pushes_it(tmp_path: Path, ipfs: JsIpfs) -> None:
    data = b"written before there was a daemon"
    with closing(EmbeddedStore(tmp_path)) as cache:
        cid = cache.put(data)
    with closing(open_store(tmp_path, ipfs.api)) as store:
        store.pin(cid)
    assert Daemon(ipfs.api).get(cid) == data
    assert digest(data) in Daemon(ipfs.api).pinned()


def test_missing_is_said_soon(tmp_path: Path, ipfs: JsIpfs) -> None:
    with (
        closing(open_store(tmp_path, ipfs.api)) as store,
        pytest.raises(Missing, match="does not hold"),
    ):
        store.get(cid_of(digest(b"nobody")))


def test_cars_in_and_out(ipfs: JsIpfs) -> None:
    blocks = [(cid_of(digest(data)), data) for data in (POST, b"in a CAR", bytes(800_000))]
    daemon = Daemon(ipfs.api)
    daemon.put_many(blocks)
    for cid, data in blocks:
        assert daemon.get(cid) == data
        assert list(read_car([ipfs.ask("dag/export", arg=cid)])) == [(cid, data)]


def test_gone_and_back(tmp_path: Path, ipfs: JsIpfs) -> None:
    with (
        closing(open_store(tmp_path / "a", ipfs.api)) as writer,
        closing(open_store(tmp_path / "b", ipfs.api)) as reader,
    ):
        cid, other = writer.put(b"read before"), writer.put(b"not read before")
        reader.get(cid)
        ipfs.stop()
        try:
            assert reader.get(cid) == b"read before"
            assert reader.has(cid)
            with pytest.raises(StoreUnavailable, match=f"{ipfs.api} failed: nobody answers there"):
                reader.get(other)
            with pytest.raises(StoreUnavailable, match="nobody answers"):
                writer.put(b"put while it was away")
        finally:
            ipfs.start()
        assert reader.get(other) == b"not read before"
        assert {digest(b"read before"), digest(b"not read before")} <= Daemon(ipfs.api).pinned()
        again = writer.put(b"put while it was away")
        assert reader.get(again) == b"put while it was away"


def test_silent_and_back(tmp_path: Path, ipfs: JsIpfs) -> None:
    cid = Daemon(ipfs.api).version() and cid_of(digest(b"y"))
    with closing(KuboStore(EmbeddedStore(tmp_path), ipfs.api, timeout=0.3)) as store:
        ipfs.freeze()
        try:
            for call in (lambda: store.put(b"x"), lambda: store.get(cid)):
                with pytest.raises(StoreUnavailable, match="did not answer in time"):
                    call()
        finally:
            ipfs.thaw()
    assert Daemon(ipfs.api).version()


def test_a_daemon_that_lies(tmp_path: Path, liar: KuboRpc) -> None:
    store = open_store(tmp_path / "a", liar.address)
    cid = store.put(b"true")
    liar.lies = True
    with pytest.raises(Corrupt, match="calls the block"):
        store.put(b"other")
    reader = open_store(tmp_path / "b", liar.address)
    with pytest.raises(Corrupt, match=cid):
        reader.get(cid)
    liar.lies = False
    assert reader.get(cid) == b"true"
    store.close()
    reader.close()


def test_something_else_on_the_port(tmp_path: Path, liar: KuboRpc) -> None:
    liar.garbage = True
    with (
        closing(open_store(tmp_path, liar.address)) as store,
        pytest.raises(StoreUnavailable, match=r"failed: "),
    ):
        store.put(b"x")


def test_a_daemon_too_old_for_cars(tmp_path: Path, liar: KuboRpc) -> None:
    with closing(open_store(tmp_path, liar.address)) as store:
        cid = store.put(b"one by one goes")
        with pytest.raises(StoreUnavailable, match=r"does not know a call .* too old"):
            store.put_many([b"in bulk", b"does not"])
        assert store.get(cid) == b"one by one goes"


@pytest.mark.parametrize("api", ["127.0.0.1:5001", "/ip4/1.2.3", "/ip4/127.0.0.1/udp/5001", "x"])
def test_an_address_that_is_none(tmp_path: Path, api: str) -> None:
    with pytest.raises(StoreUnavailable):
        open_store(tmp_path, api)
