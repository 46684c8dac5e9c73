"""`laurel doctor` of a site behind a real proxy with TLS, and of its backups and its PostgreSQL."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from backend.operator.doctor.environment import setup
from backend.operator.doctor.findings import Setup
from backend.operator.doctor.public import unencrypted
from indexer.settings import ROOT
from tests.backend.operator.doctor.conftest import Patient
from tests.certificates import self_signed
from tests.chain import free_port
from tests.indexer.content.serving import answering, serving
from tests.indexer.mirrors import mirror_of
from tests.operations.proxies import nginx, running
from tests.postgres import running_postgres, running_replica


@pytest.fixture
def site(node: Patient) -> Iterator[int]:
    """The port of the node's own `laurel site`."""
    port = free_port()
    command = [sys.executable, "-m", "backend", "site", "--port", str(port)]
    with running(command, port, os.environ | node.env | {"LAUREL_TRUSTED_PROXIES": "1"}):
        yield port


def test_a_site_behind_nginx(node: Patient, site: int) -> None:
    """First well, then not: with another name, without a certificate, with everything open, gone."""
    proxied = {"LAUREL_TRUSTED_PROXIES": "1", "LAUREL_CONTACT": "me@laurel.example"}
    with nginx(node.home / "proxy", site) as (plain, secure):
        url = f"https://localhost:{secure}"
        trusted = proxied | {"SSL_CERT_FILE": str(node.home / "proxy/tls.pem")}
        said = node.says("site", "ok", "--url", url, **trusted)
        assert f"{url} answers, with its headers." in said
        assert "The certificate of localhost is good for 89 days." in said
        assert "/health and /metrics are closed to the public." in said
        assert "Documents come through the proxy as they should." in said
        made = setup(node.env | proxied, url)
        assert isinstance(made, Setup)
        (leads,) = unencrypted(made, plain)
        assert leads.says == "http://localhost leads to https."

        said = node.says("site", "problem", "--url", url, **proxied)
        assert "The certificate of localhost is not good: self" in said
        opened = f"http://127.0.0.1:{site}"
        assert f"{opened} is not encrypted" in node.says(
            "site", "problem", "--url", opened, **proxied
        )
        (serves,) = unencrypted(made, site)
        assert "serves pages without encryption" in serves.says
    said = node.says("site", "problem", "--url", url, **trusted)
    assert f"{url} does not answer" in said and "No certificate can be had" in said


def test_a_proxy_of_ones_own(node: Patient, tmp_path: Path) -> None:
    """One whose certificate ends, which adds no headers, and lets everybody at everything."""
    server, _ = self_signed(tmp_path, days=5)
    trusted = {"SSL_CERT_FILE": str(tmp_path / "tls.pem")}
    with serving(answering(b'{"lag_blocks": 0}'), server) as (url, _):
        said = node.says("site", "warning", "--url", url, **trusted)
        assert "ends in 4 days: see why it is not renewed" in said
        assert "lacks Strict-Transport-Security and Content-Security-Policy" in said
        assert f"{url}/health is open to everybody" in said
        assert "comes with other X-Content-Type-Options" in said
    for status, words in ((400, "put it into LAUREL_HOSTS"), (502, "answers with status 502")):
        with serving(answering(b"", status), server) as (url, _):
            assert words in node.says("site", "problem", "--url", url, **trusted)


def test_the_contact(node: Patient) -> None:
    assert node.doctor("contact") == []  # nobody but oneself comes here
    url = ("--url", "https://laurel.example")
    assert "set LAUREL_CONTACT" in node.says("contact", "warning", *url)
    said = node.says("contact", "ok", *url, LAUREL_CONTACT="a@b.example")
    assert said == "Whoever runs this site is reached at mailto:a@b.example."


def test_backups(node: Patient, tmp_path: Path) -> None:
    assert "set LAUREL_BACKUPS" in node.says("backups", "warning", "--url", "https://a.example")
    folder = tmp_path / "backups"
    folder.mkdir()
    backups = {"LAUREL_BACKUPS": str(folder)}
    assert f"There is no backup in {folder}" in node.says("backups", "problem", **backups)
    script = str(ROOT / "docs/operations/backup")
    subprocess.run([script], env=os.environ | node.env | backups, check=True)
    assert "is 0 hours old; there are 1." in node.says("backups", "ok", **backups)
    (last,) = folder.iterdir()
    os.utime(last, (time.time() - 200_000,) * 2)
    assert "is 56 hours old: see systemctl" in node.says("backups", "problem", **backups)
    (last / "blocks.sqlite").unlink()
    (last / "relayer.key").unlink()
    assert "lacks blocks.sqlite, a key" in node.says("backups", "problem", **backups)


def test_postgresql_and_a_replica(node: Patient, tmp_path: Path) -> None:
    with running_postgres() as database:
        env = {"LAUREL_DATABASE": database}
        assert "is empty: start `laurel index`" in node.says("database", "problem", **env)
        with mirror_of(node.mirror.chain, tmp_path, database=database) as mirror:
            mirror.catch_up()
            with running_replica(database) as copy:
                read = env | {"LAUREL_READ_DATABASE": copy.get_uri()}
                assert "follows." in node.says("replica", "ok", **read)
                with psycopg.connect(copy.get_uri(), autocommit=True) as connection:
                    connection.execute("SELECT pg_wal_replay_pause()")
                node.mirror.chain.anvil.rpc("anvil_mine", hex(20))
                mirror.catch_up()
                assert "is 20 blocks behind: see" in node.says("replica", "problem", **read)
            assert "cannot be read" in node.says("replica", "problem", **read)
        healthy = node.says("database", "warning", **env)  # of the mirror alone, so not up to date
        assert "made by an earlier Laurel" in healthy
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("ALTER SYSTEM SET autovacuum = off")
            connection.execute("ALTER SYSTEM SET synchronous_commit = off")
            connection.execute("SELECT pg_reload_conf()")
        found = " ".join(said for _, _, said in node.doctor("database", **env))
        assert "fsync is off" in found and "autovacuum is off" in found
        assert "synchronous_commit is off here" in found
    assert "cannot be read" in node.says("database", "problem", **env)
