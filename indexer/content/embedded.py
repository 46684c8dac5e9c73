"""The block store that needs no daemon: SQLite for small blocks, files for larger ones.

In the folder: `blocks.sqlite` (WAL, 8 KiB pages) with each block's size, pin and, up to 64 KiB, its
bytes; `files/ab/<digest in hex>` for those above. Several threads and processes may use one folder
at once: SQLite's write lock covers the files too.
"""

import errno
import fcntl
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from indexer.content.cid import cid_of, digest, parse
from indexer.content.store import (
    Missing,
    StillPinned,
    StoreFull,
    StoreUnavailable,
    allowed,
    checked,
)

INLINE = 64 * 1024
"""Blocks up to so many bytes are kept in the database, larger ones in files."""
BUSY_SECONDS = 20.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS block (
    digest BLOB PRIMARY KEY,
    size INTEGER NOT NULL,
    pinned INTEGER NOT NULL,
    data BLOB -- NULL if the bytes are in a file
)
"""
# A block that was damaged on disk is healed by storing it again.
_PUT = """
INSERT INTO block (digest, size, pinned, data) VALUES (?, ?, ?, ?)
ON CONFLICT (digest) DO UPDATE
SET size = excluded.size, pinned = max(pinned, excluded.pinned), data = excluded.data
WHERE data IS NOT excluded.data OR pinned < excluded.pinned
"""


class Entry(NamedTuple):
    """A block that the store lists. A later one has a greater `row`."""

    row: int
    digest: bytes
    pinned: bool


class EmbeddedStore:
    """`Store` in a folder of its own, which is made if absent. After a fork, open it anew."""

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self._lock = Lock()
        self._process = os.getpid()
        with _clear_errors():
            self._path.mkdir(parents=True, exist_ok=True)
            # Two processes that switch a new database to WAL at once would fail.
            with (self._path / "lock").open("w") as guard:
                fcntl.flock(guard, fcntl.LOCK_EX)
                self._db = _connect(self._path / "blocks.sqlite")

    def put(self, data: bytes, *, pin: bool = True) -> str:
        return self.put_many([data], pin=pin)[0]

    def put_many(self, blocks: Iterable[bytes], *, pin: bool = True) -> list[str]:
        named = [(digest(data), data) for data in map(allowed, blocks)]
        with self._writing() as db:
            for name, data in named:
                inline = len(data) <= INLINE
                if not inline:
                    _write_file(self._file(name), data)
                db.execute(_PUT, (name, len(data), pin, data if inline else None))
        return [cid_of(name) for name, _ in named]

    def get(self, cid: str) -> bytes:
        name = parse(cid).digest
        with self._reading() as db:
            row = db.execute("SELECT data FROM block WHERE digest = ?", (name,)).fetchone()
        if row is None:
            raise Missing(f"The block {cid} is not in the store.")
        data: bytes | None = row[0]
        if data is None:
            try:
                data = self._file(name).read_bytes()
            except FileNotFoundError as error:
                raise Missing(f"The file of block {cid} is gone from the store.") from error
        return checked(data, cid)

    def has(self, cid: str) -> bool:
        name = parse(cid).digest
        with self._reading() as db:
            row = db.execute("SELECT data IS NULL FROM block WHERE digest = ?", (name,)).fetchone()
        return row is not None and (not row[0] or self._file(name).exists())

    def pin(self, cid: str) -> None:
        name = parse(cid).digest
        with self._writing() as db:
            changed = db.execute("UPDATE block SET pinned = 1 WHERE digest = ?", (name,))
            if changed.rowcount == 0:
                raise Missing(f"The block {cid} is not in the store, so it cannot be pinned.")

    def unpin(self, cid: str) -> None:
        name = parse(cid).digest
        with self._writing() as db:
            db.execute("UPDATE block SET pinned = 0 WHERE digest = ?", (name,))

    def delete(self, cid: str) -> None:
        name = parse(cid).digest
        with self._writing() as db:
            row = db.execute("SELECT pinned FROM block WHERE digest = ?", (name,)).fetchone()
            if row is not None and row[0]:
                raise StillPinned(f"The block {cid} is pinned; unpin it before deleting it.")
            db.execute("DELETE FROM block WHERE digest = ?", (name,))
            self._file(name).unlink(missing_ok=True)

    def count(self) -> int:
        """How many blocks there are."""
        with self._reading() as db:
            return int(db.execute("SELECT count(*) FROM block").fetchone()[0])

    def listed(self, after: int = 0, limit: int = 1000) -> list[Entry]:
        """Up to `limit` blocks, in the order in which they were stored, after the one of row `after`."""
        with self._reading() as db:
            found = db.execute(
                "SELECT rowid, digest, pinned FROM block WHERE rowid > ? ORDER BY rowid LIMIT ?",
                (after, limit),
            ).fetchall()
        return [Entry(row, name, bool(pinned)) for row, name, pinned in found]

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def _file(self, name: bytes) -> Path:
        return self._path / "files" / name.hex()[:2] / name.hex()

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        if os.getpid() != self._process:
            raise RuntimeError(
                "Open the store anew in each process; SQLite does not survive a fork."
            )
        with self._lock, _clear_errors():
            yield self._db

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._reading() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:  # SQLite itself rolls back when the disk is full
                    db.execute("ROLLBACK")
                raise


def _connect(file: Path) -> sqlite3.Connection:
    db = sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        db.execute("PRAGMA page_size = 8192")  # only a new database takes it
        db.execute("PRAGMA journal_mode = WAL")
        # The chain may name a block as soon as `put` returns: it must outlive a power cut.
        db.execute("PRAGMA synchronous = FULL")
        db.execute(_SCHEMA)
    except BaseException:
        db.close()
        raise
    return db


def _write_file(path: Path, data: bytes) -> None:
    """Puts `data` at `path` whole or not at all, on disk when it returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def _clear_errors() -> Iterator[None]:
    """Turns errors of SQLite and the file system into the store's own."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL:
            raise StoreFull("The content store's disk is full; free some room.") from error
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise StoreUnavailable(
                f"Another process has held the content store for {BUSY_SECONDS:.0f} seconds."
            ) from error
        raise StoreUnavailable(f"The content store cannot be used: {error}.") from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise StoreFull("The content store's disk is full; free some room.") from error
        raise StoreUnavailable(f"The content store cannot be used: {error}.") from error
