"""What holds for every store, and what happens when disks, processes and files go wrong."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from indexer.content import open_store
from indexer.content.cid import DAG_PB, BadCid, cid_of, digest
from indexer.content.embedded import EmbeddedStore
from indexer.content.store import (
    MAX_BLOCK,
    BlockTooLarge,
    Corrupt,
    Missing,
    StillPinned,
    Store,
    StoreFull,
    StoreUnavailable,
)

SMALL, LARGE = b"a small block", bytes(range(256)) * 800
ABSENT = cid_of(digest(b"nobody has this"))


@pytest.fixture(params=["embedded", "kubo"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "embedded":
        opened = open_store(tmp_path / "content")
        yield opened
        opened.close()
    else:
        # It may hold what earlier tests have put: to be absent, a block must be of one test alone.
        opened = open_store(tmp_path / "content", request.getfixturevalue("ipfs").api)
        yield opened
        opened.close()


@pytest.mark.parametrize("data", [b"", SMALL, b"x" * 65536, b"x" * 65537, LARGE])
def test_put_and_get(store: Store, data: bytes) -> None:
    cid = store.put(data)
    assert cid == cid_of(digest(data))
    assert store.put(data) == cid
    assert (store.get(cid), store.has(cid)) == (data, True)


def test_put_many_keeps_the_order(store: Store) -> None:
    blocks = [str(number).encode() for number in range(20)] + [LARGE, SMALL, SMALL]
    cids = store.put_many(blocks)
    assert [store.get(cid) for cid in cids] == blocks


def test_both_names_of_a_digest_are_one_block(store: Store) -> None:
    raw, dag = store.put(SMALL), cid_of(digest(SMALL), DAG_PB)
    assert (store.get(dag), store.has(dag)) == (SMALL, True)
    assert not store.has(cid_of(digest(b"by neither name"), DAG_PB))
    assert store.get(raw) == SMALL


def test_what_is_not_there(store: Store) -> None:
    assert not store.has(ABSENT)
    for call in (store.get, store.pin):
        with pytest.raises(Missing, match=ABSENT):
            call(ABSENT)
    store.unpin(ABSENT)
    store.delete(ABSENT)


@pytest.mark.parametrize("name", ["", "Qm" + "a" * 44, "../../etc/passwd"])
def test_other_names_are_refused(store: Store, name: str) -> None:
    for call in (store.get, store.has, store.pin, store.unpin, store.delete):
        with pytest.raises(BadCid):
            call(name)


def test_a_block_over_the_limit(store: Store) -> None:
    with pytest.raises(BlockTooLarge):
        store.put_many([b"beside a large one", bytes(MAX_BLOCK + 1)])
    assert not store.has(cid_of(digest(b"beside a large one")))


@pytest.mark.parametrize("data", [SMALL, LARGE], ids=["in the database", "in a file"])
def test_delete_asks_for_unpin_first(tmp_path: Path, data: bytes) -> None:
    store = EmbeddedStore(tmp_path)
    cid = store.put(data)
    with pytest.raises(StillPinned):
        store.delete(cid)
    assert store.get(cid) == data
    store.unpin(cid)
    store.delete(cid)
    assert not store.has(cid)
    assert not [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
    store.put(data, pin=False)
    store.pin(cid)
    store.put(data, pin=False)  # a later mere copy does not unpin
    with pytest.raises(StillPinned):
        store.delete(cid)
    store.close()


@pytest.mark.parametrize("data", [SMALL, LARGE], ids=["in the database", "in a file"])
def test_damage_is_found_and_healed(tmp_path: Path, data: bytes) -> None:
    store = EmbeddedStore(tmp_path)
    cid = store.put(data)
    if data is SMALL:
        with sqlite3.connect(tmp_path / "blocks.sqlite") as db:
            db.execute("UPDATE block SET data = x'00'")
        db.close()
    else:
        file = next(path for path in (tmp_path / "files").rglob("*") if path.is_file())
        file.write_bytes(data[:-1])
    with pytest.raises(Corrupt, match=cid):
        store.get(cid)
    store.put(data)
    assert store.get(cid) == data
    store.close()


def test_a_lost_file_is_missing_and_comes_back(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    cid = store.put(LARGE)
    next(path for path in (tmp_path / "files").rglob("*") if path.is_file()).unlink()
    assert not store.has(cid)
    with pytest.raises(Missing):
        store.get(cid)
    store.put(LARGE)
    assert store.get(cid) == LARGE
    store.close()


def test_layout(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    store.put_many([SMALL, LARGE])
    name = digest(LARGE).hex()
    assert (tmp_path / "files" / name[:2] / name).read_bytes() == LARGE
    db = sqlite3.connect(tmp_path / "blocks.sqlite")
    assert db.execute("PRAGMA page_size").fetchone() == (8192,)
    assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert db.execute("SELECT size, pinned FROM block ORDER BY size").fetchall() == [
        (len(SMALL), 1),
        (len(LARGE), 1),
    ]
    db.close()
    store.close()


def test_threads_share_a_store(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)

    def work(number: int) -> bool:
        blocks = [f"{number % 5} {i}".encode() for i in range(20)] + [bytes([number % 5]) * 70_000]
        return all(
            store.get(cid) == data for cid, data in zip(map(store.put, blocks), blocks, strict=True)
        )

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(16)))
    store.close()


_WRITER = """
import sys
from indexer.content.embedded import EmbeddedStore
store = EmbeddedStore(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
for i in range(30):
    data = [f"{sys.argv[2]} {i}".encode(), b"the same for all", bytes([i]) * 70_000]
    assert [store.get(cid) for cid in store.put_many(data)] == data
store.close()
"""


def test_processes_share_a_folder(tmp_path: Path) -> None:
    """All open the new folder at once, then all write at once."""
    args = [sys.executable, "-c", _WRITER, str(tmp_path / "content")]
    pipe = subprocess.PIPE
    writers = [
        subprocess.Popen([*args, str(n)], stdin=pipe, stdout=pipe, text=True) for n in range(4)
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        writer.communicate("go\n")
    assert [writer.returncode for writer in writers] == [0] * 4
    store = EmbeddedStore(tmp_path / "content")
    assert all(store.has(cid_of(digest(f"{n} {i}".encode()))) for n in range(4) for i in range(30))
    store.close()


def test_killed_while_writing(tmp_path: Path) -> None:
    """After SIGKILL every block that `put` returned is there, and the folder opens."""
    program = """
import sys
from indexer.content.embedded import EmbeddedStore
store = EmbeddedStore(sys.argv[1])
for i in range(10**6):
    print(store.put(str(i).encode() * (20_000 if i % 3 == 0 else 1)), flush=True)
"""
    writer = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    told = [writer.stdout.readline().strip() for _ in range(40)]
    writer.kill()
    told += [line.strip() for line in writer.stdout.read().splitlines(True) if line[-1] == "\n"]
    writer.wait()
    store = EmbeddedStore(tmp_path)
    for cid in told:
        assert store.get(cid)
    store.close()


_FULL = """
import resource, sys
from indexer.content.embedded import EmbeddedStore
from indexer.content.store import StoreFull
store = EmbeddedStore(sys.argv[1])
kept = store.put(b"kept")
size = int(sys.argv[2])
before = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
try:
    store.put_many([n.to_bytes(2, "big") * (size // 2) for n in range(40)])
except StoreFull as error:
    print("full:", error)
resource.setrlimit(resource.RLIMIT_FSIZE, before)
assert store.get(kept) == b"kept"
store.put(b"room again")
store.close()
"""


def test_file_size_limit_is_a_full_store(tmp_path: Path) -> None:
    args = [sys.executable, "-c", _FULL, str(tmp_path), "140000"]
    done = subprocess.run(args, check=False, capture_output=True, text=True)
    assert (done.stdout[:5], done.stderr) == ("full:", "")
    assert not list((tmp_path / "files").rglob(".new-*"))


def test_full_database(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    kept = store.put(b"kept")
    store._db.execute("PRAGMA max_page_count = 20")
    with pytest.raises(StoreFull, match="free some room"):
        store.put_many([bytes([n]) * 60_000 for n in range(9)])
    assert not store.has(cid_of(digest(bytes([0]) * 60_000)))  # all or nothing
    store._db.execute("PRAGMA max_page_count = 100000")
    assert (store.get(kept), store.get(store.put(b"room again"))) == (b"kept", b"room again")
    store.close()


def test_held_by_another_for_too_long(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    store._db.execute("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(tmp_path / "blocks.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match="Another process"):
        store.put(SMALL)
    other.execute("ROLLBACK")
    other.close()
    assert store.get(store.put(SMALL)) == SMALL
    store.close()


def test_a_folder_that_cannot_be_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StoreUnavailable):
        EmbeddedStore(tmp_path / "file")
    (tmp_path / "blocks.sqlite").write_bytes(b"not a database, not at all. " * 100)
    with pytest.raises(StoreUnavailable, match="not a database"):
        EmbeddedStore(tmp_path)
