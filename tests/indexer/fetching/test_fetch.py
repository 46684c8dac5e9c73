"""Fetching from real loopback servers, most of which misbehave."""

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import httpx
import pytest

from indexer.content import open_store
from indexer.content.cid import cid_of, digest
from indexer.content.store import Missing, Store
from indexer.fetching.fetch import NotFound, backoff, fetch
from tests.certificates import self_signed
from tests.indexer.content.serving import HEAD, Answer, answering, dripping, serving

DATA = b'{"some":"document"}'
DIGEST = digest(DATA)
CID = cid_of(DIGEST)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "content")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False) as opened:
        yield opened


def test_the_local_store_comes_first(store: Store, client: httpx.Client) -> None:
    store.put(DATA)
    with serving(answering(DATA)) as (base, asked):
        assert fetch(DIGEST, store, [base], client) == DATA
    assert asked == []


def test_sources_are_asked_in_order_until_one_has_it(store: Store, client: httpx.Client) -> None:
    with ExitStack() as stack:
        answers = [answering(b"no", 404), answering(b"other"), answering(DATA), answering(DATA)]
        servers = [stack.enter_context(serving(answer)) for answer in answers]
        assert fetch(DIGEST, store, [base + "/" for base, _ in servers], client) == DATA
    path = f"/ipfs/{CID}?format=raw"
    assert [asked for _, asked in servers] == [[path], [path], [path], []]
    assert store.get(CID) == DATA


def refused(answer: Answer, store: Store, client: httpx.Client, deadline: float = 5) -> str:
    """The reason given for a source that answers so; nothing is stored."""
    with serving(answer) as (base, _), pytest.raises(NotFound) as caught:
        fetch(DIGEST, store, [base], client, deadline)
    (local, first), (asked, reason) = caught.value.reasons
    assert (local, asked) == ("local store", base)
    assert CID in first
    assert reason in str(caught.value)
    with pytest.raises(Missing):
        store.get(CID)
    return reason


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (answering(b"not it"), "other bytes"),
        (answering(b""), "other bytes"),
        (answering(DATA + b"\n"), "other bytes"),
        (answering(gzip.compress(DATA), Content_Encoding="gzip"), "other bytes"),
        (answering(b"x" * 300_000), "more than 256 KiB"),
        (answering(DATA, 404), "status 404"),
        (answering(DATA, 206), "status 206"),
        (answering(DATA, 500), "status 500"),
        (answering(DATA[:-1], Content_Length=str(len(DATA))), "RemoteProtocolError"),
        (answering(b"", 302, Location="/again"), "more than 2 redirects"),
        (answering(b"", 302, Location="file:///etc/passwd"), "UnsupportedProtocol"),
        (answering(b"", 302, Location="http://[::"), "RemoteProtocolError"),
        (lambda handler: None, "RemoteProtocolError"),
        (lambda handler: handler.wfile.write(b"SSH-2.0-hello\r\n\r\n"), "RemoteProtocolError"),
    ],
)
def test_answers_that_are_refused(
    answer: Answer, reason: str, store: Store, client: httpx.Client
) -> None:
    assert reason in refused(answer, store, client)


def test_a_compressed_bomb_stays_small(store: Store, client: httpx.Client) -> None:
    bomb = gzip.compress(bytes(100 << 20))
    assert "other bytes" in refused(answering(bomb, Content_Encoding="gzip"), store, client)


@pytest.mark.parametrize(
    "answer",
    [
        dripping(b"x", HEAD + b"\r\n"),
        dripping(b"X-A: b\r\n", HEAD),
        dripping(b"H"),
        lambda handler: time.sleep(3),
    ],
    ids=["body", "headers", "status line", "silence"],
)
def test_a_deadline_holds_whatever_is_slow(
    answer: Answer, store: Store, client: httpx.Client
) -> None:
    before = time.monotonic()
    reason = refused(answer, store, client, deadline=0.4)
    assert reason == "not done in 0.4 seconds"
    assert time.monotonic() - before < 3  # the drips go on for twenty


def test_an_endless_body_is_cut_by_size(store: Store, client: httpx.Client) -> None:
    reason = refused(dripping(b"x" * 65536, HEAD + b"\r\n"), store, client, deadline=10)
    assert reason == "more than 256 KiB"


def test_two_redirects_are_followed(store: Store, client: httpx.Client) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        hops = {f"/ipfs/{CID}?format=raw": "/a", "/a": "/b"}
        if handler.path in hops:
            answering(b"", 302, Location=hops[handler.path])(handler)
        else:
            answering(DATA)(handler)

    with serving(answer) as (base, asked):
        assert fetch(DIGEST, store, [base], client) == DATA
    assert asked[1:] == ["/a", "/b"]


@contextmanager
def closed_port() -> Iterator[int]:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # bound but not listening: refuses, and nobody else gets it
        yield held.getsockname()[1]


def test_addresses_that_lead_nowhere(store: Store, client: httpx.Client) -> None:
    with closed_port() as port, pytest.raises(NotFound) as caught:
        odd = ["", "nonsense", "ftp://a.example", "http://[::", "http://" + "a" * 70 + ".invalid"]
        fetch(DIGEST, store, [f"http://127.0.0.1:{port}", *odd], client)
    assert len(caught.value.reasons) == 7
    assert caught.value.reasons[1][1].startswith("ConnectError")
    assert all(reason for _, reason in caught.value.reasons)


def test_tls(store: Store, tmp_path: Path, client: httpx.Client) -> None:
    server, trusting = self_signed(tmp_path)
    with httpx.Client(verify=trusting, trust_env=False) as trusted:
        with (
            serving(dripping(b"x", HEAD + b"\r\n"), server) as (base, _),
            pytest.raises(NotFound, match=r"not done in 0\.4 seconds"),
        ):
            fetch(DIGEST, store, [base], trusted, 0.4)
        with serving(answering(DATA), server) as (base, _):
            with pytest.raises(NotFound, match="CERTIFICATE_VERIFY_FAILED"):
                fetch(DIGEST, store, [base], client)
            assert fetch(DIGEST, store, [base], trusted) == DATA


def test_a_damaged_copy_is_fetched_anew(store: Store, client: httpx.Client) -> None:
    store.put(DATA)
    store._db.execute("UPDATE block SET data = x'00'")  # type: ignore[attr-defined]
    with serving(answering(DATA)) as (base, _):
        assert fetch(DIGEST, store, [base], client) == DATA
    assert store.get(CID) == DATA


def test_no_threads_are_left(store: Store, client: httpx.Client) -> None:
    before = threading.active_count()
    for _ in range(5):
        with pytest.raises(NotFound):
            fetch(DIGEST, store, ["http://[::"], client)
    time.sleep(0.05)
    assert threading.active_count() <= before


def test_backoff_doubles_up_to_an_hour() -> None:
    assert [backoff(tries) for tries in range(1, 8)] == [5, 10, 20, 40, 80, 160, 320]
    assert backoff(0) == 5
    assert {backoff(tries) for tries in (11, 50, 10**9)} == {3600}
