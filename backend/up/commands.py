"""`laurel up`."""

import click

from indexer.settings import Settings


@click.command()
@click.option("--port", default=8000, show_default=True, help="Of the site.")
@click.option("--rpc-port", default=8545, show_default=True, help="Of the chain.")
@click.option("--samples/--no-samples", default=True, help="Make sample posts the first time.")
def up(port: int, rpc_port: int, samples: bool) -> None:
    """Run a whole node, local chain included, until Ctrl-C."""
    from backend.up.supervisor import up as run  # slow imports that no other command needs

    run(Settings.from_env(), port, rpc_port, samples)
