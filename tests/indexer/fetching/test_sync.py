"""`laurel sync` from good nodes and bad ones: nothing that is not what it is called, nothing twice."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from backend.cli import main
from indexer.content import open_store
from indexer.content.car import write_car
from indexer.content.cid import cid_of, digest
from indexer.content.store import MAX_BLOCK, Store
from indexer.fetching import sync
from indexer.process.filelock import alone
from indexer.settings import ROOT
from tests.indexer.content.serving import HEAD, Answer, answering, serving
from tests.indexer.fetching.homes import (
    FILM,
    PICTURE,
    all_blocks,
    environment,
    fill,
    media,
    mirror,
    site,
)
from tests.indexer.mirrors import document, until


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of the node that copies; waits between tries are short."""
    monkeypatch.setattr(sync, "FIRST_WAIT_SECONDS", 0.01)
    return tmp_path / "second"


@pytest.fixture
def first(tmp_path: Path) -> Iterator[tuple[str, Store]]:
    with site(tmp_path / "first") as found:
        yield found


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a node that has POST."""
    with site(tmp_path_factory.mktemp("good") / "home") as (url, store):
        store.put(POST)
        yield url


def laurel_sync(home: Path, *urls: str) -> Result:
    return CliRunner().invoke(main, ["sync", *urls], env=environment(home))


def lacking(home: Path, cids: Iterable[str]) -> set[str]:
    with closing(open_store(home / "content")) as store:
        return {cid for cid in cids if not store.has(cid)}


def asked_for(handler: BaseHTTPRequestHandler) -> list[str]:
    return list(json.loads(handler.body)["cids"])  # type: ignore[attr-defined]


CAR_HEAD = b"Content-Type: application/vnd.ipld.car; version=1\r\n\r\n"


def sending(blocks: Iterable[tuple[str, bytes]]) -> Answer:
    """A CAR without a length, as a site sends it."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(HEAD + CAR_HEAD)
        for chunk in write_car(asked_for(handler)[:1], blocks):
            handler.wfile.write(chunk)

    return answer


def test_everything_is_copied_once(home: Path, first: tuple[str, Store]) -> None:
    url, store = first
    documents = fill(store)
    mirror(home, documents)
    done = laurel_sync(home, url)
    assert done.exit_code == 0, done.output
    blocks = all_blocks(documents)
    assert f"{len(blocks)} blocks (2.8 MB) copied" in done.output
    assert "everything that its chain names" in done.output
    assert lacking(home, blocks) == set()
    with serving(answering(b"", 500)) as (other, asked):  # whom nobody needs
        again = laurel_sync(home, other)
    assert (again.exit_code, asked) == (0, [])
    assert "0 blocks (0.0 MB) copied in " in again.output
    assert f"{len(blocks)} were here already" in again.output


