"""Private keys in files: encrypted as wallets do it (Web3 Secret Storage, version 3), or plain hexadecimal."""

import json
import os
from pathlib import Path
from typing import Any

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.address import to_checksum_address

from backend.chain.passphrase import passphrase_of
from indexer.errors import LaurelError


class NoKeyFile(LaurelError):
    """The key's file cannot be read."""


class NoKey(LaurelError):
    """The file holds no key, neither an encrypted nor a plain one."""


class PlainKey(LaurelError):
    """The key is not encrypted, where it should be."""


class WrongPassphrase(LaurelError):
    """The passphrase does not open the keystore."""


class KeyExists(LaurelError):
    """A new key would overwrite an existing file."""


def new_keystore(path: Path, passphrase_file: Path | None = None) -> str:
    """Makes a key, writes it encrypted to a file of mode 600, and returns its address.

    Raises KeyExists, NoKeyFile (the place cannot be written), NoPassphrase.
    """
    if path.exists():
        raise KeyExists(f"{path} exists already, and may hold a key. Choose another name.")
    passphrase = passphrase_of(path, passphrase_file, new=True)
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
    """The account whose private key is in a file. A keystore's passphrase is asked for if no file has it.

    plain: whether a key that is not encrypted (64 hexadecimal digits) is accepted.
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
    """The address of the key in a file. Most keystores name it, so no passphrase is needed. Raises as `read_secret`."""
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
    passphrase = passphrase_of(path, passphrase_file)
    try:
        account: LocalAccount = Account.from_key(Account.decrypt(keystore, passphrase))
    except (ValueError, TypeError, KeyError, NotImplementedError) as error:
        if str(error) == "MAC mismatch":
            raise WrongPassphrase(
                f"The passphrase does not open {path}. Try another; nobody can tell or reset it."
            ) from error
        raise NoKey(f"The keystore {path} is damaged ({error!r}). Restore it.") from error
    return account
