"""`laurel kinds`: makes Solidity's libraries from contracts/actions.json."""

import click

from backend.deployment.kinds import FILES, library


@click.command()
def kinds() -> None:
    """Write contracts/libraries/Kinds.sol and GraphKinds.sol."""
    for contract, file in FILES.items():
        file.write_text(library(contract))
        click.echo(f"{file}: written.")
