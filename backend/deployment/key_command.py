"""`laurel key new`: a key of one's own in an encrypted file."""

from pathlib import Path

import click

from backend.chain.keystore import new_keystore
from backend.chain.passphrase import PASSPHRASE_FILE

passphrase_option = click.option(
    "--passphrase-file",
    envvar=PASSPHRASE_FILE,
    type=click.Path(path_type=Path),
    help="File with the keystore's passphrase. Without one it is asked for.",
)


@click.group()
def key() -> None:
    """Keys that pay gas, in encrypted files."""


@key.command("new")
@click.argument("file", type=click.Path(path_type=Path))
@passphrase_option
def new(file: Path, passphrase_file: Path | None) -> None:
    """Make a key, encrypted in FILE (Web3 Secret Storage), for `laurel deploy` or `laurel relay`."""
    address = new_keystore(file, passphrase_file)
    click.echo(f"{address}\nIts key is in {file}. Keep a copy of that file, and its passphrase.")
