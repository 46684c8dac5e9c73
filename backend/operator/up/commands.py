"""`laurel up`."""

from functools import partial
from pathlib import Path

import click

from backend.deployment.key_command import passphrase_option
from indexer.settings import Settings


@click.command()
@click.option("--port", default=8000, show_default=True, help="Of the site.")
@click.option(
    "--chain",
    type=click.Choice(["anvil", "hardhat"]),
    default="anvil",
    show_default=True,
    help="The local chain to start. Hardhat keeps nothing between runs.",
)
@click.option("--rpc-port", default=8545, show_default=True, help="Of the local chain.")
@click.option("--samples/--no-samples", default=True, help="Make sample posts the first time.")
@click.option("--rpc", help="URL of a chain that runs already, instead of a local one.")
@click.option(
    "--key-file",
    type=click.Path(path_type=Path),
    help="With --rpc, where no contracts are recorded: keystore of whoever deploys them.",
)
@passphrase_option
@click.option("--demo", type=click.Choice(["steem"]), help="Replay FILE on a chain of its own.")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
def up(
    port: int,
    chain: str,
    rpc_port: int,
    samples: bool,
    rpc: str | None,
    key_file: Path | None,
    passphrase_file: Path | None,
    demo: str | None,
    file: Path | None,
) -> None:
    """Run a whole node, local chain included, until Ctrl-C."""
    if file is not None and demo is None:
        raise click.UsageError(f"{file} is a file to replay: say --demo steem before it.")
    if demo is not None and (rpc is not None or chain != "anvil"):
        raise click.UsageError("A replay needs anvil, and its chain to itself: leave out the rest.")
    # slow imports that no other command needs
    from backend.local import chains
    from backend.operator.up import contracts
    from backend.operator.up.supervisor import up as run

    settings = Settings.from_env()
    if demo is not None:
        from backend.steem.demo import PARAMETERS, prepare
        from backend.steem.play import play

        shown = prepare(settings, file, rpc_port)
        kept = contracts.kept(shown.settings, PARAMETERS)
        run(shown.settings, port, shown, rpc_port, False, kept, play=partial(play, shown))
        return
    if rpc is None:
        own, settings = chains.own(chain, settings, rpc_port)
        run(settings, port, own, rpc_port, samples, contracts.kept(settings))
        return
    settings, local = chains.elsewhere(rpc, settings)
    there = contracts.public(settings, key_file, passphrase_file)
    found = contracts.local(settings) if local else there
    run(settings, port, None, 0, samples, found)
