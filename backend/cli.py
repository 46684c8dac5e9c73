"""The `laurel` command. Each room brings its own commands; this module only puts them together."""

import sys
from importlib import import_module
from typing import Any

import click

from indexer.errors import LaurelError

COMMANDS = {
    "up": "backend.operator.up.commands:up",
    "chain": "backend.local.commands:chain",
    "samples": "backend.local.commands:samples",
    "import": "backend.steem.commands:import_group",
    "compile": "backend.deployment.commands:compile_command",
    "kinds": "backend.deployment.kinds_command:kinds",
    "errors": "backend.deployment.errors_command:errors",
    "settings": "backend.operator.settings_command:settings",
    "deploy": "backend.deployment.commands:deploy_command",
    "key": "backend.deployment.key_command:key",
    "index": "indexer.commands.index:index",
    "status": "backend.operator.status:status",
    "doctor": "backend.operator.doctor.commands:doctor",
    "verify": "indexer.commands.index:verify_command",
    "rebuild": "indexer.commands.index:rebuild_command",
    "content": "indexer.commands.content:content",
    "sync": "indexer.commands.sync:sync",
    "relay": "backend.relay.commands:relay",
    "invite": "backend.relay.sponsor.commands:invite",
    "site": "backend.commands:site",
}
"""Name -> module:attribute. Imported when called: web3 alone takes a second or more."""


class Laurel(click.Group):
    """Finds commands by name; a LaurelError ends the command with its message, which says what to do."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(import_module(module), attribute)
        # eth_account imports py_ecc, which sets Python's recursion limit higher than the stack allows.
        sys.setrecursionlimit(1000)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except LaurelError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=Laurel)
def main() -> None:
    """A social network where posting and curating earn tokens."""
