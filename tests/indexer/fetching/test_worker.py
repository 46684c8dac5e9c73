"""From a digest on chain to a rendered document, whoever has the bytes, whenever they turn up."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from indexer.content.cid import cid_of, digest
from indexer.content.documents import MAX_DOCUMENT, canonical
from indexer.fetching.worker import Fetcher, content_row
from tests.actors import Actor, join
from tests.indexer.mirrors import Mirror, document, until

POST = document("Hello", body="Some *words* & more.", tags=["one", "two"], lang="en")


@pytest.fixture
def alice(mirror: Mirror) -> Actor:
    (alice,) = join(mirror.chain, "alice")
    return alice


@contextmanager
def other_node(blocks: dict[str, bytes]) -> Iterator[str]:
    """Another node, which answers /ipfs/{cid} with what it likes."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = blocks.get(self.path.split("?")[0].removeprefix("/ipfs/"))
            self.send_response(200 if data is not None else 404)
            self.end_headers()
            self.wfile.write(data or b"")

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def test_what_was_published_here_is_ready_with_its_block(mirror: Mirror, alice: Actor) -> None:
    mirror.content.put(POST)
    mirror.chain.relay(alice.post(digest(POST)))
    mirror.catch_up()  # no fetcher runs
    row = mirror.one("contents")
    assert (row["state"], row["title"], row["tags"], row["lang"]) == (
        "ready",
        "Hello",
        ["one", "two"],
        "en",
    )
    assert row["html"] == "<p>Some <em>words</em> &amp; more.</p>\n"
    assert row["summary"] == "Some words & more."
    assert (row["parent"], row["picture"], row["sensitive"]) == (None, None, False)


def test_many_at_once_are_left_to_the_fetcher(mirror: Mirror, alice: Actor) -> None:
    documents = [document(f"Number {n}") for n in range(20)]
    mirror.content.put_many(documents)
    mirror.chain.relay(*[alice.post(digest(data)) for data in documents])
    mirror.catch_up()
    assert {row["state"] for row in mirror.rows("contents")} == {"missing"}
    assert mirror.indexer.fetcher.look() == 20
    assert {row["state"] for row in mirror.rows("contents")} == {"ready"}


def test_what_nobody_has_waits_and_appears(mirror: Mirror, alice: Actor) -> None:
    mirror.chain.relay(alice.post(digest(POST)))
    mirror.catch_up()
    now = 1000.0
    fetcher = Fetcher(mirror.engine, mirror.content, now=lambda: now)
    waits = []
    for _ in range(3):
        assert fetcher.fetch_due() == 1
        assert fetcher.fetch_due() == 0  # not due again yet
        row = mirror.one("contents")
        waits.append(row["next_try"] - now)
        now = row["next_try"]
    assert waits == [5, 10, 20]
    assert (row["state"], row["tries"]) == ("missing", 3)
    assert "local store" in row["error"]

    stop, told = threading.Event(), []
    thread = threading.Thread(target=fetcher.run, args=(stop, told.append))
    thread.start()
    mirror.content.put(POST)
    # Before it is due, as its clock stands.
    until(lambda: mirror.one("contents")["state"] == "ready")
    stop.set()
    fetcher.wake.set()
    thread.join(5)
    assert (mirror.one("contents")["error"], fetcher.failure, told) == (None, None, [])


def test_another_node_is_asked_and_not_believed(mirror: Mirror, alice: Actor) -> None:
    cid = cid_of(digest(POST))
    mirror.chain.relay(alice.post(digest(POST)))
    mirror.catch_up()
    with (
        other_node({cid: POST + b" "}) as liar,
        other_node({}) as stranger,
        other_node({cid: POST}) as friend,
    ):
        Fetcher(mirror.engine, mirror.content, [liar, stranger]).fetch_due()
        row = mirror.one("contents")
        assert row["state"] == "missing"
        assert f"{liar}: other bytes" in row["error"]
        assert f"{stranger}: status 404" in row["error"]
        assert not mirror.content.has(cid)

        later = row["next_try"]
        Fetcher(
            mirror.engine, mirror.content, [liar, stranger, friend], now=lambda: later
        ).fetch_due()
    assert mirror.one("contents")["state"] == "ready"
    assert mirror.content.get(cid) == POST


def test_damaged_bytes_in_the_store_are_not_shown(mirror: Mirror, alice: Actor) -> None:
    big = document("Big", body="x" * 60_000, canonical="https://example.org/" + "y" * 10)
    large = document("Large", body="x" * 60_000, summary="z", extra="w" * 20_000)
    assert len(large) > 64 * 1024  # in a file of its own
    mirror.content.put_many([big, large])
    path = next((mirror.home / "content" / "files").rglob("*"), None)
    files = [p for p in (mirror.home / "content" / "files").rglob("*") if p.is_file()]
    assert path is not None and len(files) == 1
    files[0].write_bytes(large.replace(b"Large", b"LARGE"))
    mirror.chain.relay(alice.post(digest(large)))
    mirror.catch_up()
    mirror.indexer.fetcher.fetch_due()
    row = mirror.one("contents")
    assert row["state"] == "missing"
    assert "hashes to" in row["error"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (document("Huge", extra="x" * MAX_DOCUMENT), "document_too_large: The document has"),
        (document("Long", body="x" * 65_537), "document_too_large: The body has"),
        (b"\x89PNG no document at all", "document_not_json: "),
        (POST + b"\n", "document_not_canonical: "),
        (document("Bad", tags=["Not A Tag"]), "document_breaks_schema: $.tags[0]"),
        (canonical({"v": 1, "type": "profile", "name": 7}), "document_breaks_schema: $.name"),
    ],
    ids=["huge", "long", "binary", "spelling", "tag", "profile"],
)
def test_what_is_no_document_is_unreadable_and_says_why(
    mirror: Mirror, alice: Actor, data: bytes, reason: str
) -> None:
    mirror.content.put(data)
    mirror.chain.relay(alice.post(digest(data)))
    mirror.catch_up()
    row = mirror.one("contents")
    assert row["state"] == "unreadable"
    assert row["error"].startswith(reason)
    assert (row["title"], row["html"]) == ("", "")


@pytest.mark.postgresql
def test_words_that_come_late_are_found_for_an_edit_and_a_profile(
    mirror: Mirror, alice: Actor
) -> None:
    profile = canonical({"v": 1, "type": "profile", "name": "Alice"})
    other = document("Hello again")
    mirror.content.put(POST)
    mirror.chain.relay(alice.post(digest(POST)))
    mirror.chain.relay(alice.edit(alice.post_id(digest(POST)), digest(other)))
    mirror.chain.relay(alice.profile(digest(profile)))
    mirror.catch_up()
    assert [row["state"] for row in mirror.rows("contents")].count("missing") == 2
    mirror.content.put_many([other, profile])
    assert mirror.indexer.fetcher.look() == 2
    rows = {row["digest"]: row for row in mirror.rows("contents")}
    assert rows[digest(other)]["title"] == "Hello again"
    assert rows[digest(profile)]["profile"]["name"] == "Alice"
    assert {row["state"] for row in rows.values()} == {"ready"}


def test_the_documents_own_parent_is_kept_for_readers_to_compare() -> None:
    parent = b"\7" * 32
    data = document("", parent=parent)
    assert content_row(digest(data), data)["parent"] == parent
