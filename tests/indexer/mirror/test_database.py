"""The database: its tables, its lock, and who may write."""

import threading
import time
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from indexer.mirror.database import MIGRATIONS, connect, migrate_mirror, writing
from indexer.mirror.lease import LEASE_SECONDS, Lease, LeaseLost
from indexer.mirror.store import position
from indexer.schema import Base, Writer
from tests.actors import join
from tests.indexer.mirrors import Mirror, rows


def test_migrations_make_the_schemas_tables(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'new' / 'laurel.db'}")
    migrate_mirror(engine)
    migrate_mirror(engine)
    with engine.connect() as connection:
        options = {"version_table": "mirror_version", "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_a_mirror_of_the_first_contracts_begins_anew(tmp_path: Path) -> None:
    """Its rows are of contracts that this version does not read; what is the node's own stays."""
    engine = connect(f"sqlite:///{tmp_path / 'laurel.db'}")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.exec_driver_sql("CREATE TABLE tickets (id INTEGER)")
        connection.exec_driver_sql("INSERT INTO tickets VALUES (7)")
        connection.exec_driver_sql("INSERT INTO cursor VALUES (1, 31337, '0x', 9, x'00', 0)")
        connection.exec_driver_sql(
            "INSERT INTO accounts VALUES (1, 'alice', 0, 0, '5', 0, 0, 0, 0, 0, 0)"
        )
    migrate_mirror(engine)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT id FROM tickets").scalar() == 7
    assert rows(engine, "accounts") == []
    assert position(engine) is None


def test_processes_that_migrate_at_once_take_turns(tmp_path: Path) -> None:
    failures: list[Exception] = []

    def migrate() -> None:
        try:
            migrate_mirror(connect(f"sqlite:///{tmp_path / 'laurel.db'}"))
        except Exception as error:
            failures.append(error)

    # One at a time within a process: Alembic's context is global. The lock is between connections.
    blocker = connect(f"sqlite:///{tmp_path / 'laurel.db'}")
    with writing(blocker):
        thread = threading.Thread(target=migrate)
        thread.start()
        time.sleep(0.3)
        assert thread.is_alive()
    thread.join(60)
    assert failures == []


def test_a_second_writer_waits_until_the_first_is_done(mirror: Mirror) -> None:
    second = Lease(mirror.engine)
    assert second.acquire() == mirror.indexer.lease.owner
    mirror.indexer.lease.release()
    assert second.acquire() is None
    assert mirror.indexer.lease.acquire() == second.owner


@pytest.mark.postgresql
def test_a_lease_that_ran_out_is_taken_over_and_its_loser_writes_nothing(mirror: Mirror) -> None:
    mirror.catch_up()
    watched = iter([0.0, 0.0, LEASE_SECONDS, LEASE_SECONDS])
    second = Lease(mirror.engine, elapsed=lambda: next(watched))
    assert second.acquire() == mirror.indexer.lease.owner
    assert second.acquire() is None
    join(mirror.chain, "alice")
    with pytest.raises(LeaseLost, match="taken this database over"):
        mirror.catch_up()
    assert mirror.rows("accounts") == []


def test_a_dead_process_is_not_waited_for(mirror: Mirror) -> None:
    lease = mirror.indexer.lease
    host = lease.owner.split(":")[0]
    with writing(mirror.engine) as connection:
        connection.execute(update(Writer).values(owner=f"{host}:99999999:x"))
    assert lease.acquire() is None
    with writing(mirror.engine) as connection:
        connection.execute(update(Writer).values(owner="elsewhere:99999999:x"))
    assert lease.acquire() == "elsewhere:99999999:x"


def test_reading_first_and_writing_later_needs_the_lock_from_the_start(tmp_path: Path) -> None:
    """Why `writing` exists: SQLite cannot turn a reader of an old state into a writer."""
    engine = connect(f"sqlite:///{tmp_path / 'laurel.db'}")
    migrate_mirror(engine)
    take = "INSERT INTO writer VALUES (1, 'me', 0)"
    with engine.begin() as reader:
        reader.exec_driver_sql("SELECT * FROM writer").all()
        with writing(engine) as writer:
            writer.exec_driver_sql(take)
        with pytest.raises(OperationalError, match="locked"):
            reader.exec_driver_sql("DELETE FROM writer")
    assert position(engine) is None
