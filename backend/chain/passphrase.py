"""A keystore's passphrase: read from a file or asked for on the terminal.

It is never a command's argument: others on the machine could see that.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from indexer.errors import LaurelError

PASSPHRASE_FILE = "LAUREL_PASSPHRASE_FILE"
"""The environment's name for the file with the passphrase."""


class NoPassphrase(LaurelError):
    """There is nobody to ask for the passphrase, or what was given as one is empty or unreadable."""


def passphrase_file(env: Mapping[str, str] = os.environ) -> Path | None:
    """The file with the passphrase, if the environment names one."""
    return Path(env[PASSPHRASE_FILE]) if env.get(PASSPHRASE_FILE) else None


def passphrase_of(path: Path, file: Path | None, new: bool = False) -> str:
    """The passphrase of the keystore at `path`, from `file` or typed on the terminal (twice if `new`).

    Raises NoPassphrase.
    """
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
