"""One digest per table, to tell whether two mirrors of one chain are the same, row for row."""

from hashlib import sha256

from sqlalchemy import Engine, select

from indexer.mirror.bulk import primary, table
from indexer.mirror.store import CHAIN_TABLES


def table_digests(engine: Engine) -> dict[str, str]:
    """Hex sha-256 over the rows of each chain-derived table in order of their keys.

    Of `contents` only digest, state and HTML count: how often it was asked for does not follow from the chain.
    """
    columns = {name: list(table(name).c) for name in CHAIN_TABLES}
    columns["contents"] = [table("contents").c[name] for name in ("digest", "state", "html")]
    found = {}
    with engine.connect() as connection:
        for name, wanted in columns.items():
            order = [table(name).c[column] for column in primary(name)]
            rows = connection.execution_options(yield_per=1000).execute(
                select(*wanted).order_by(*order)
            )
            state = sha256()
            for row in rows:
                state.update(repr(tuple(row)).encode())
            found[name] = state.hexdigest()
    return found
