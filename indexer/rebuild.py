"""Indexes the chain into new tables beside the mirror, then swaps them for the old ones in one transaction.

Readers see the old tables, then the new ones, and wait LOCK_MILLISECONDS at most. A running `laurel index`
goes on until the new tables have caught up with it, waits for the swap, then goes on with the new ones.
A rebuild killed at any moment leaves the old tables in use; the next rebuild removes its remains.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, MetaData, delete, func, insert, select, text
from sqlalchemy.exc import OperationalError

from indexer.errors import LaurelError
from indexer.follow import Indexer, Report, catch_up
from indexer.mirror import arrivals, store
from indexer.mirror.database import Turn, connect, migrate_mirror, writing
from indexer.mirror.digests import table_digests
from indexer.mirror.lease import Lease, LeaseLost
from indexer.process.filelock import held
from indexer.protocol.deployment import Deployment
from indexer.schema import Base, Writer

BESIDE = "laurel_rebuild"  # PostgreSQL's schema, or SQLite's name for the other file
LOCK_MILLISECONDS = 500  # that readers wait at most; shorter than PostgreSQL's deadlock_timeout
READERS_SECONDS = 60.0  # of tries to swap while somebody reads the old tables
KEEP_SECONDS = 1.0
CONTENTS_AT_ONCE = 500  # rows that one statement copies

_TABLES = [each for each in Base.metadata.sorted_tables if each.name != Writer.__tablename__]
_GRANTS = text(
    "SELECT format('GRANT %s ON %I.%I TO %s', privilege_type, CAST(:beside AS text), relname,"
    " CASE grantee WHEN 0 THEN 'PUBLIC' ELSE CAST(CAST(grantee AS regrole) AS text) END)"
    " FROM pg_class, aclexplode(relacl)"
    " WHERE relnamespace = CAST(current_schema() AS regnamespace) AND relname = ANY(:names)"
    " AND grantee <> relowner"
)


class RebuildRunning(LaurelError):
    """Another process rebuilds this mirror."""


class ReadersInTheWay(LaurelError):
    """Somebody keeps reading the old tables in one long transaction."""


@dataclass(frozen=True)
class Rebuilt:
    """before, after: hex digests of the old and the new tables, by name; block: the last one applied."""

    block: int
    before: dict[str, str]
    after: dict[str, str]

    @property
    def same(self) -> bool:
        """Whether the tables that follow from the chain alone (CHAIN_TABLES) have the same digests."""
        return all(self.before[name] == self.after[name] for name in store.CHAIN_TABLES)


def rebuild(
    engine: Engine, deployment: Deployment, indexer_of: Callable[[Engine], Indexer], report: Report
) -> Rebuilt:
    """Rebuilds the mirror up to its last block, or up to the head if it is empty or of other contracts.

    `indexer_of` makes an indexer that writes to an engine. Raises RebuildRunning, ReadersInTheWay, LeaseLost, and
    what indexing raises.
    """
    with _alone(engine), _beside(engine) as beside:
        migrate_mirror(beside)
        fresh, lease = indexer_of(beside), Lease(engine)
        fresh.check_node()
        fresh.lease.acquire()
        catch_up(fresh, report, _end(engine, deployment))
        fresh.fetcher.sweep()
        lease.take_over()  # a running indexer waits from here on
        try:
            with _kept(lease):
                catch_up(fresh, report, _end(engine, deployment))  # what it indexed meanwhile
                fresh.fetcher.sweep()
                before = table_digests(engine)
                (_swap_sqlite if _file(engine) else _swap_postgresql)(engine, beside, lease)
                after, here = table_digests(engine), store.position(engine)
        finally:
            lease.release()
    return Rebuilt(here.block if here else 0, before, after)


def _end(engine: Engine, deployment: Deployment) -> int | None:
    here = store.position(engine)
    if here is None or (here.chain_id, here.core) != (deployment.chain_id, deployment.core):
        return None
    return here.block


def _file(engine: Engine) -> Path | None:
    """SQLite's file; None on PostgreSQL."""
    return Path(engine.url.database or "") if engine.dialect.name == "sqlite" else None


# ---------------------------------------------------------------- beside the mirror


@contextmanager
def _alone(engine: Engine) -> Iterator[None]:
    """Keeps other rebuilds out during the block, or until this process dies. Raises RebuildRunning."""
    running = RebuildRunning("Another `laurel rebuild` is at work on this database.")
    if file := _file(engine):
        with held(Path(f"{file}-rebuild.lock"), lambda process: running):
            yield
        return
    lock = func.hashtext(f"laurel {BESIDE}")
    with engine.connect() as connection:
        got = connection.scalar(select(func.pg_try_advisory_lock(lock)))
        connection.commit()  # the lock is the connection's, not the transaction's
        if not got:
            raise running
        try:
            yield
        finally:
            connection.execute(select(func.pg_advisory_unlock(lock)))
            connection.commit()


