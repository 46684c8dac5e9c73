"""Keys in files: made, read, and refused with a sentence."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from eth_account import Account

from backend.chain.keystore import (
    KeyExists,
    NoKey,
    NoKeyFile,
    PlainKey,
    WrongPassphrase,
    new_keystore,
    read_secret,
)
from backend.chain.passphrase import NoPassphrase
from tests.chain import DEV, DEV_KEY

PASSPHRASE = "a day of laurels"


@pytest.fixture
def passphrase(tmp_path: Path) -> Path:
    path = tmp_path / "passphrase"
    path.write_text(PASSPHRASE + "\n")
    return path


@pytest.fixture
def keystore(tmp_path: Path) -> Path:
    """As another program wrote it, with little work, so that the tests are quick."""
    path = tmp_path / "dev.json"
    path.write_text(json.dumps(Account.encrypt(DEV_KEY, PASSPHRASE, iterations=2)))
    return path


def test_a_new_key_is_encrypted_and_for_its_owner_alone(tmp_path: Path, passphrase: Path) -> None:
    path = tmp_path / "deployer.json"
    address = new_keystore(path, passphrase)
    assert path.stat().st_mode & 0o777 == 0o600
    written = json.loads(path.read_text())
    assert (written["version"], written["crypto"]["kdf"]) == (3, "scrypt")
    assert written["crypto"]["kdfparams"]["n"] == 2**18
    account = read_secret(path, passphrase, plain=False)
    assert account.address == address and account.key.hex() not in path.read_text()
    with pytest.raises(KeyExists, match="exists already"):
        new_keystore(path, passphrase)
    assert json.loads(path.read_text()) == written


def test_the_passphrase_is_asked_for_on_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "asked.json"
    process, terminal = pty.fork()
    if process == 0:
        os.environ.pop("LAUREL_PASSPHRASE_FILE", None)
        os.execv(sys.executable, [sys.executable, "-m", "backend", "key", "new", str(path)])
    shown = ""
    for _ in range(2):
        asked = ""
        while not asked.endswith(": "):
            asked += os.read(terminal, 1024).decode()
        os.write(terminal, f"{PASSPHRASE}\n".encode())
        shown += asked
    try:
        while data := os.read(terminal, 1024):
            shown += data.decode()
    except OSError:  # Linux says so at the end
        pass
    assert os.waitpid(process, 0)[1] == 0, shown
    assert PASSPHRASE not in shown
    assert "0x" + json.loads(path.read_text())["address"] in shown


def test_a_keystore_of_another_program_opens(keystore: Path, passphrase: Path) -> None:
    assert read_secret(keystore, passphrase, plain=False).address == DEV


def test_a_plain_key_only_where_it_will_do(tmp_path: Path) -> None:
    path = tmp_path / "plain"
    for text in (DEV_KEY.hex(), f"0x{DEV_KEY.hex()}\n"):
        path.write_text(text)
        assert read_secret(path).address == DEV
    with pytest.raises(PlainKey, match="not encrypted"):
        read_secret(path, plain=False)


def test_what_opens_nothing_says_so(tmp_path: Path, keystore: Path, passphrase: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("another day")
    with pytest.raises(WrongPassphrase, match=f"does not open {keystore}"):
        read_secret(keystore, wrong)
    wrong.write_text("\n")
    with pytest.raises(NoPassphrase, match="is empty"):
        read_secret(keystore, wrong)
    with pytest.raises(NoPassphrase, match="cannot be read"):
        read_secret(keystore, tmp_path / "none")
    with pytest.raises(NoKeyFile, match="No such file"):
        read_secret(tmp_path / "none")
    whole = json.loads(keystore.read_text())
    damaged = [
        "none",
        "11" * 31,
        "00" * 32,
        "{",
        keystore.read_text()[:-40],
        json.dumps(whole | {"version": 1}),
        json.dumps(whole | {"crypto": {}}),
        json.dumps(whole | {"crypto": whole["crypto"] | {"kdf": "magic"}}),
        json.dumps(whole | {"crypto": whole["crypto"] | {"mac": "zz"}}),
    ]
    for text in damaged:
        keystore.write_text(text)
        with pytest.raises(NoKey):
            read_secret(keystore, passphrase)


def test_without_a_terminal_nobody_is_asked(keystore: Path, tmp_path: Path) -> None:
    env = {k: v for k, v in os.environ.items() if k != "LAUREL_PASSPHRASE_FILE"}
    done = subprocess.run(
        [sys.executable, "-m", "backend", "key", "new", str(tmp_path / "new.json")],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=env,
    )
    assert done.returncode == 1
    assert "no terminal to ask" in done.stderr and "LAUREL_PASSPHRASE_FILE" in done.stderr
    assert not (tmp_path / "new.json").exists()
