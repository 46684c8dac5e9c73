"""Workers that fetch what is missing: side by side, from hosts of all kinds, and killed."""

import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from backend.cli import main
from indexer.content import open_store
from indexer.content.cid import cid_of, digest
from indexer.content.store import Store
from indexer.fetching.hosts import FAILURES
from indexer.fetching.queue import take
from indexer.fetching.worker import Fetcher
from indexer.fold.rows import missing_content
from indexer.follow import follow
from indexer.mirror import bulk
from indexer.mirror.database import connect
from tests.actors import join
from tests.indexer.content.serving import HEAD, answering, dripping, serving
from tests.indexer.killed import Running, Stock, stock
from tests.indexer.mirrors import Mirror, document, rows, until

DOCUMENTS = {digest(data): data for data in (document(f"Number {n}") for n in range(24))}
BY_PATH = {f"/ipfs/{cid_of(name)}": data for name, data in DOCUMENTS.items()}


@pytest.fixture
def engine(tables: str) -> Iterator[Engine]:
    """A database in which the DOCUMENTS are missing."""
    engine = connect(tables)
    with engine.begin() as connection:
        wanted = ((("contents", (name,)), missing_content(name)) for name in DOCUMENTS)
        bulk.write(connection, wanted)
    yield engine
    engine.dispose()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path / "content")
    yield store
    store.close()


def serve(handler: BaseHTTPRequestHandler) -> None:
    data = BY_PATH.get(handler.path.split("?")[0])
    answering(data or b"", 404 if data is None else 200)(handler)


SILENCE = 120.0  # seconds: longer than any test waits


