"""`laurel doctor` finds nothing wrong with a node that is well, and each thing that is broken in it."""

import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from importlib.metadata import version
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from backend.chain.keystore import new_keystore
from backend.cli import main
from backend.operator.doctor.environment import known_names
from backend.operator.doctor.findings import Level
from backend.operator.doctor.machine import compared, room
from backend.operator.doctor.services import states
from indexer.protocol import artifacts
from indexer.protocol.deployment import path_for
from tests.backend.operator.doctor.conftest import Patient
from tests.chain import free_port, running_anvil
from tests.indexer.content.serving import HEAD, answering, serving
from tests.indexer.proxy import provider, refusal

JSON = {"Content-Type": "application/json"}


def test_a_node_that_is_well(node: Patient) -> None:
    asked = CliRunner().invoke(main, ["doctor"], env=node.env)
    assert asked.exit_code == 0, asked.output
    lines = asked.output.splitlines()
    assert all(line.startswith("ok ") for line in lines[:-1]), asked.output
    assert lines[-1] == "Problems: 0, warnings: 0."
    assert {name for name, *_ in node.doctor()} == {
        *("settings", "python", "packages", "contracts", "disk", "files", "chain", "clock"),
        *("database", "status", "relayer", "content", "site", "services"),
    }


def test_settings(node: Patient) -> None:
    assert {"LAUREL_HOME", "LAUREL_RPC", "LAUREL_CONTACT", "LAUREL_JOIN"} <= known_names()
    said = node.says("settings", "problem", LAUREL_HOTS="a", LAUREL_QQQQ="b")
    assert "Nothing reads LAUREL_HOTS. Is LAUREL_HOSTS meant?" in said
    assert "Nothing reads LAUREL_QQQQ. Take it out." in said
    public = {"LAUREL_HOSTS": "laurel.example"}
    assert "all visitors behind the proxy count as one" in node.says(
        "settings", "problem", **public
    )
    proxied = public | {"LAUREL_TRUSTED_PROXIES": "1"}
    assert "a site by the name of laurel.example." in node.says("settings", "ok", **proxied)
    assert "each visitor's own machine" in node.says(
        "settings", "problem", LAUREL_PUBLIC_RPC="http://127.0.0.1:1", **proxied
    )
    assert "domain into LAUREL_HOSTS" in node.says(
        "settings", "warning", LAUREL_TRUSTED_PROXIES="1"
    )
    assert "while `laurel content fetch` runs" in node.says(
        "settings", "warning", LAUREL_SOURCES="http://a", LAUREL_FETCHERS="0"
    )
    assert "LAUREL_READ_DATABASE is a file" in node.says(
        "settings", "problem", LAUREL_READ_DATABASE="sqlite:///x"
    )
    assert "anybody whom the firewall lets in" in node.says(
        "settings", "warning", LAUREL_METRICS="0.0.0.0:9464"
    )


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("LAUREL_TRUSTED_PROXIES", "one", "number of proxies"),
        ("LAUREL_CONTACT", "me", "a mail address"),
        ("LAUREL_RELAY_LIMITS", "all=1", "does not read as limits"),
        ("LAUREL_RELAY_GAS", "much", "invalid literal"),
        ("LAUREL_FETCHERS", "-1", "number of workers"),
        ("LAUREL_JOIN", "closed", "open, invitation or work"),
    ],
)
def test_a_setting_that_cannot_be_read(node: Patient, name: str, value: str, words: str) -> None:
    found = node.doctor(**{name: value})
    assert {check for check, *_ in found} == {"settings"}
    assert words in found[-1][2]


def test_packages(node: Patient) -> None:
    wrong = compared(
        "flask==3.0.0 \\\n    --hash=sha256:00\nno-such-package==1\n    # via flask\n"
        "pywin32==312 ; sys_platform == 'win32' \\\n"
    )
    said = f"flask is {version('flask')}, not ==3.0.0; no-such-package is missing, not ==1: run"
    assert wrong.level is Level.PROBLEM and wrong.says.startswith(said)
    assert node.says("packages", "ok").endswith("are as in requirements.lock.")


