"""Fills content rows: from a digest to a rendered document, from the local store at once, else from sources.

A row is `missing` until its bytes are found (the sources are asked again, at growing intervals), then
`ready`, or `unreadable` with the reason as "code: sentence".
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict

import httpx
from sqlalchemy import Engine, select

from indexer.content.cid import cid_of
from indexer.content.documents import Profile, parse_any
from indexer.content.errors import ContentError
from indexer.content.render import plain, render
from indexer.content.store import Store
from indexer.fetching.fetch import DEADLINE_SECONDS, NotFound, backoff, fetch
from indexer.fetching.hosts import Hosts
from indexer.fetching.queue import Task, save, take
from indexer.fold.rows import Row, missing_content
from indexer.mirror.database import UNAVAILABLE
from indexer.schema import Content

LOOK_SECONDS = 0.5  # between looks into the local store, where this node's own posts are
LOOKS = 500  # missing rows per look
SUMMARY = 240  # characters of a summary where the author gave none
WORKERS = 4
SPARE_SECONDS = 30.0  # that a worker's claim lasts beyond its sources' deadlines
END_SECONDS = 1.5  # that stopping waits for workers whose source is slow


def content_row(digest: bytes, data: bytes) -> Row:
    """The content row of a document's bytes: ready, or unreadable with the reason."""
    row = missing_content(digest)
    try:
        document = parse_any(data)
    except ContentError as error:
        return row | {"state": "unreadable", "error": f"{error.code}: {error}"}
    if isinstance(document, Profile):
        return row | {"state": "ready", "profile": asdict(document)}
    return row | {
        "state": "ready",
        "parent": bytes.fromhex(document.parent[2:]) if document.parent else None,
        "title": document.title,
        "summary": document.summary or plain(document.body, SUMMARY),
        "html": render(document.body),
        "tags": list(document.tags),
        "picture": next((m.cid for m in document.media if m.type.startswith("image/")), None),
        "lang": document.lang,
        "sensitive": document.sensitive,
    }


class Fetcher:
    """Turns missing rows into ready ones: from the local store by `look`, from others by workers."""

    def __init__(
        self,
        engine: Engine,
        store: Store,
        sources: Sequence[str] = (),
        client: httpx.Client | None = None,
        now: Callable[[], float] = time.time,
        workers: int = WORKERS,
        deadline: float = DEADLINE_SECONDS,
    ) -> None:
        self.wake = threading.Event()
        self.failure: Exception | None = None
        self._engine = engine
        self._store = store
        self._sources = sources
        self._client = client or httpx.Client()
        self._now = now
        self._workers = workers
        self._deadline = deadline
        self._hosts = Hosts()
        self._last = b""  # the digest that the last look ended with

    def local(self, digest: bytes) -> Row | None:
        """The content row of a digest whose bytes are on this machine, else None."""
        try:
            data = self._store.get(cid_of(digest))
        except ContentError:  # missing, damaged or busy: `fetch_due` records which
            return None
        return content_row(digest, data)

    def look(self) -> int:
        """Looks for missing content in the local store; each call goes on where the last one ended.

        Returns how many were found.
        """
        waiting = select(Content.digest).where(Content.state == "missing")
        window = waiting.where(Content.digest > self._last).order_by(Content.digest).limit(LOOKS)
        with self._engine.connect() as connection:
            digests = list(connection.scalars(window))
        self._last = digests[-1] if len(digests) == LOOKS else b""
        found = 0
        for first in range(0, len(digests), 50):
            rows = [self.local(digest) for digest in digests[first : first + 50]]
            found += save(self._engine, (row for row in rows if row is not None))
        return found

    def sweep(self) -> None:
        """Looks for all missing content in the local store once."""
        self._last = b""
        self.look()
        while self._last:
            self.look()

    def fetch_due(self, seconds: float = 1.0) -> int:
        """Asks the sources for what is due, one by one, beginning none after `seconds`.

        Returns how many were asked for.
        """
        started, asked = time.monotonic(), 0
        while time.monotonic() - started < seconds and self._fetch_one():
            asked += 1
        return asked

    def run(self, stop: threading.Event, report: Callable[[str], None]) -> None:
        """Looks and fetches until `stop`. Reports an unavailable database; any other error ends it: see `failure`."""
        threads = self._start(stop, report) if self._sources else []
        self._until(stop, report, self._look_on)
        _end(threads)

    def work(self, stop: threading.Event, report: Callable[[str], None]) -> None:
        """As `run`, but without looks into the local store, which the indexer's process does."""
        threads = self._start(stop, report)
        stop.wait()
        _end(threads)

    def _start(
        self, stop: threading.Event, report: Callable[[str], None]
    ) -> list[threading.Thread]:
        threads = [
            threading.Thread(
                target=self._until,
                args=(stop, report, self._fetch_on),
                name=f"content {number}",
                daemon=True,
            )
            for number in range(self._workers)
        ]
        for thread in threads:
            thread.start()
        return threads

    def _until(
        self,
        stop: threading.Event,
        report: Callable[[str], None],
        turn: Callable[[threading.Event], None],
    ) -> None:
        """Calls `turn` until `stop`, or until one of the threads fails."""
        try:
            while not stop.is_set() and self.failure is None:
                try:
                    turn(stop)
                except UNAVAILABLE as error:
                    report(f"Content has to wait: {error.orig}.")
                    stop.wait(LOOK_SECONDS)
        except Exception as error:  # noqa: BLE001 - raised again by the thread that follows the chain
            if not stop.is_set():  # else the store may have been closed meanwhile
                self.failure = error

    def _look_on(self, stop: threading.Event) -> None:
        while self.look() > LOOKS // 2 and not stop.is_set():
            pass  # over half of them were here: look on at once
        self.wake.wait(LOOK_SECONDS)
        self.wake.clear()

    def _fetch_on(self, stop: threading.Event) -> None:
        wait = self._hosts.wait(self._sources)
        if wait > 0 or not self._fetch_one():
            stop.wait(min(wait or LOOK_SECONDS, LOOK_SECONDS))

    def _fetch_one(self) -> bool:
        """Takes a row that is due and asks for it. Returns whether there was one."""
        seconds = self._deadline * len(self._sources) + SPARE_SECONDS
        task = take(self._engine, self._now(), seconds)
        if task is not None:
            save(self._engine, [self._fetch(task)])
        return task is not None

    def _fetch(self, task: Task) -> Row:
        tries, wait = task.tries, float(backoff(task.tries))
        try:
            data = fetch(
                task.digest, self._store, self._sources, self._client, self._deadline, self._hosts
            )
            return content_row(task.digest, data)
        except NotFound as error:
            reason = "; ".join(f"{who}: {why}" for who, why in error.reasons)
            if self._sources and not error.asked:  # all rest: nobody was asked, so it is no try
                tries, wait = tries - 1, max(self._hosts.wait(self._sources), LOOK_SECONDS)
        except ContentError as error:  # found, but the store could not keep it
            reason = str(error)
        return missing_content(task.digest) | {
            "tries": tries,
            "next_try": self._now() + wait,
            "error": reason,
        }


def _end(threads: Sequence[threading.Thread]) -> None:
    end = time.monotonic() + END_SECONDS
    for thread in threads:
        thread.join(max(end - time.monotonic(), 0))
