"""The mirror's state: applies whole blocks, and rolls them back when they were reorganised.

Rows, cursor and undo images of a span are written in one transaction, so that after a kill at any moment
the same command goes on from there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from operator import attrgetter

from sqlalchemy import Connection, Engine, delete, insert, select, update

from indexer.chain.source import Header, Span
from indexer.errors import LaurelError
from indexer.fold import fold, places
from indexer.fold.rows import Place, Row, Rows
from indexer.mirror import arrivals, bulk
from indexer.mirror.database import Turn, writing
from indexer.mirror.lease import Lease
from indexer.schema import Base, Block, Cursor, Undo

KEPT = 128
"""Blocks behind the head that can be rolled back."""
CHAIN_TABLES = ("accounts", "keys", "posts", "beneficiaries", "votes", "days", "pool") + (
    *("delegations", "entries", "follows", "mutes", "reblogs", "tips", "tip_balances"),
)
"""The tables that follow from the chain alone; `contents` depends on the content store too."""
INLINE = 16
"""Up to so many new documents of a span are read from the local store at once; more wait for the fetcher."""

Resolve = Callable[[bytes], Row | None]
"""The content row of a digest, if its bytes are on this machine."""


class TooDeep(LaurelError):
    """The chain was reorganised further back than can be undone."""


@dataclass(frozen=True)
class Position:
    """The last block applied, its chain, and the core that the mirror is of."""

    chain_id: int
    core: str
    block: int
    hash: bytes
    timestamp: int

    @property
    def header(self) -> Header:
        """The block, with an empty parent hash: the mirror does not keep it."""
        return Header(self.block, self.hash, b"", self.timestamp)


def position(engine: Engine) -> Position | None:
    """The last block in the mirror; None before its first one."""
    columns = (Cursor.chain_id, Cursor.core, Cursor.block, Cursor.hash, Cursor.timestamp)
    with engine.connect() as connection:
        row = connection.execute(select(*columns)).first()
    return Position(*row) if row else None


def begin(engine: Engine, lease: Lease, chain_id: int, core: str, before: Header) -> None:
    """Sets an empty mirror to `before`, the block before the first with events. Raises LeaseLost."""
    with writing(engine, Turn.MIRROR) as connection:
        lease.renew(connection)
        connection.execute(
            insert(Cursor).values(id=1, chain_id=chain_id, core=core, **_here(before))
        )
        connection.execute(insert(Block).values(_block(before)))


def apply(
    engine: Engine, lease: Lease, span: Span, day: int, resolve: Resolve | None = None
) -> list[bytes]:
    """Applies a span to the mirror. Returns the digests whose content is still missing.

    day: seconds in a DAY; resolve: finds content in the local store. Raises LeaseLost,
    Incomplete, and SQLAlchemy's OperationalError when the database stays locked.
    """
    with engine.connect() as connection:  # nobody else writes these tables: the lease is ours
        rows = Rows(partial(bulk.load, connection))
        rows.prepare(place for event in span.events for place in places(event))
        if span.reversible:
            for block, events in groupby(span.events, attrgetter("block")):
                rows.begin(block)
                fold(events, rows, day)
        else:
            fold(span.events, rows, day)
    missing = [key[0] for table, key in rows.changed if table == "contents"]
    found: list[Row] = []
    if resolve is not None and len(missing) <= INLINE:
        found = [content for digest in missing if (content := resolve(digest)) is not None]
    with writing(engine, Turn.MIRROR) as connection:
        lease.renew(connection)
        bulk.write(connection, rows.written())
        arrivals.arrived(connection, found)
        if span.reversible:
            _keep(connection, span.headers, rows.images)
        else:
            connection.execute(delete(Undo))
            connection.execute(delete(Block))
            connection.execute(insert(Block).values(_block(span.last)))
        connection.execute(update(Cursor).values(_here(span.last)))
    here = {content["digest"] for content in found}
    return [digest for digest in missing if digest not in here]


def kept(engine: Engine) -> list[tuple[int, bytes]]:
    """Numbers and hashes of the blocks that the mirror can be rolled back to, the latest first."""
    with engine.connect() as connection:
        rows = connection.execute(select(Block.number, Block.hash).order_by(Block.number.desc()))
        return [(row.number, row.hash) for row in rows]


def roll_back(engine: Engine, lease: Lease, number: int) -> None:
    """Undoes the blocks after `number`, which must be one of `kept`. Raises LeaseLost."""
    with writing(engine, Turn.MIRROR) as connection:
        lease.renew(connection)
        ancestor = connection.execute(
            select(Block.number, Block.hash, Block.timestamp).where(Block.number == number)
        ).one()
        images: dict[Place, Row | None] = {}
        undone = select(Undo.table, Undo.key, Undo.old).where(Undo.block > number)
        for name, key, old in connection.execute(undone.order_by(Undo.block)):
            place = name, bulk.key_of(name, key)
            images.setdefault(place, None if old is None else bulk.row_of(name, old))
        # Deletes first, so that the unique values of rows that come back are free.
        bulk.write(connection, ((place, None) for place in images))
        bulk.write(connection, ((place, row) for place, row in images.items() if row))
        connection.execute(delete(Undo).where(Undo.block > number))
        connection.execute(delete(Block).where(Block.number > number))
        header = Header(ancestor.number, ancestor.hash, b"", ancestor.timestamp)
        connection.execute(update(Cursor).values(_here(header)))


def empty(engine: Engine, lease: Lease) -> None:
    """Removes every row of the mirror, except the writer's. Raises LeaseLost."""
    with writing(engine, Turn.MIRROR) as connection:
        lease.renew(connection)
        for table in Base.metadata.sorted_tables:
            if table.name != "writer":
                connection.execute(delete(table))


def _keep(
    connection: Connection,
    headers: tuple[Header, ...],
    undo: dict[tuple[int, Place], Row | None],
) -> None:
    connection.execute(insert(Block), [_block(header) for header in headers])
    if undo:
        connection.execute(
            insert(Undo),
            [
                {
                    "block": block,
                    "table": place[0],
                    "key": bulk.key_text(place),
                    "old": None if old is None else bulk.row_json(old),
                }
                for (block, place), old in undo.items()
            ],
        )
    oldest = headers[-1].number - KEPT
    connection.execute(delete(Undo).where(Undo.block <= oldest))
    connection.execute(delete(Block).where(Block.number < oldest))


def _here(header: Header) -> Row:
    return {"block": header.number, "hash": header.hash, "timestamp": header.timestamp}


def _block(header: Header) -> Row:
    return {"number": header.number, "hash": header.hash, "timestamp": header.timestamp}