def test_contracts_that_are_not_compiled(
    node: Patient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(artifacts, "BUILD", tmp_path / "none.json")
    artifacts._read.cache_clear()
    try:
        assert "Run `laurel compile`" in node.says("contracts", "problem")
    finally:
        artifacts._read.cache_clear()


def test_room_on_the_disk(tmp_path: Path) -> None:
    levels = [room(tmp_path, free).level for free in (10**8, 2 * 10**9, 10**11)]
    assert levels == [Level.PROBLEM, Level.WARNING, Level.OK]


def test_files(node: Patient) -> None:
    key = node.home / "relayer.key"
    key.chmod(0o644)
    assert f"{key} can be read by others (mode 644): chmod 600" in node.says("files", "problem")
    key.chmod(0o600)
    if os.geteuid() == 0:  # as after `laurel` typed by root on a server
        os.chown(key, 65534, 65534)
        assert f"{key} belongs to another user than" in node.says("files", "problem")
        os.chown(key, 0, 0)
    nowhere = str(node.home / "nothing")
    assert f"There is no folder {nowhere}" in node.says("files", "problem", LAUREL_HOME=nowhere)


def test_a_key_that_is_missing_or_poor_or_closed(node: Patient) -> None:
    chain, key = node.mirror.chain, node.home / "relayer.key"
    chain.anvil.rpc("anvil_setBalance", "0x" + "11" * 20, "0x0")
    key.write_text("0x" + "22" * 32)
    assert "does not pay one full transaction" in node.says("relayer", "problem")
    key.write_text("not a key")
    assert "holds no private key" in node.says("relayer", "problem")
    key.unlink()
    assert f"There is no relayer key at {key}" in node.says("relayer", "problem")
    passphrase = node.home / "passphrase"
    passphrase.write_text("correct horse\n")
    address = new_keystore(key, passphrase)
    assert "LAUREL_PASSPHRASE_FILE names no passphrase" in node.says("relayer", "problem")
    chain.anvil.rpc("anvil_setBalance", address, hex(10**20))
    opened = {"LAUREL_PASSPHRASE_FILE": str(passphrase)}
    assert address in node.says("relayer", "ok", **opened)
    passphrase.write_text("wrong\n")
    assert "does not open" in node.says("relayer", "problem", **opened)
    assert "can be read by others" in node.says("files", "problem", **opened)


def test_a_node_of_the_chain_that_is_away_or_another(node: Patient, tmp_path: Path) -> None:
    away = f"http://127.0.0.1:{free_port()}"
    assert f"The node at {away} cannot be reached" in node.says("chain", "problem", LAUREL_RPC=away)
    with running_anvil("--chain-id", "7") as other:
        both = f"{node.env['LAUREL_RPC']},{other.url}"
        said = node.says("chain", "problem", LAUREL_RPC=both)
        assert "is on chain 7, the recorded contracts are on chain 31337" in said
        assert "disagree about block 0 (chains 31337 and 7): take one" in said
    with provider(
        node.env["LAUREL_RPC"],
        lies={"eth_getLogs": lambda call, _: refusal(call, -32601, "method not found")},
    ) as mute:
        assert "has no eth_getLogs" in node.says("chain", "problem", LAUREL_RPC=mute.url)
    twice = ",".join([node.env["LAUREL_RPC"]] * 2)
    assert "All 2 nodes agree" in node.says("chain", "ok", LAUREL_RPC=twice)
    path_for(Path(node.env["LAUREL_DEPLOYMENTS"]), 31337).unlink()
    assert "No contracts are recorded for chain 31337" in node.says("chain", "problem")


def test_the_websocket(node: Patient) -> None:
    ours = node.env["LAUREL_RPC"].replace("http", "ws")
    assert "tells of new blocks" in node.says("chain", "ok", LAUREL_RPC_WS=ours)
    away = f"ws://user:secret@127.0.0.1:{free_port()}"
    said = node.says("chain", "warning", LAUREL_RPC_WS=away)
    assert "cannot be used" in said and "secret" not in said
    with running_anvil("--chain-id", "7") as other:
        url = other.url.replace("http", "ws")
        assert "set both to one chain" in node.says("chain", "problem", LAUREL_RPC_WS=url)


def test_the_clock(node: Patient) -> None:
    chain_id = b'{"jsonrpc": "2.0", "id": 1, "result": "0x1"}'
    with serving(answering(chain_id)) as (url, _):
        assert node.doctor("clock", LAUREL_RPC=url) == []  # no node of a chain
    with running_anvil("--chain-id", "7", timestamp=4_000_000_000) as ahead:
        said = node.says("clock", "problem", LAUREL_RPC=ahead.url)
        assert "seconds ahead of this machine's clock: set the clock" in said

    def of_tomorrow(handler: BaseHTTPRequestHandler) -> None:
        sent = httpx.post(node.env["LAUREL_RPC"], content=handler.body, headers=JSON)
        date = format_datetime(datetime.now(UTC) + timedelta(days=1), usegmt=True)
        handler.wfile.write(HEAD + f"Date: {date}\r\n\r\n".encode() + sent.content)

    with serving(of_tomorrow) as (url, _):
        said = node.says("clock", "problem", LAUREL_RPC=url)
        assert re.search(r"clock is 86,\d+ seconds behind by what the node's server says", said)


def test_a_database_that_is_missing_later_or_older(node: Patient) -> None:
    nothing = f"sqlite:///{node.home / 'none.db'}"
    assert "There is no database at" in node.says("database", "problem", LAUREL_DATABASE=nothing)
    file = node.home / "copy.db"
    with closing(sqlite3.connect(node.home / "laurel.db")) as here:
        here.execute("VACUUM INTO ?", (str(file),))
    copy = {"LAUREL_DATABASE": f"sqlite:///{file}"}
    assert "is up to date" in node.says("database", "ok", **copy)
    with changed(file, "DROP TABLE node_version"):
        assert "made by an earlier Laurel: restart" in node.says("database", "warning", **copy)
    with changed(file, "UPDATE mirror_version SET version_num = '9999_later'"):
        assert "made by a later Laurel" in node.says("database", "problem", **copy)
    file.write_bytes(b"no database, however long " * 1000)
    assert "cannot be read" in node.says("database", "problem", **copy)


@contextmanager
def changed(file: Path, statement: str) -> Iterator[None]:
    """The database with one thing done to it."""
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(statement)
    yield


def test_what_status_says(node: Patient) -> None:
    node.mirror.indexer.lease.release()
    assert "No indexer is running on this database" in node.says("status", "problem")


def test_a_content_store_that_is_damaged(node: Patient) -> None:
    node.mirror.content.close()
    shutil.rmtree(node.home / "content")
    assert "There is no content store" in node.says("content", "ok")
    (node.home / "content").mkdir()
    (node.home / "content" / "blocks.sqlite").write_bytes(b"no store, however long " * 1000)
    assert "cannot be read" in node.says("content", "problem")


def test_sources(node: Patient) -> None:
    with serving(answering(b"", 404)) as (url, _), serving(answering(b"", 500)) as (ill, _):
        assert f"{url} can be asked" in node.says("sources", "ok", LAUREL_SOURCES=url)
        away = f"http://127.0.0.1:{free_port()}"
        said = node.says("sources", "warning", LAUREL_SOURCES=f"{url},{ill},{away}")
        assert f"{ill} answers with status 500" in said and f"{away} cannot be asked" in said


def test_a_daemon_that_is_away(node: Patient) -> None:
    assert node.doctor("kubo") == []
    away = f"/ip4/127.0.0.1/tcp/{free_port()}"
    assert "See that it runs (systemctl status kubo)" in node.says("kubo", "problem", IPFS_API=away)


def test_units_as_systemctl_shows_them() -> None:
    shown = (
        "Id=laurel-index.service\nLoadState=loaded\nActiveState=active\nNRestarts=0\n\n"
        "Id=laurel-relay.service\nLoadState=loaded\nActiveState=failed\nNRestarts=2\n\n"
        "Id=laurel-site.service\nLoadState=loaded\nActiveState=active\nNRestarts=90\n"
    )
    index, relay, site = states(shown)
    assert (index.level, relay.level, site.level) == (Level.OK, Level.PROBLEM, Level.WARNING)
    assert "journalctl --unit laurel-relay.service" in relay.says
    absent = states("Id=laurel-index.service\nLoadState=not-found\nActiveState=inactive\n")
    assert [each.says for each in absent] == ["systemd has none of the node's units."]