def test_several_questions(
    home: Path, first: tuple[str, Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    """More blocks than one question or answer holds, some of which the node lacks."""
    url, store = first
    monkeypatch.setattr(sync, "MOST_CIDS", 7)
    monkeypatch.setattr("backend.content.bulk.MOST_BYTES", 400)
    documents = [document(f"Number {n}", body="x" * (40 * n)) for n in range(30)]
    store.put_many(documents[5:25])
    mirror(home, documents)
    done = laurel_sync(home, url)
    assert done.exit_code == 1
    assert "20 blocks" in done.output
    assert "10 blocks could not be had" in done.output
    missing = {cid_of(digest(data)) for data in documents[:5] + documents[25:]}
    assert lacking(home, [cid_of(digest(data)) for data in documents]) == missing
    store.put_many(documents)
    assert "10 blocks" in laurel_sync(home, url).output
    assert lacking(home, missing) == set()


POST = document("The only one")
CID = cid_of(digest(POST))
HUGE = bytes(MAX_BLOCK + 1)
BAD = {
    "other bytes": (sending([(CID, b"not it")]), f"other bytes under the name of {CID}"),
    "a huge block": (sending([(CID, HUGE)]), "at most 2,097,188 are allowed"),
    "unasked": (sending([(cid_of(digest(b"ad")), b"ad")]), "unasked, or twice"),
    "without end": (sending([(CID, POST)] * 10**6), "unasked, or twice"),
    "no CAR": (answering(b"<html>Welcome</html>"), "something else than blocks"),
    "no such call": (answering(b"", 404), "is it a Laurel node"),
    "forbidden": (answering(b"", 403), "does not want to be asked (status 403)"),
    "elsewhere": (answering(b"", 302, Location="/x"), "does not want to be asked (status 302)"),
    "broken": (answering(b"", 500), "has trouble of its own (status 500)"),
    "cut short": (answering(b"\x3a\xa2", Content_Type="application/vnd.ipld.car"), "broke off"),
    "silent": (lambda handler: None, "does not answer (RemoteProtocolError"),
}


@pytest.mark.parametrize(("answer", "said"), BAD.values(), ids=BAD.keys())
def test_a_bad_node_is_left_and_the_next_one_asked(
    home: Path, good: str, answer: Answer, said: str
) -> None:
    mirror(home, [POST])
    with serving(answer) as (bad, _):
        alone_asked = laurel_sync(home, bad)
        if "twice" not in said:
            assert alone_asked.exit_code == 1
            assert "1 block could not be had" in alone_asked.output
            assert lacking(home, [CID]) == {CID}
        done = laurel_sync(home, bad, good)
    assert said in alone_asked.output
    assert done.exit_code == 0
    assert lacking(home, [CID]) == set()


def test_nobody_there(home: Path) -> None:
    mirror(home, [POST])
    done = laurel_sync(home, "http://127.0.0.1:9")
    assert done.exit_code == 1
    assert "http://127.0.0.1:9 does not answer (ConnectError" in done.output


def test_a_node_that_has_us_wait(home: Path) -> None:
    mirror(home, [POST])
    answers = [answering(b"", 429, Retry_After="1"), sending([(CID, POST)])]
    with serving(lambda handler: answers.pop(0)(handler)) as (url, asked):
        done = laurel_sync(home, url)
    assert (done.exit_code, len(asked)) == (0, 2)


def test_a_film_that_is_longer_than_its_post_says(home: Path, first: tuple[str, Store]) -> None:
    url, store = first
    fill(store)
    film = next(cid for cid in all_blocks([]) if cid.startswith("bafybei"))
    lie = document("A short film", media=[media(film, 1000, "video/mp4")])
    store.put(lie)
    mirror(home, [lie])
    done = laurel_sync(home, url)
    assert f"larger than its document says or than --largest: {film}" in done.output
    assert "This node has everything else" in done.output
    assert lacking(home, all_blocks([lie])) >= {cid_of(digest(FILM[: 1 << 20]))}


def test_a_document_that_is_none_is_not_copied(home: Path, first: tuple[str, Store]) -> None:
    url, store = first
    store.put(PICTURE)  # too long for a document: anybody may name it on the chain
    mirror(home, [PICTURE])
    done = laurel_sync(home, url)
    assert done.exit_code == 1
    assert lacking(home, [cid_of(digest(PICTURE))])


def started(home: Path, url: str, before: str = "") -> "subprocess.Popen[str]":
    """The real command, in a process of its own."""
    program = f"{before}\nfrom backend.cli import main\nmain()"
    return subprocess.Popen(
        [sys.executable, "-c", program, "sync", url],
        cwd=ROOT,
        env=os.environ | environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_killed_in_the_middle(home: Path, first: tuple[str, Store]) -> None:
    documents = [document(f"Number {n}") for n in range(600)]
    blocks = {cid_of(digest(data)): data for data in documents}
    first[1].put_many(documents)
    mirror(home, documents)

    def half(handler: BaseHTTPRequestHandler) -> None:
        sending([(cid, blocks[cid]) for cid in asked_for(handler)[:300]])(handler)
        handler.wfile.flush()
        time.sleep(30)

    with serving(half) as (url, _):
        process = started(home, url)
        until(lambda: len(lacking(home, blocks)) < 400)
        twice = laurel_sync(home, url)
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
    assert twice.exit_code == 1
    assert f"Another `laurel sync` is at work on this node (process {process.pid})" in twice.output
    done = laurel_sync(home, first[0])
    assert done.exit_code == 0, done.output
    assert "344 blocks" in done.output
    assert "256 were here already" in done.output
    assert lacking(home, blocks) == set()


def test_a_full_disk(home: Path, first: tuple[str, Store]) -> None:
    documents = fill(first[1])
    mirror(home, documents)
    limit = "import resource, signal\nresource.setrlimit(resource.RLIMIT_FSIZE, (600_000, -1))"
    process = started(home, first[0], limit)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "disk is full; free some room" in said.replace("\n", " ")
    assert lacking(home, [cid_of(digest(data)) for data in documents]) == set()
    done = laurel_sync(home, first[0])
    assert done.exit_code == 0, done.output
    assert lacking(home, all_blocks(documents)) == set()


def test_what_it_says_before_it_begins(home: Path) -> None:
    mirror(home, [])
    done = laurel_sync(home, "node.example")
    assert "write https://node.example" in done.output
    with alone(home, "sync"):
        assert "is at work on this node" in laurel_sync(home, "http://127.0.0.1:9").output
    empty = home.parent / "empty"
    done = laurel_sync(empty, "http://127.0.0.1:9")
    assert done.exit_code == 1
    assert "start `laurel index`" in done.output
