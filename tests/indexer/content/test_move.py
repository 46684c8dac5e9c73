"""`laurel content move` into a real daemon and back: all blocks, all pins, whatever happens meanwhile."""

import io
import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result

from backend.cli import main
from indexer.content import unixfs
from indexer.content.car import read_car
from indexer.content.cid import cid_of, digest, parse
from indexer.content.daemon import Daemon
from indexer.content.embedded import EmbeddedStore
from indexer.content.store import Missing, StillPinned
from indexer.process.filelock import alone
from indexer.settings import ROOT
from tests.indexer.content.js_ipfs import PATIENCE, JsIpfs
from tests.indexer.fetching.homes import FILM, all_blocks, environment, fill, site
from tests.indexer.mirrors import document, until

MANY = 200  # five times what one call takes in these tests


_MOVE = f"""
from indexer.content import batches, daemon
batches.BLOCKS = 40
daemon.TIMEOUT_SECONDS = {PATIENCE}
from backend.cli import main
main()
"""


def move(home: Path, *words: str) -> Result:
    env = environment(home) | {"IPFS_API": ""}
    return CliRunner().invoke(main, ["content", "move", *words], env=env)


def started(home: Path, *words: str) -> "subprocess.Popen[str]":
    """The real command, in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", _MOVE, "content", "move", *words],
        cwd=ROOT,
        env=os.environ | environment(home) | {"IPFS_API": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_there_and_back(tmp_path: Path, ipfs: JsIpfs) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    with closing(EmbeddedStore(here / "content")) as store:
        blocks = all_blocks(fill(store))
        copy = store.put(b"a mere copy", pin=False)
    done = move(here, "--to", "kubo", "--api", ipfs.api)
    assert done.exit_code == 0, done.output
    assert "The daemon at" in done.output
    assert f"{len(blocks) + 1} blocks (2.8 MB) copied, each of them checked" in done.output
    assert f"Set IPFS_API={ipfs.api}" in done.output
    daemon = Daemon(ipfs.api)
    assert daemon.pinned() >= {parse(cid).digest for cid in blocks}
    assert digest(b"a mere copy") not in daemon.pinned()
    assert daemon.get(copy) == b"a mere copy"
    again = move(here, "--to", "kubo", "--api", ipfs.api)
    assert f"0 blocks (0.0 MB) copied, each of them checked; {len(blocks) + 1} were" in again.output

    back = move(there, "--to", "embedded", "--api", ipfs.api)
    assert back.exit_code == 0, back.output
    assert "uses its own store already" in back.output
    with closing(EmbeddedStore(there / "content")) as store:
        film = next(cid for cid in blocks if cid.startswith("bafybei"))
        assert b"".join(unixfs.read_file(store.get, film)) == FILM
        for cid in blocks:
            assert store.get(cid)
            with pytest.raises(StillPinned):
                store.delete(cid)
        with pytest.raises(Missing):
            store.get(copy)
    again = move(there, "--to", "embedded", "--api", ipfs.api)
    assert "0 blocks (0.0 MB) copied" in again.output


def test_others_read_a_moved_file_by_its_name(tmp_path: Path, ipfs: JsIpfs) -> None:
    film = FILM[::-1]
    with closing(EmbeddedStore(tmp_path / "content")) as store:
        cid = unixfs.add(io.BytesIO(film), store)
    assert move(tmp_path, "--to", "kubo", "--api", ipfs.api).exit_code == 0
    assert ipfs.ask("cat", arg=cid) == film
    assert ipfs.add(film) == cid  # which its own importer calls it too
    car = dict(read_car([ipfs.ask("dag/export", arg=cid)]))
    assert car == dict(unixfs.blocks_of(io.BytesIO(film)))


def test_a_site_goes_on_while_its_store_moves(tmp_path: Path, ipfs: JsIpfs) -> None:
    late = document("Published meanwhile")
    with site(tmp_path) as (url, store):
        store.put_many(document(f"Number {n}") for n in range(20))
        ipfs.freeze()
        try:
            process = started(tmp_path, "--to", "kubo", "--api", ipfs.api)
            until(lambda: (tmp_path / "content-move.lock").exists() and held(tmp_path), PATIENCE)
            kind = {"Content-Type": "application/json"}
            answer = httpx.post(f"{url}/api/laurel/v1/documents", content=late, headers=kind)
            assert answer.status_code == 201
            assert httpx.get(f"{url}/ipfs/{cid_of(digest(late))}?format=raw").content == late
        finally:
            ipfs.thaw()
        said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, said
    assert digest(late) in Daemon(ipfs.api).pinned()


def held(home: Path) -> bool:
    return "is at work on this node" in move(home, "--to", "kubo").output


def test_what_dies_in_the_middle_loses_nothing(tmp_path: Path, ipfs: JsIpfs) -> None:
    daemon = Daemon(ipfs.api)
    names = {digest(b"block %d" % n) for n in range(MANY)}
    with closing(EmbeddedStore(tmp_path / "content")) as store:
        store.put_many(b"block %d" % n for n in range(MANY))

    def there() -> int:
        return len(daemon.pinned() & names)

    process = started(tmp_path, "--to", "kubo", "--api", ipfs.api)
    until(there, PATIENCE)
    process.kill()
    process.communicate()
    first = there()
    assert first < MANY

    process = started(tmp_path, "--to", "kubo", "--api", ipfs.api)
    until(lambda: there() > first, PATIENCE)
    ipfs.stop(signal.SIGKILL)
    said, _ = process.communicate(timeout=PATIENCE)
    ipfs.start()
    assert process.returncode == 1
    assert f"Error: The IPFS daemon at {ipfs.api} failed: " in said
    assert first < there() < MANY

    done = move(tmp_path, "--to", "kubo", "--api", ipfs.api)
    assert done.exit_code == 0, done.output
    assert there() == MANY


def test_damage_is_told_and_the_rest_moved(tmp_path: Path, ipfs: JsIpfs) -> None:
    with closing(EmbeddedStore(tmp_path / "content")) as store:
        bad, good = store.put_many([b"damaged", b"whole"])
        store._db.execute("UPDATE block SET data = x'00' WHERE size = 7")
    done = move(tmp_path, "--to", "kubo", "--api", ipfs.api)
    assert done.exit_code == 1
    assert f"1 block is damaged where it was, so it was not moved: {bad}" in done.output
    assert parse(good).digest in Daemon(ipfs.api).pinned()


def test_what_it_says_before_it_begins(tmp_path: Path) -> None:
    nowhere = "/ip4/127.0.0.1/tcp/9"
    done = move(tmp_path, "--to", "kubo", "--api", nowhere)
    assert done.exit_code == 1
    assert f"The IPFS daemon at {nowhere} failed: nobody answers there." in done.output
    with alone(tmp_path, "content move"):
        assert f"(process {os.getpid()})" in move(tmp_path, "--to", "kubo").output
