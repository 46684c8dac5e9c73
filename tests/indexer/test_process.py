"""The real `laurel index` and its neighbours, started, killed and left without a chain."""

import signal
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from backend.cli import main
from indexer.commands.index import rebuild_command, verify_command
from indexer.content.cid import digest
from indexer.mirror.database import connect
from indexer.mirror.store import position
from indexer.verify import compare
from tests.actors import join, stake
from tests.chain import Chain, deployed_on, free_port, running_anvil
from tests.indexer.killed import PATIENCE, Stock
from tests.indexer.mirrors import (
    MIRRORED,
    document,
    dump,
    environment,
    laurel_index,
    mirror_of,
    rows,
    until,
)
from tests.indexer.proxy import provider


def at_block(engine: Engine) -> int:
    here = position(engine)
    return here.block if here else -1


def opened(home: Path) -> Engine:
    """The database that a process in `home` made."""
    return connect(f"sqlite:///{home / 'laurel.db'}")


def laurel(chain: Chain, home: Path, command: click.Command, *options: str) -> Result:
    """One command of `laurel`, in this process."""
    return CliRunner().invoke(main, [command.name or "", *options], env=environment(chain, home))


def busy(chain: Chain) -> None:
    """Posts and votes over some four hundred blocks."""
    people = join(chain, "alice", "bob", "carol")
    for actor in people:
        stake(chain, actor, 1000 * 10**18)
    for number in range(12):
        chain.anvil.rpc("anvil_mine", hex(30), hex(600))
        author = people[number % 3]
        data = document(f"Number {number}")
        post = author.post_id(digest(data))
        chain.relay(author.post(digest(data)))
        chain.relay(*[actor.vote(post, 100 * (number + 1)) for actor in people])


def test_killed_in_the_middle_and_started_again(
    deployed: Chain, tmp_path: Path, indexers: Stock
) -> None:
    busy(deployed)
    head = deployed.w3.eth.block_number
    with mirror_of(deployed, tmp_path / "whole") as mirror:
        mirror.catch_up()
        whole = mirror.dump()
    home = tmp_path / "node"
    with (
        provider(deployed.anvil.url, longest=10, delay=0.05) as slow,
        indexers.index(deployed, home, url=slow.url) as process,
    ):
        until(lambda: (home / "laurel.db").exists())
        engine = opened(home)
        until(lambda: "cursor" in tables(engine) and at_block(engine) > 60)
        process.end()
    assert 60 < at_block(engine) < head
    assert len(rows(engine, "posts")) < 12
    with indexers.index(deployed, home) as process:
        until(lambda: at_block(engine) == head)
        assert process.end(signal.SIGTERM) == 0
    again = dump(engine)
    for row in whole["contents"] + again["contents"]:
        row |= {"tries": 0, "next_try": 0, "error": None}  # nobody has these
    assert again == whole
    assert rows(engine, "writer") == []
    assert "goes on from here" in (home / "said").read_text()


def tables(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return set(connection.exec_driver_sql("SELECT name FROM sqlite_master").scalars())


def test_the_chain_goes_away_and_comes_back(tmp_path: Path) -> None:
    home, port, state = tmp_path / "node", free_port(), str(tmp_path / "state")
    with running_anvil("--state", state, port=port) as anvil:
        chain = deployed_on(anvil, tmp_path / "deployments")
        join(chain, "alice")
        head, now = chain.w3.eth.block_number, anvil.now()
    with laurel_index(chain, home) as process:
        said = home / "said"
        until(lambda: "Waiting. The node at" in said.read_text())
        with running_anvil("--state", state, port=port, timestamp=now + 1) as anvil:
            until(lambda: "Following the chain" in said.read_text())
            engine = opened(home)
            until(lambda: at_block(engine) == head)
            now = anvil.now()
        until(lambda: said.read_text().count("Waiting. The node at") == 2)
        assert process.poll() is None
        with running_anvil("--state", state, port=port, timestamp=now + 1) as anvil:
            chain.anvil = anvil
            join(chain, "bob")
            until(lambda: len(rows(engine, "accounts")) == 2)
            process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE) == 0


def test_two_indexers_on_one_database(deployed: Chain, tmp_path: Path, indexers: Stock) -> None:
    home = tmp_path / "node"
    with indexers.index(deployed, home) as first:
        until(lambda: "Following" in (home / "said").read_text())
        with indexers.index(deployed, home) as second:
            until(lambda: "Waiting. Another indexer" in (home / "said").read_text())
            first.end()
            join(deployed, "alice")
            until(lambda: rows(opened(home), "accounts"))
            assert second.end(signal.SIGTERM) == 0


def test_verify_and_rebuild(deployed: Chain, tmp_path: Path) -> None:
    home = tmp_path / "node"
    busy(deployed)
    behind = laurel(deployed, home, rebuild_command)  # from nothing at all
    assert behind.exit_code == 0, behind.output
    good = laurel(deployed, home, verify_command)
    assert good.exit_code == 0, good.output
    assert "agrees with the contracts" in good.output

    drawn = laurel(deployed, home, verify_command, "--sample", "20")
    assert drawn.exit_code == 0, drawn.output
    assert "drawn by lot, agree; --full asks for all" in drawn.output

    engine = opened(home)
    before = dump(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE votes SET bps = bps + 1 WHERE account = 2")
        connection.exec_driver_sql("UPDATE posts SET weight = 7 WHERE account = 1")
    bad = laurel(deployed, home, verify_command, "--full")
    assert bad.exit_code == 1
    assert "bps is 100 on chain, 101 in the mirror" in bad.output
    assert "in the mirror" in bad.output

    rebuilt = laurel(deployed, home, rebuild_command)
    assert rebuilt.exit_code == 0
    said = [line.split("│") for line in rebuilt.output.splitlines() if "│" in line]
    changed = [cells[1].strip() for cells in said if cells[3].strip() == "changed"]
    assert (len(said), changed) == (len(MIRRORED), ["posts", "votes"])
    assert dump(engine) == before


def test_a_rebuild_beside_a_running_indexer(
    deployed: Chain, tmp_path: Path, indexers: Stock
) -> None:
    home = tmp_path / "node"
    busy(deployed)
    head = deployed.w3.eth.block_number
    with indexers.index(deployed, home) as process:
        until(lambda: "Following" in (home / "said").read_text())
        engine = opened(home)
        until(lambda: at_block(engine) == head)
        before = dump(engine)
        before.pop("contents")  # nobody has them, and how often was asked is the node's own
        rebuilt = laurel(deployed, home, rebuild_command)
        assert rebuilt.exit_code == 0, rebuilt.output
        assert "changed" not in rebuilt.output
        assert before.items() <= dump(engine).items()
        join(deployed, "zoe")
        until(lambda: "zoe" in [row["handle"] for row in rows(engine, "accounts")])
        assert process.end(signal.SIGTERM) == 0


def test_a_file_that_is_no_database_gets_a_sentence(deployed: Chain, tmp_path: Path) -> None:
    (tmp_path / "laurel.db").write_bytes(b"no database" * 1000)
    refused = laurel(deployed, tmp_path, verify_command)
    assert refused.exit_code == 1
    assert "file is not a database" in refused.output
    assert "set LAUREL_DATABASE to another" in refused.output


def test_verify_says_when_the_mirror_is_behind(
    deployed: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compare, "WAIT_SECONDS", 0.2)
    refused = laurel(deployed, tmp_path, verify_command)
    assert refused.exit_code == 1
    assert "Start `laurel index`, then verify again" in refused.output
