"""`laurel status`: one screen, and a sentence for whatever is wrong."""

import sqlite3
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import insert, update

from backend.cli import main
from backend.relay.tables import QUEUED, RelayCost, RelayStatus, RelayTicket
from backend.site.database import migrate_node
from indexer.content.cid import cid_of, digest
from indexer.mirror.database import connect
from indexer.protocol import deployment
from indexer.schema import Cursor, Pool
from tests.actors import join
from tests.chain import DEV, Chain, free_port
from tests.indexer.mirrors import Mirror, document, environment, mirror_of


def status(chain: Chain, home: Path, **env: str) -> Result:
    """`laurel status` in the folder `home`."""
    return CliRunner().invoke(
        main, ["status"], env=environment(chain, home) | {"COLUMNS": "200"} | env
    )


def words(result: Result) -> str:
    """What it said, spaces evened."""
    return " ".join(result.output.split())


def relayer(**values: Any) -> dict[str, Any]:
    """A row of a relayer that has just said that it has 2 coins."""
    known = {"address": DEV, "empty": False, "dear": False, "keeps": True, "balance": 2 * 10**18}
    return known | {"fee": 10**9, "most": None, "seen": time.time()} | values


@pytest.fixture
def node(deployed: Chain, tmp_path: Path) -> Iterator[Mirror]:
    """A mirror with somebody's post that nobody has, its indexer at work."""
    (alice,) = join(deployed, "alice")
    deployed.relay(alice.post(digest(document("Lost"))))
    with mirror_of(deployed, tmp_path) as mirror:
        mirror.catch_up()
        mirror.indexer.fetcher.fetch_due()
        migrate_node(mirror.engine)
        yield mirror


def test_all_is_well(node: Mirror) -> None:
    chain = node.chain
    with node.engine.begin() as connection:
        connection.execute(insert(RelayStatus).values(relayer(empty=False)))
    chain.anvil.rpc("anvil_setBalance", DEV, hex(12345 * 10**15))
    good = status(chain, node.home)
    assert good.exit_code == 0, good.output
    said = words(good)
    head = chain.w3.eth.block_number
    assert f"node {chain.anvil.url} chain 31337 last block {head:,} of 20" in said
    assert f"address sqlite:///{node.home}/laurel.db" in said
    assert "rows accounts 1, keys " in said and "posts 1, " in said
    assert f"contracts core {chain.deployment.core} on chain 31337" in said
    assert "behind 0 blocks, 0 seconds of the chain" in said
    assert f"writer {node.indexer.lease.owner}, for " in said
    assert "documents 1 missing, 0 ready, 0 unreadable" in said
    assert f"longest missing {cid_of(digest(document('Lost')))}, posted 20" in said
    assert "asked for 1 times. local store:" in said
    assert "days none closed yet" in said
    assert "queue 0 queued, 0 sent" in said
    assert f"relayer {DEV}, 12.345000 coin" in said
    assert said.endswith("All is well.")


def test_what_is_wrong_is_said_with_what_to_do(node: Mirror) -> None:
    node.indexer.lease.release()
    ticket = {"id": "t", "kind": 1, "action": b"", "signature": b"", "address": "::1", "slot": "s"}
    ticket |= {"deadline": 0, "state": QUEUED, "created": time.time() - 300}
    with node.engine.begin() as connection:
        connection.execute(insert(RelayStatus).values(relayer(empty=True)))
        connection.execute(insert(RelayTicket).values(ticket))
        here = node.rows("cursor")[0]["timestamp"]
        day = here // node.chain.deployment.day
        pool = {"id": 1, "wei": 0, "recent": 0, "next_day": day - 9, "index": 0}
        connection.execute(insert(Pool).values(pool))
    bad = status(node.chain, node.home)
    said = words(bad)
    assert bad.exit_code == 1
    assert "writer nobody" in said
    assert "! No indexer is running on this database: start `laurel index`." in said
    assert f"! The relayer has run out of coin: send some to {DEV}." in said
    assert "! Somebody's action waits for 30" in said
    assert "! 9 days of the reward pool are over and not closed" in said