def silent(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(SILENCE)


def states(engine: Engine) -> set[str]:
    return {row["state"] for row in rows(engine, "contents")}


def ready(engine: Engine) -> list[object]:
    return [row["digest"] for row in rows(engine, "contents") if row["state"] == "ready"]


@contextmanager
def working(fetcher: Fetcher) -> Iterator[list[str]]:
    """The fetcher at work in a thread, and what it reports."""
    stop, told = threading.Event(), list[str]()
    thread = threading.Thread(target=fetcher.work, args=(stop, told.append))
    thread.start()
    try:
        yield told
    finally:
        stop.set()
        thread.join(10)
    assert not thread.is_alive()
    assert fetcher.failure is None


@pytest.fixture(scope="module")
def fetchers() -> Iterator[Stock]:
    """Where processes of the real `laurel content fetch` come from."""
    with stock("indexer.commands.content:fetch") as fetchers:
        yield fetchers


def started(fetchers: Stock, engine: Engine, home: Path, source: str) -> Running:
    env = {
        "LAUREL_HOME": str(home),
        "LAUREL_DATABASE": engine.url.render_as_string(hide_password=False),
        "LAUREL_SOURCES": source,
    }
    return fetchers.start(home, env)


@pytest.mark.postgresql
def test_processes_side_by_side_never_fetch_a_row_twice(
    engine: Engine, tmp_path: Path, fetchers: Stock
) -> None:
    with serving(serve) as (base, asked):
        workers = [started(fetchers, engine, tmp_path / str(n), base) for n in range(2)]
        try:
            until(lambda: states(engine) == {"ready"})
        finally:
            ended = [worker.end(signal.SIGTERM) for worker in workers]
    assert ended == [0, 0]
    assert set(Counter(asked).values()) == {1}
    assert len(asked) == len(DOCUMENTS)


@pytest.mark.postgresql
def test_a_row_is_one_takers_until_its_time_is_over(engine: Engine) -> None:
    taken = [take(engine, 100.0, 50.0) for _ in range(len(DOCUMENTS) + 1)]
    assert taken.pop() is None
    assert {task.digest for task in taken if task} == set(DOCUMENTS)
    assert take(engine, 149.0, 50.0) is None
    again = take(engine, 151.0, 50.0)
    assert again is not None
    assert again.tries == 1


@pytest.mark.postgresql
def test_takers_at_once_take_different_rows(engine: Engine) -> None:
    taken: list[bytes] = []

    def take_all() -> None:
        while task := take(engine, 100.0, 50.0):
            taken.append(task.digest)

    threads = [threading.Thread(target=take_all) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(taken) == sorted(DOCUMENTS)


def test_a_killed_workers_rows_come_free(
    engine: Engine, store: Store, tmp_path: Path, fetchers: Stock
) -> None:
    with serving(silent) as (base, asked):
        worker = started(fetchers, engine, tmp_path, base)
        until(lambda: asked)
        worker.end()
    claimed = [row for row in rows(engine, "contents") if row["claimed_until"]]
    assert claimed
    assert {(row["state"], row["tries"]) for row in claimed} == {("missing", 0)}
    with serving(serve) as (base, asked):
        with working(Fetcher(engine, store, [base])):
            until(lambda: len(ready(engine)) == len(DOCUMENTS) - len(claimed))
            assert len(asked) == len(DOCUMENTS) - len(claimed)
        with working(Fetcher(engine, store, [base], now=lambda: time.time() + 120)):
            until(lambda: states(engine) == {"ready"})


def test_a_dead_host_rests_while_others_are_asked(engine: Engine, store: Store) -> None:
    with (
        serving(dripping(b"x", HEAD + b"\r\n")) as (dead, asked_in_vain),
        serving(serve) as (base, _),
        working(Fetcher(engine, store, [dead, base], deadline=0.4)),
    ):
        until(lambda: states(engine) == {"ready"})
    assert FAILURES <= len(asked_in_vain) <= FAILURES + 1  # two at once


def test_while_all_hosts_rest_nothing_is_asked_and_no_try_counted(
    engine: Engine, store: Store
) -> None:
    with serving(answering(b"", 503)) as (base, asked):
        fetcher = Fetcher(engine, store, [base], workers=1)
        with working(fetcher):
            until(lambda: sum(row["tries"] for row in rows(engine, "contents")) == FAILURES)
            time.sleep(0.5)
        put_off = fetcher.fetch_due(0.01)  # not left to the workers, which wait
        found = rows(engine, "contents")
    assert len(asked) == FAILURES
    assert sum(row["tries"] for row in found) == FAILURES
    resting = [row["next_try"] for row in found if "rests for" in (row["error"] or "")]
    assert len(resting) == put_off > 0
    assert resting == pytest.approx([time.time() + 30] * put_off, abs=10)


def test_a_host_that_answers_only_sometimes_serves_everything(engine: Engine, store: Store) -> None:
    count = iter(range(1000))

    def sometimes(handler: BaseHTTPRequestHandler) -> None:
        if next(count) % 3 == 0:
            serve(handler)
        elif next(count) % 2:
            handler.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Length: 99999\r\n\r\nonly this")
        else:
            answering(b"", 502)(handler)

    began = time.time()
    with serving(sometimes) as (base, _):
        fetcher = Fetcher(
            engine, store, [base], workers=2, now=lambda: began + (time.time() - began) * 100
        )
        fetcher._hosts._now = fetcher._now
        with working(fetcher):
            until(lambda: states(engine) == {"ready"})


def test_indexing_goes_on_while_every_worker_is_kept_waiting(mirror: Mirror) -> None:
    with serving(silent) as (base, asked):
        mirror.indexer.fetcher = Fetcher(mirror.engine, mirror.content, [base], deadline=SILENCE)
        stop = threading.Event()
        thread = threading.Thread(target=follow, args=(mirror.indexer, lambda told: None, stop))
        thread.start()
        (alice,) = join(mirror.chain, "alice")
        mirror.chain.relay(alice.post(digest(document("First"))))
        until(lambda: asked)
        for number in range(10):
            mirror.chain.relay(alice.post(digest(document(f"Number {number}"))))
        until(lambda: len(mirror.rows("posts")) == 11)
        assert asked and not ready(mirror.engine)
        began = time.monotonic()
        stop.set()
        thread.join(10)
        assert time.monotonic() - began < 5
    assert {row["state"] for row in mirror.rows("contents")} == {"missing"}


# ---------------------------------------------------------------- laurel content


def laurel(engine: Engine, home: Path, *words: str, **env: str) -> Result:
    url = engine.url.render_as_string(hide_password=False)
    settings = {"LAUREL_HOME": str(home), "LAUREL_DATABASE": url, "LAUREL_SOURCES": ""}
    return CliRunner().invoke(main, ["content", *words], env=settings | env)


def again_and_again(location: str) -> Callable[[BaseHTTPRequestHandler], None]:
    return answering(b"", 302, Location=location)


def test_status_says_who_was_asked_and_what_they_said(
    engine: Engine, store: Store, tmp_path: Path
) -> None:
    with (
        serving(answering(b"something else")) as (liar, _),
        serving(answering(b"x" * 300_000)) as (huge, _),
        serving(again_and_again("/again")) as (endless, _),
        serving(answering(b"", 404)) as (stranger, _),
    ):
        Fetcher(engine, store, [liar, huge, endless, stranger]).fetch_due(0.001)
        (row,) = (row for row in rows(engine, "contents") if row["tries"])
        asked = cid_of(row["digest"])
        listed = laurel(engine, tmp_path, "status", "--limit", "100")
        one = laurel(engine, tmp_path, "status", asked)
    assert listed.exit_code == one.exit_code == 0
    assert "24 missing, 0 ready, 0 unreadable" in listed.output
    assert all(cid_of(each) in listed.output for each in DOCUMENTS)
    assert "set LAUREL_SOURCES to ask others" in listed.output
    for output in (listed.output, one.output):
        assert "asked for 1 times, again in" in output
        assert f"{liar}: other bytes" in output
        assert f"{huge}: more than 256 KiB" in output
        assert f"{endless}: more than 2 redirects" in output
        assert f"{stranger}: status 404" in output
    assert "is not in the store" in one.output

    again = laurel(engine, tmp_path, "status", "--retry", row["digest"].hex())
    assert "To be asked for at once: 1." in again.output
    assert "asked for 0 times, due now" in again.output


@pytest.mark.postgresql
def test_status_of_each_kind(engine: Engine, store: Store, tmp_path: Path) -> None:
    bad = b"no document"
    with engine.begin() as connection:
        place = "contents", (digest(bad),)
        bulk.write(connection, [(place, missing_content(digest(bad)))])
    store.put_many([bad, *DOCUMENTS.values()])
    Fetcher(engine, store).sweep()
    assert "0 missing, 24 ready, 1 unreadable" in laurel(engine, tmp_path, "status").output
    unreadable = laurel(engine, tmp_path, "status", "--state", "unreadable").output
    assert "document_not_json" in unreadable
    ready = laurel(engine, tmp_path, "status", "0x" + min(DOCUMENTS).hex()).output
    assert "ready" in ready
    assert "Number" in ready
    assert f"this machine has its {len(DOCUMENTS[min(DOCUMENTS)]):,} bytes" in ready
    retried = laurel(engine, tmp_path, "status", "--state", "unreadable", "--retry")
    assert "To be asked for at once: 1." in retried.output
    Fetcher(engine, store).sweep()
    assert "0 missing, 24 ready, 1 unreadable" in laurel(engine, tmp_path, "status").output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("status", "nonsense"), "neither a digest of 32 bytes in hex nor a CID"),
        (("status", "00" * 32), "No event on the chain names bafkrei"),
        (("status", "--state", "ready", "--retry"), "need not be asked for again"),
        (("fetch",), "set LAUREL_SOURCES"),
    ],
)
def test_what_makes_no_sense_is_refused(
    words: tuple[str, ...], said: str, engine: Engine, tmp_path: Path
) -> None:
    refused = laurel(engine, tmp_path, *words)
    assert refused.exit_code in (1, 2)
    assert said in refused.output


def test_settings_are_numbers(engine: Engine, tmp_path: Path) -> None:
    refused: Any = laurel(engine, tmp_path, "status", LAUREL_FETCHERS="many")
    assert "LAUREL_FETCHERS is a number of workers, not 'many'" in refused.output
