"""Content rows: from a digest to a rendered document, from this machine at once, else from others.

A row is `missing` until its bytes are found (asked for again and again, ever more rarely), then
`ready`, or `unreadable` with the reason as "code: sentence".
"""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict

import httpx
from sqlalchemy import Engine, bindparam, select
from sqlalchemy.exc import OperationalError

from indexer.content.cid import cid_of
from indexer.content.documents import Profile, parse_any
from indexer.content.errors import ContentError
from indexer.content.fetch import NotFound, backoff, fetch
from indexer.content.render import plain, render
from indexer.content.store import Store
from indexer.database import Turn, writing
from indexer.rows import Row, missing_content
from indexer.schema import Content
from indexer.tables import table

LOOK_SECONDS = 0.5  # between looks into the local store: what is published here is seen so soon
LOOKS = 500  # missing rows per look
SUMMARY = 240  # characters of a summary where the author gave none

_CONTENT = table(Content.__tablename__)


def read(digest: bytes, data: bytes) -> Row:
    """The content row of a document's bytes: ready, or unreadable and why."""
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
        "picture": document.media[0].cid if document.media else None,
        "lang": document.lang,
        "sensitive": document.sensitive,
    }


class Fetcher:
    """Turns missing rows into ready ones, in a thread beside the indexer."""

    def __init__(
        self,
        engine: Engine,
        store: Store,
        sources: Sequence[str] = (),
        client: httpx.Client | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.wake = threading.Event()
        self.failure: Exception | None = None
        self._engine = engine
        self._store = store
        self._sources = sources
        self._client = client or httpx.Client()
        self._now = now
        self._last = b""  # the digest that the last look ended with

    def local(self, digest: bytes) -> Row | None:
        """The content row of a digest whose bytes are on this machine, else None."""
        try:
            data = self._store.get(cid_of(digest))
        except ContentError:  # missing, damaged or busy: `fetch_due` records which
            return None
        return read(digest, data)

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
            found += self._save(row for row in rows if row is not None)
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
        while time.monotonic() - started < seconds:
            due = select(Content.digest, Content.tries).where(
                Content.state == "missing", Content.next_try <= self._now()
            )
            with self._engine.connect() as connection:
                row = connection.execute(due.order_by(Content.next_try).limit(1)).first()
            if row is None:
                break
            asked += 1
            self._save([self._fetch(row.digest, row.tries + 1)])
        return asked

    def run(self, stop: threading.Event, report: Callable[[str], None]) -> None:
        """Works until `stop`. What passes by itself is reported; another error is in `failure`."""
        try:
            while not stop.is_set():
                try:
                    while self.look() > LOOKS // 2 and not stop.is_set():
                        pass  # much of it is here: go on
                    self.fetch_due()
                except OperationalError as error:
                    report(f"Content has to wait: {error.orig}.")
                self.wake.wait(LOOK_SECONDS)
                self.wake.clear()
        except Exception as error:  # noqa: BLE001 - raised again by the thread that follows the chain
            self.failure = error

    def _fetch(self, digest: bytes, tries: int) -> Row:
        try:
            return read(digest, fetch(digest, self._store, self._sources, self._client))
        except NotFound as error:
            reason = "; ".join(f"{who}: {why}" for who, why in error.reasons)
        except ContentError as error:  # found, but the store could not keep it
            reason = str(error)
        return missing_content(digest) | {
            "tries": tries,
            "next_try": self._now() + backoff(tries),
            "error": reason,
        }

    def _save(self, rows: Iterable[Row]) -> int:
        """Writes rows that are still missing; one that a rollback removed meanwhile stays away."""
        values = [{f"new_{name}": value for name, value in row.items()} for row in rows]
        if values:
            names = [column.name for column in _CONTENT.c if not column.primary_key]
            with writing(self._engine, Turn.CONTENT) as connection:
                connection.execute(
                    _CONTENT.update()
                    .where(_CONTENT.c.digest == bindparam("new_digest"))
                    .where(_CONTENT.c.state == "missing")
                    .values({name: bindparam(f"new_{name}") for name in names}),
                    values,
                )
        return len(values)