def test_what_an_action_costs_and_for_how_many_there_is_coin(node: Mirror) -> None:
    today = int(time.time() // 86_400)
    spent = [("Vote", 900, 9e15), ("Post", 100, 5e15), ("close", 1, 2e15)]
    with node.engine.begin() as connection:
        connection.execute(
            insert(RelayStatus).values(relayer(dear=True, fee=80 * 10**9, most=5 * 10**10))
        )
        for what, actions, wei in spent:
            row = {"day": today, "what": what, "actions": actions, "gas": 1.0, "wei": wei}
            connection.execute(insert(RelayCost).values(row))
            connection.execute(insert(RelayCost).values(row | {"day": today - 7}))  # too old
    told = status(node.chain, node.home, LAUREL_COIN_PRICE="2500 USD")
    said = words(told)
    assert told.exit_code == 1
    assert ", enough for about 125,000 actions; keeps costs" in said
    assert "costs Vote 0.00001 coin, 0.025 USD (900)" in said
    assert " Post 0.00005 coin, 0.125 USD (100) close 0.002 coin, 5.00 USD (1)" in said
    assert (
        "! Gas costs 80 gwei, and LAUREL_MAX_FEE lets the relayer pay at most 50: actions wait."
        in said
    )
    bad = status(node.chain, node.home, LAUREL_COIN_PRICE="cheap")
    assert "LAUREL_COIN_PRICE is what a coin of the chain is worth" in bad.output


def test_a_relay_that_is_not_there(node: Mirror) -> None:
    with node.engine.begin() as connection:
        connection.execute(insert(RelayStatus).values(relayer(seen=time.time() - 600)))
    gone = status(node.chain, node.home)
    assert gone.exit_code == 1
    assert "! No relay was heard of for 10 min: start `laurel relay`." in words(gone)


def test_behind(node: Mirror) -> None:
    node.chain.anvil.rpc("anvil_mine", hex(6))
    behind = status(node.chain, node.home)
    assert behind.exit_code == 1
    assert "! The mirror is 6 blocks behind. Its indexer is at work" in words(behind)
    assert status(node.chain, node.home, LAUREL_READY_BLOCKS="6").exit_code == 0
    refused = status(node.chain, node.home, LAUREL_READY_BLOCKS="few")
    assert refused.exit_code == 1
    assert "LAUREL_READY_BLOCKS is a number of blocks, not 'few'" in refused.output


def test_without_the_node(node: Mirror) -> None:
    gone = status(node.chain, node.home, LAUREL_RPC=f"http://me:secret@127.0.0.1:{free_port()}/key")
    said = words(gone)
    assert gone.exit_code == 1
    assert "cannot be reached" in said and "set LAUREL_RPC to another node" in said
    assert "block " in said and "posts 1, " in said  # the rest is told all the same


def test_without_a_database(deployed: Chain, tmp_path: Path) -> None:
    none = status(deployed, tmp_path)
    assert none.exit_code == 1
    assert f"There is no database at {tmp_path}/laurel.db: start `laurel index`" in words(none)
    assert not (tmp_path / "laurel.db").exists()
    connect(f"sqlite:///{tmp_path / 'laurel.db'}").connect().close()
    empty = status(deployed, tmp_path)
    assert empty.exit_code == 1 and "is empty: start `laurel index`" in words(empty)
    (tmp_path / "laurel.db").write_bytes(b"no database" * 1000)
    broken = status(deployed, tmp_path)
    assert broken.exit_code == 1
    assert "The database cannot be read: file is not a database." in words(broken)


def test_a_database_that_somebody_holds(node: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    node.engine.dispose()
    file = node.home / "laurel.db"
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("PRAGMA journal_mode = DELETE")
    holder.execute("BEGIN EXCLUSIVE")
    locked = status(node.chain, node.home)
    holder.execute("ROLLBACK")
    holder.close()
    assert locked.exit_code == 1
    assert "The database cannot be read: database is locked." in words(locked)


def test_the_mirror_of_another_deployment(node: Mirror) -> None:
    other = replace(node.chain.deployment, core=node.chain.deployment.graph)
    folder = node.home / "others"
    deployment.save(folder, other)
    env = environment(node.chain, node.home) | {"LAUREL_DEPLOYMENTS": str(folder)}
    wrong = CliRunner().invoke(main, ["status"], env=env)
    assert wrong.exit_code == 1
    assert f"the deployment record names {other.core}" in words(wrong)
    with node.engine.begin() as connection:
        connection.execute(update(Cursor).values(chain_id=1))
    elsewhere = status(node.chain, node.home)
    assert "The mirror is of chain 1, the node is on chain 31337" in words(elsewhere)


def test_on_postgresql(deployed: Chain, tmp_path: Path, postgres: str) -> None:
    env = {"LAUREL_DATABASE": postgres}
    empty = status(deployed, tmp_path, **env)
    assert empty.exit_code == 1 and "is empty: start `laurel index`" in words(empty)
    with mirror_of(deployed, tmp_path, database=postgres) as mirror:
        mirror.catch_up()
        good = status(deployed, tmp_path, **env)
    assert good.exit_code == 0, good.output
    assert "size " in words(good) and "queue never used here" in words(good)
    absent = status(
        deployed, tmp_path, LAUREL_DATABASE=f"postgresql://me:secret@127.0.0.1:{free_port()}/x"
    )
    assert absent.exit_code == 1
    assert "The database cannot be read: connection" in words(absent)
    assert "secret" not in absent.output and "me:***@127.0.0.1" in words(absent)
