"""The `laurel` command. Each room brings its own commands; this module only puts them together."""

from typing import Any

import click

from backend.clock import ChainUnreachable
from backend.commands import site
from backend.deployment.commands import compile_command, deploy_command
from backend.deployment.compile import CompileError, CompilerMissing
from backend.deployment.deploy import DeployError
from backend.local.commands import FOR_THE_USER as OF_THE_LOCAL_CHAIN
from backend.local.commands import chain, samples
from backend.relay.commands import FOR_THE_USER as OF_THE_RELAY
from backend.relay.commands import relay
from backend.steem.commands import FOR_THE_USER as OF_THE_IMPORT
from backend.steem.commands import import_group
from backend.up.commands import FOR_THE_USER as OF_UP
from backend.up.commands import up
from indexer.artifacts import NotCompiled
from indexer.commands import FOR_THE_USER as OF_THE_INDEXER
from indexer.commands import index, rebuild, verify_command
from indexer.content.errors import ContentError
from indexer.deployment import NotDeployed

FOR_THE_USER = (
    ChainUnreachable,
    CompileError,
    CompilerMissing,
    ContentError,
    DeployError,
    NotCompiled,
    NotDeployed,
    *OF_THE_INDEXER,
    *OF_THE_LOCAL_CHAIN,
    *OF_THE_RELAY,
    *OF_THE_IMPORT,
    *OF_UP,
)
"""Errors whose message is a sentence that says what to do."""


class Laurel(click.Group):
    """A group that ends with the message of an error which is the user's to put right."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except FOR_THE_USER as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=Laurel)
def main() -> None:
    """A social network where posting and curating earn tokens."""


main.add_command(up)
main.add_command(chain)
main.add_command(samples)
main.add_command(import_group)
main.add_command(relay)
main.add_command(compile_command)
main.add_command(deploy_command)
main.add_command(index)
main.add_command(verify_command)
main.add_command(rebuild)
main.add_command(site)
