"""`laurel chain forward` and `laurel samples`, which work on the local chain only."""

from contextlib import closing
from datetime import UTC, datetime

import click

from backend.local.anvil import CHAIN_ID
from backend.local.clock import MOST_DAYS, check_local, forward
from backend.local.setup import furnish
from indexer.chain.rpc import Rpc
from indexer.protocol.deployment import load
from indexer.settings import Settings


@click.group()
def chain() -> None:
    """The local chain and its clock."""


@chain.command("forward")
@click.argument("days", type=click.FloatRange(0, MOST_DAYS, min_open=True))
def forward_command(days: float) -> None:
    """Move the local chain's clock on by DAYS days of its own (a DAY there lasts a minute)."""
    settings = Settings.from_env()
    with closing(Rpc(settings.rpc)) as rpc:
        check_local(rpc)
        seconds = max(1, round(days * load(settings.deployments, CHAIN_ID).day))
        moment = datetime.fromtimestamp(forward(rpc, seconds), UTC)
    click.echo(f"The chain's clock is {seconds:,} seconds on: {moment:%Y-%m-%d %H:%M:%S} UTC.")


@click.command()
def samples() -> None:
    """Make the sample accounts and posts on the local chain, unless they are there."""
    made = furnish(Settings.from_env(), samples=True)
    click.echo("The samples are made." if made else "The samples are there already.")
