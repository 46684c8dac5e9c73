"""Databases of earlier versions go on, those of later ones are refused."""

import gzip
import json
import lzma
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from click.testing import CliRunner
from sqlalchemy import Engine, inspect, text

from backend.cli import main
from backend.site.database import migrate_node
from indexer.mirror.database import FromLater, connect, migrate_mirror
from indexer.mirror.store import position
from indexer.protocol.deployment import Deployment
from indexer.schema import Base
from tests.actors import Key, join
from tests.chain import Chain, chain_of, running_anvil
from tests.indexer.eventful import publish
from tests.indexer.mirrors import MIRRORED, dump, environment, mirror_of

RELEASES = Path(__file__).parents[1] / "releases"


@pytest.fixture(scope="module")
def chain() -> Iterator[Chain]:
    """The chain that the dumps are of."""
    kept = json.loads(lzma.decompress((RELEASES / "0002.chain.json.xz").read_bytes()))
    last = int(kept["state"]["block"]["timestamp"], 16)
    with running_anvil(timestamp=last + 1) as anvil:
        state = gzip.compress(json.dumps(kept["state"]).encode())
        assert anvil.rpc("anvil_loadState", "0x" + state.hex())
        for _ in range(20):  # keys that the chain knows already
            Key.secp256k1()
        yield chain_of(anvil, Deployment(**kept["deployment"]))


def load(url: str, revision: str) -> Engine:
    """Fills an empty database with the dump of a release."""
    engine = connect(url)
    dump = (RELEASES / f"{revision}.{engine.dialect.name}.sql").read_text()
    if engine.dialect.name == "sqlite":
        with closing(sqlite3.connect(engine.url.database or "")) as connection:
            connection.executescript(dump)
    else:
        with psycopg.connect(url, autocommit=True) as postgresql:
            postgresql.execute(dump.encode())
    return engine


def raw(engine: Engine, name: str) -> list[dict[str, Any]]:
    """Rows as the database has them, whatever the schema says."""
    with engine.connect() as connection:
        rows = connection.execute(text(f'SELECT * FROM "{name}"')).mappings()
        return sorted(map(dict, rows), key=repr)


def described(engine: Engine) -> dict[str, Any]:
    """Every name and type in the mirror's tables."""
    look = inspect(engine)
    return {
        name: (
            sorted((c["name"], str(c["type"]), c["nullable"], c["default"]) for c in columns),
            look.get_pk_constraint(name)["name"],
            look.get_pk_constraint(name)["constrained_columns"],
            sorted(str(u["name"]) for u in look.get_unique_constraints(name)),
            sorted((str(i["name"]), str(i["column_names"])) for i in look.get_indexes(name)),
        )
        for name in Base.metadata.tables
        for columns in [look.get_columns(name)]
    }


def differences(engine: Engine) -> list[Any]:
    """Where the tables are not what the schema says."""
    with engine.connect() as connection:
        options = {
            "version_table": "mirror_version",
            "compare_type": True,
            "include_object": lambda item, name, kind, *_: (
                kind != "table" or name in Base.metadata.tables
            ),
        }
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, Base.metadata))


@pytest.mark.postgresql
def test_the_last_releases_mirror_goes_on(chain: Chain, database: str, tmp_path: Path) -> None:
    home = tmp_path / "node"
    home.mkdir()
    engine = load(database, "0002")
    before = {name: raw(engine, name) for name in (*MIRRORED, "blocks", "undo", "cursor")}
    assert [name for name in before if not before[name]] == []
    migrate_mirror(engine)
    added = {"contents": {"claimed_until": 0.0}}
    for name, found in before.items():
        rows = [row | added.get(name, {}) for row in found]
        assert raw(engine, name) == sorted(rows, key=repr)

    number = before["cursor"][0]["block"]
    with mirror_of(chain, home, database=database) as mirror:
        mirror.catch_up()
        here = position(engine)
        assert here is not None
        assert here.block == chain.w3.eth.block_number >= number
        name = "zed" + ("pg" if engine.dialect.name == "postgresql" else "")
        (zed,) = join(chain, name)
        publish(mirror.content)
        chain.relay(zed.post(b"\1" * 32))
        told = mirror.catch_up()
        assert sum(status.undone for status in told) == 0
        assert name in [row["handle"] for row in mirror.rows("accounts")]
        assert mirror.verify().same
    engine.dispose()


@pytest.mark.postgresql
def test_the_first_releases_mirror_is_filled_again(
    chain: Chain, database: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    home = tmp_path / "node"
    home.mkdir()
    engine = load(database, "0001")
    assert position(engine) is not None
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE tickets (id INTEGER)"))
        connection.execute(text("INSERT INTO tickets VALUES (7)"))
    migrate_mirror(engine)
    assert "`laurel index` fills it again from the first block" in caplog.text
    assert set(map(len, dump(engine).values())) == {0}
    assert position(engine) is None
    assert raw(engine, "tickets") == [{"id": 7}]  # what is not the mirror's stays
    with mirror_of(chain, home, database=database) as mirror:
        mirror.catch_up()
        assert mirror.rows("posts")
        assert mirror.verify().same
    engine.dispose()


@pytest.mark.postgresql
@pytest.mark.parametrize("revision", ["0001", "0002"])
def test_upgraded_tables_are_as_new_ones(revision: str, database: str, tmp_path: Path) -> None:
    (tmp_path / "node").mkdir(exist_ok=True)
    upgraded = load(database, revision)
    migrate_mirror(upgraded)
    assert differences(upgraded) == []
    found = described(upgraded)
    with upgraded.begin() as connection:
        for name in (*Base.metadata.tables, "mirror_version"):
            connection.execute(text(f'DROP TABLE "{name}"'))
    migrate_mirror(upgraded)
    assert described(upgraded) == found
    upgraded.dispose()


@pytest.mark.postgresql
def test_an_empty_database_is_no_release(database: str, caplog: pytest.LogCaptureFixture) -> None:
    engine = connect(database)
    migrate_mirror(engine)
    assert differences(engine) == []
    assert caplog.text == ""
    engine.dispose()


@pytest.mark.postgresql
@pytest.mark.parametrize("table", ["mirror_version", "node_version"])
def test_a_later_versions_database_is_refused(table: str, database: str) -> None:
    engine = connect(database)
    migrate_mirror(engine)
    migrate_node(engine)
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE {table} SET version_num = '9001'"))
    tables = inspect(engine).get_table_names()
    with pytest.raises(FromLater, match="made by a later Laurel .revision 9001 of " + table):
        migrate_mirror(engine)
        migrate_node(engine)
    assert inspect(engine).get_table_names() == tables
    engine.dispose()


@pytest.mark.parametrize(
    "words",
    ["index", "status", "verify", "rebuild", "content status", "content fetch", "relay", "site"],
)
def test_every_command_says_so(words: str, chain: Chain, tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'laurel.db'}")
    migrate_mirror(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE mirror_version SET version_num = '9001'"))
    engine.dispose()
    (tmp_path / "relayer.key").write_text("11" * 32)
    settings = {
        "LAUREL_DATABASE": f"sqlite:///{tmp_path / 'laurel.db'}",
        "LAUREL_SOURCES": "http://127.0.0.1:1",
        "LAUREL_RELAYER_KEY_FILE": str(tmp_path / "relayer.key"),
    }
    refused = CliRunner().invoke(
        main, words.split(), env=settings | environment(chain, tmp_path), catch_exceptions=False
    )
    assert refused.exit_code == 1
    assert "This database was made by a later Laurel (revision 9001" in refused.output