@contextmanager
def _beside(engine: Engine) -> Iterator[Engine]:
    """An empty database for the new tables: another file, or another schema. It is removed at the end."""
    if file := _file(engine):
        url = engine.url.set(database=f"{file}-rebuild")
    else:
        options = engine.url.query.get("options", "")
        path = f"{options} -c search_path={BESIDE}".strip()
        url = engine.url.update_query_dict({"options": path})
    _discard(engine)
    if not file:
        with engine.begin() as connection:
            connection.execute(text(f"CREATE SCHEMA {BESIDE}"))
    beside = connect(url.render_as_string(hide_password=False))
    try:
        yield beside
    finally:
        beside.dispose()
        _discard(engine)


def _discard(engine: Engine) -> None:
    if file := _file(engine):
        for suffix in ("", "-wal", "-shm"):
            Path(f"{file}-rebuild{suffix}").unlink(missing_ok=True)
        return
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA IF EXISTS {BESIDE} CASCADE"))


@contextmanager
def _kept(lease: Lease) -> Iterator[None]:
    """Renews the lease in a thread, during work that takes longer than the lease lasts."""
    done = threading.Event()

    def keep() -> None:
        while not done.wait(KEEP_SECONDS):
            with suppress(OperationalError, LeaseLost):  # the swap renews the lease too, and raises
                lease.keep()

    thread = threading.Thread(target=keep, name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


# ---------------------------------------------------------------- into its place


def _swap_sqlite(engine: Engine, beside: Engine, lease: Lease) -> None:
    """Copies the rows from the other file. Until the commit readers see the old rows, and writers wait."""
    with engine.execution_options(immediate=True).connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute(f"ATTACH DATABASE ? AS {BESIDE}", (beside.url.database,))
        try:
            with connection.begin():
                lease.renew(connection)
                _keep_contents(connection)
                for old in _TABLES:
                    new = old.to_metadata(MetaData(), schema=BESIDE)
                    connection.execute(delete(old))
                    connection.execute(insert(old).from_select(list(old.c.keys()), select(new)))
        finally:
            driver.execute(f"DETACH DATABASE {BESIDE}")


def _swap_postgresql(engine: Engine, beside: Engine, lease: Lease) -> None:
    """Moves the tables, with their indexes and sequences, from the other schema. No rows are copied.

    Dropping the old tables takes a lock that waits for their readers. A long wait would block new readers,
    or end in a deadlock: so each wait is short, and tried again for READERS_SECONDS. Raises ReadersInTheWay.
    """
    with beside.begin() as connection:
        connection.execute(text("ANALYZE"))  # statistics for the first queries
    end = time.monotonic() + READERS_SECONDS
    while True:
        try:
            with writing(engine, Turn.MIRROR) as connection:
                lease.renew(connection)
                _move(connection)
            return
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != "55P03":  # lock_not_available
                raise
            if time.monotonic() > end:
                raise ReadersInTheWay(
                    "The new tables are ready, but somebody keeps reading the old ones in one long "
                    "transaction (pg_stat_activity says who). End that, then run `laurel rebuild` again."
                ) from error
            time.sleep(LOCK_MILLISECONDS / 1000)


def _move(connection: Connection) -> None:
    quote = connection.dialect.identifier_preparer.quote
    names = [each.name for each in _TABLES]
    here = quote(connection.scalar(select(func.current_schema())) or "public")
    connection.execute(text(f"SET LOCAL lock_timeout = {LOCK_MILLISECONDS}"))
    locked = ", ".join(f"{here}.{quote(name)}" for name in names)
    connection.execute(text(f"LOCK TABLE {locked} IN ACCESS EXCLUSIVE MODE"))
    _keep_contents(connection)
    for grant in connection.scalars(_GRANTS, {"beside": BESIDE, "names": names}).all():
        connection.exec_driver_sql(grant.replace("%", "%%"))
    for name in map(quote, names):
        connection.execute(text(f"DROP TABLE {here}.{name}"))
        connection.execute(text(f"ALTER TABLE {BESIDE}.{name} SET SCHEMA {here}"))


def _keep_contents(connection: Connection) -> None:
    """Copies the old content rows whose documents the rebuild did not find: text, state and tries."""
    new = arrivals.CONTENTS.to_metadata(MetaData(), schema=BESIDE)
    old = arrivals.CONTENTS
    beside = old.join(new, new.c.digest == old.c.digest)
    missing = select(old).select_from(beside).where(new.c.state == "missing").order_by(old.c.digest)
    last = b""
    while rows := connection.execute(
        missing.where(old.c.digest > last).limit(CONTENTS_AT_ONCE)
    ).all():
        arrivals.arrived(connection, [dict(row._mapping) for row in rows], new)
        last = rows[-1].digest
