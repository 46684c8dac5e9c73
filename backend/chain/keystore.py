"""Private keys in files: encrypted as wallets do it (Web3 Secret Storage, version 3), or plain hexadecimal.

A passphrase is read from a file or asked for on the terminal; as an argument, others on the machine could see it.
"""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.address import to_checksum_address

from indexer.errors import LaurelError

PASSPHRASE_FILE = "LAUREL_PASSPHRASE_FILE"
"""The environment's name for the file with the passphrase."""


def passphrase_file(env: Mapping[str, str] = os.environ) -> Path | None:
    """The file with the passphrase that the environment names, if it does."""
    return Path(env[PASSPHRASE_FILE]) if env.get(PASSPHRASE_FILE) else None


class NoKeyFile(LaurelError):
    """The key's file cannot be read."""


class NoKey(LaurelError):
    """The file holds no key, neither an encrypted nor a plain one."""


class PlainKey(LaurelError):
    """The key is not encrypted, where it should be."""


class NoPassphrase(LaurelError):
    """There is nobody to ask for the passphrase, or what was given as one is empty or unreadable."""


class WrongPassphrase(LaurelError):
    """The passphrase does not open the keystore."""


class KeyExists(LaurelError):
    """A new key would take an existing file's place."""


def new_keystore(path: Path, passphrase_file: Path | None = None) -> str:
    """Makes a key, writes it encrypted and for its owner's eyes only, and returns its address.

    Raises KeyExists, NoKeyFile (the place cannot be written), NoPassphrase.
    """
    if path.exists():
        raise KeyExists(f"{path} exists already, and may hold a key. Choose another name.")
    passphrase = _passphrase(path, passphrase_file, new=True)
    account: LocalAccount = Account.create()
    try:
        text = json.dumps(Account.encrypt(account.key, passphrase)) + "\n"
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
    except OSError as error:
        raise NoKeyFile(f"The key cannot be written to {path}: {error.strerror}.") from error
    return str(account.address)


def read_secret(
    path: Path, passphrase_file: Path | None = None, plain: bool = True
) -> LocalAccount:
    """The account whose key is in a file. Of a keystore, the passphrase is asked for if no file has it.

    plain: whether 64 hexadecimal digits will do.
    Raises NoKeyFile, NoKey, PlainKey, NoPassphrase, WrongPassphrase.
    """
    try:
        text = path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise NoKeyFile(f"The key file {path} cannot be read: {reason}.") from error
    if text.startswith("{"):
        return _decrypted(path, _keystore(path, text), passphrase_file)
    try:
        account: LocalAccount = Account.from_key(text)
    except ValueError:
        raise NoKey(
            f"{path} holds no private key: a keystore (`laurel key new {path.name}` makes one) or 64 "
            "hexadecimal digits are expected."
        ) from None
    if not plain:
        raise PlainKey(
            f"The key in {path} is not encrypted. `laurel key new FILE` makes one that is, with an address of its own."
        )
    return account


def address_of(path: Path, passphrase_file: Path | None = None) -> str:
    """The address of the key in a file. A keystore mostly says it without its passphrase. Raises as `read_secret`."""
    try:
        said = json.loads(path.read_text())
        return to_checksum_address(said["address"])
    except (OSError, ValueError, TypeError, KeyError):
        return str(read_secret(path, passphrase_file).address)


def _keystore(path: Path, text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
        if found["version"] == 3 and isinstance(found["crypto"], dict):
            return dict(found)
    except (ValueError, KeyError):
        pass
    raise NoKey(
        f"{path} is no keystore of version 3 (Web3 Secret Storage), or is damaged. Restore it, or name another."
    )


def _decrypted(path: Path, keystore: dict[str, Any], passphrase_file: Path | None) -> LocalAccount:
    passphrase = _passphrase(path, passphrase_file)
    try:
        account: LocalAccount = Account.from_key(Account.decrypt(keystore, passphrase))
    except (ValueError, TypeError, KeyError, NotImplementedError) as error:
        if str(error) == "MAC mismatch":
            raise WrongPassphrase(
                f"The passphrase does not open {path}. Try another; nobody can tell or reset it."
            ) from error
        raise NoKey(f"The keystore {path} is damaged ({error!r}). Restore it.") from error
    return account


def _passphrase(path: Path, file: Path | None, new: bool = False) -> str:
    if file is not None:
        try:
            passphrase = file.read_text().rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise NoPassphrase(f"The passphrase file cannot be read: {error}.") from error
        if not passphrase:
            raise NoPassphrase(f"The passphrase file {file} is empty.")
        return passphrase
    if not sys.stdin.isatty():
        raise NoPassphrase(
            f"{path} wants a passphrase, and there is no terminal to ask for it. Name a file that has it, "
            f"readable by you alone, in {PASSPHRASE_FILE}."
        )
    passphrase = click.prompt(
        f"Passphrase of {path}", hide_input=True, confirmation_prompt=new, err=True
    )
    return str(passphrase)
