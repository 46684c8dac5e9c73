"""The state of this node's chain, database and mirror, in words, and what to do about each problem."""

import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Connection, create_engine, inspect, make_url, select
from sqlalchemy.exc import DatabaseError

from indexer.chain.failover import Nodes
from indexer.chain.rpc import NodeUnreachable, RpcError, quantity
from indexer.content.cid import cid_of
from indexer.errors import LaurelError
from indexer.mirror.counts import contents_by_state, database_bytes, rows_in
from indexer.mirror.database import MIGRATIONS, address, refuse_later
from indexer.mirror.store import CHAIN_TABLES
from indexer.protocol.deployment import LOCAL_CHAINS, Deployment, NotDeployed, load
from indexer.schema import Content, Cursor, Post, Writer
from indexer.settings import Settings

PATIENCE = 3  # seconds for the node, the database, the running indexer
OLD_BLOCK = 300  # seconds after which a public chain's head looks stuck
LITTLE_ROOM = 10**9  # bytes free beside an SQLite database


class NoDatabase(LaurelError):
    """There is no database yet, or nothing in it."""


@dataclass
class Section:
    """A part of the screen: lines of label and value, and sentences that say what to do."""

    title: str
    lines: list[tuple[str, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def line(self, label: str, value: str) -> None:
        self.lines.append((label, value))

    def problem(self, sentence: str) -> None:
        self.problems.append(sentence)


@dataclass(frozen=True)
class Head:
    """The chain as the node has it; `time` is the last block's, in seconds."""

    chain_id: int
    block: int
    time: int


@contextmanager
def reading(url: str) -> Iterator[Connection]:
    """A read-only connection, which makes no database. Raises NoDatabase, FromLater, DatabaseError."""
    parsed = address(url)
    if parsed.get_backend_name() == "sqlite":
        file = Path(parsed.database or "")
        if not file.is_file():
            raise NoDatabase(
                f"There is no database at {file}: start `laurel index`, which makes it."
            )
        engine = create_engine("sqlite://", creator=lambda: _opened(file))
    else:
        arguments: dict[str, Any] = {
            "connect_timeout": PATIENCE,
            "options": f"-c default_transaction_read_only=on -c lock_timeout={PATIENCE}s",
        }
        engine = create_engine(parsed, connect_args=arguments)
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table(Cursor.__tablename__):
                raise NoDatabase(
                    f"The database {shown(url)} is empty: start `laurel index`, which fills it."
                )
            refuse_later(connection, MIGRATIONS, "mirror_version")
            yield connection
    finally:
        engine.dispose()


def _opened(file: Path) -> sqlite3.Connection:
    uri = f"{file.absolute().as_uri()}?mode=ro"
    return sqlite3.connect(uri, uri=True, timeout=PATIENCE, check_same_thread=False)


def shown(url: str) -> str:
    """A database's address without its password."""
    return make_url(url).render_as_string(hide_password=True)


def unusable(url: str, error: NoDatabase | DatabaseError) -> Section:
    """The section of a database that cannot be read."""
    section = Section("Database", [("address", shown(url))])
    if isinstance(error, NoDatabase):
        section.problem(str(error))
    else:
        section.problem(
            f"The database cannot be read: {str(error.orig).strip()}. See that it is running and that "
            "nothing holds it; one made by an earlier release is brought up to date by `laurel index`."
        )
    return section


def chain(rpc: Nodes) -> tuple[Section, Head | None]:
    """The section of the node, and the head it reports (None when it does not answer)."""
    section = Section("Chain", [("node", rpc.name)])
    try:
        chain_id = quantity(rpc, "eth_chainId")
        latest = rpc.call(dict[str, Any], "eth_getBlockByNumber", "latest", False)
    except (NodeUnreachable, RpcError) as error:
        section.problem(f"{error} See that it is running, or set LAUREL_RPC to another node.")
        return section, None
    head = Head(chain_id, int(latest["number"], 16), int(latest["timestamp"], 16))
    section.line("chain", str(head.chain_id))
    section.line("last block", f"{head.block:,} of {_moment(head.time)}")
    age = time.time() - head.time
    if chain_id not in LOCAL_CHAINS and age > OLD_BLOCK:
        section.problem(
            f"The node's last block is {age / 60:,.0f} minutes old: see whether the node has peers, or "
            "set LAUREL_RPC to another node."
        )
    return section, head


def database(connection: Connection, url: str) -> Section:
    """The section of the database: where it is, how large, and how many rows it has."""
    section = Section("Database", [("address", shown(url))])
    section.line("size", _size(database_bytes(connection)))
    if connection.dialect.name == "sqlite":
        free = shutil.disk_usage(Path(make_url(url).database or ".").parent).free
        section.line("room left", _size(free))
        if free < LITTLE_ROOM:
            section.problem(f"The disk has only {_size(free)} left: make room before it is full.")
    counted = []
    for name in CHAIN_TABLES:
        rows, exact = rows_in(connection, name)
        counted.append(f"{name} {'' if exact else '≈'}{rows:,}")
    section.line("rows", ", ".join(counted))
    return section


def mirror(connection: Connection, settings: Settings, head: Head | None) -> Section:
    """The section of the mirror: its last block, and which process writes it."""
    section = Section("Mirror")
    here = connection.execute(
        select(Cursor.chain_id, Cursor.core, Cursor.block, Cursor.timestamp)
    ).first()
    writer = connection.execute(select(Writer.owner, Writer.until)).first()
    alive = writer is not None and writer.until > time.time()
    if here is None:
        section.line("block", "none yet")
    else:
        section.line("contracts", f"core {here.core} on chain {here.chain_id}")
        section.line("block", f"{here.block:,} of {_moment(here.timestamp)}")
        if record := _other(settings, here.chain_id, here.core, head):
            section.problem(record)
        elif head is not None:
            behind = max(head.block - here.block, 0)
            seconds = max(head.time - here.timestamp, 0)
            section.line("behind", f"{behind:,} blocks, {seconds:,} seconds of the chain")
            if behind > settings.ready_blocks and alive:
                section.problem(
                    f"The mirror is {behind:,} blocks behind. Its indexer is at work: if this number "
                    "does not fall, its log says why."
                )
    if writer is not None and alive:
        left = writer.until - time.time()
        section.line("writer", f"{writer.owner}, for {left:.0f} more seconds unless it renews")
    else:
        section.line("writer", "nobody")
        section.problem("No indexer is running on this database: start `laurel index`.")
    _ask_indexer(section, settings)
    return section


def contents(connection: Connection) -> Section:
    """The section of the documents: how many are in each state, and the one asked for most often in vain."""
    section = Section("Content")
    states = contents_by_state(connection)
    section.line("documents", ", ".join(f"{number:,} {state}" for state, number in states.items()))
    oldest = connection.execute(
        select(Content.digest, Content.tries, Content.error, Post.created_at)
        .outerjoin(Post, Post.digest == Content.digest)
        .where(Content.state == "missing")
        .order_by(Content.tries.desc(), Post.seq)
        .limit(1)
    ).first()
    if oldest is not None:
        since = f", posted {_moment(oldest.created_at)}" if oldest.created_at else ""
        section.line("longest missing", f"{cid_of(oldest.digest)}{since}")
        section.line("", f"asked for {oldest.tries:,} times. {oldest.error or ''}".strip())
    return section


def deployment(settings: Settings, connection: Connection) -> Deployment | None:
    """The deployment record of the mirror's chain; None if there is none."""
    chain_id = connection.scalar(select(Cursor.chain_id))
    try:
        return None if chain_id is None else load(settings.deployments, chain_id)
    except NotDeployed:
        return None


def _other(settings: Settings, chain_id: int, core: str, head: Head | None) -> str | None:
    """What to do if node, record and mirror are not about the same contracts."""
    if head is not None and head.chain_id != chain_id:
        return (
            f"The mirror is of chain {chain_id}, the node is on chain {head.chain_id}: set LAUREL_RPC to "
            "a node of the mirror's chain, or LAUREL_DATABASE to another database."
        )
    try:
        record = load(settings.deployments, chain_id)
    except NotDeployed as error:
        return str(error)
    if record.core == core:
        return None
    return (
        f"The mirror is of {core}, the deployment record names {record.core}: set LAUREL_DATABASE to "
        "another database, or run `laurel rebuild` to index the new contracts into this one."
    )


def _ask_indexer(section: Section, settings: Settings) -> None:
    """Adds what the running indexer says at /health, if it serves that."""
    if settings.metrics is None:
        return
    host, _, port = settings.metrics.rpartition(":")
    asked = f"http://{host.replace('0.0.0.0', '') or '127.0.0.1'}:{port}/health"
    try:
        said = httpx.get(asked, timeout=PATIENCE).json()
        words = said["reason"] or f"{said['state']}, reorganisations: {said['reorganisations']:,}."
        section.line("indexer says", f"{words} {said['reorganised']}".strip())
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError):
        section.line("indexer says", f"nothing at {asked}")


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _size(number: int) -> str:
    for unit, size in (("GB", 10**9), ("MB", 10**6)):
        if number >= size:
            return f"{number / size:,.1f} {unit}"
    return f"{number / 1000:,.0f} kB"
