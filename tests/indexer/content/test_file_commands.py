"""`laurel content add` and `get`, as a person types them."""

import os
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner, Result

from backend.cli import main
from indexer.content import open_store
from indexer.content.cid import cid_of, digest
from tests.indexer.content.files import Keystream

DATA = Keystream("a long file", 5 * 2**20 + 1).read()
CID = "bafybeiasn2tkd36yrr53lmqtuojgemzsjsnfo3w2ia4sdtamx6rw6d63ny"
"""As npm's ipfs-unixfs-importer 17.1.1 names it by the profile unixfs-v1-2025."""


def laurel(home: Path, *arguments: str | Path) -> Result:
    command = ["content", *map(str, arguments)]
    return CliRunner(env={"LAUREL_HOME": str(home)}).invoke(main, command)


def test_in_and_out(tmp_path: Path) -> None:
    file, out = tmp_path / "film", tmp_path / "copy"
    file.write_bytes(DATA)
    added = laurel(tmp_path / "home", "add", file)
    assert (added.exit_code, added.stderr) == (0, "")
    cid = added.stdout.strip()
    assert cid == CID
    assert laurel(tmp_path / "home", "get", cid).stdout_bytes == DATA
    got = laurel(tmp_path / "home", "get", cid, "-o", out)
    assert (got.output, out.read_bytes()) == ("", DATA)


def test_through_pipes(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "backend", "content"]
    env = {**os.environ, "LAUREL_HOME": str(tmp_path)}
    added = subprocess.run(
        [*command, "add", "-"], env=env, input=b"from a pipe", capture_output=True, check=True
    )
    cid = added.stdout.decode().strip()
    assert cid == cid_of(digest(b"from a pipe"))
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*command, "get", cid], env=env, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 1 and b"No space left" in done.stderr
    assert b"Traceback" not in done.stderr


def test_what_cannot_be(tmp_path: Path) -> None:
    home, out = tmp_path / "home", tmp_path / "out"
    store = open_store(home / "content")
    cid = store.put(b"a small file")
    store.close()
    absent = cid_of(digest(b"nobody has this"))
    for arguments, said in (
        (("get", absent, "-o", out), "is not in the store"),
        (("get", "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKvvqA"), "is not a CID of a block"),
        (("get", cid, "-o", tmp_path / "nowhere" / "out"), "No such file or directory"),
        (("get", cid, "-o", tmp_path), "is a directory"),
        (("get", cid, "-o", "/dev/null"), "is no file"),
        (("add", tmp_path), "Is a directory"),
        (("add", tmp_path / "nothing"), "No such file"),
    ):
        answer = laurel(home, *arguments)
        assert answer.exit_code in (1, 2) and said in answer.stderr
    assert not out.exists() and not list(tmp_path.glob(".*"))
