"""`laurel compile` and `laurel deploy`."""

from dataclasses import replace
from pathlib import Path

import click
from eth_utils.address import is_address, to_checksum_address

from backend.chain.wire import wire_to
from backend.deployment.code import check_code
from backend.deployment.compile import (
    BYTECODE_LIMIT,
    INITCODE_LIMIT,
    bytecode_size,
    compile_contracts,
    initcode_size,
)
from backend.deployment.deploy import LOCAL, Parameters
from backend.deployment.key_command import passphrase_option
from backend.deployment.offer import Offer, offer, survey
from backend.deployment.plan import Plan
from indexer.protocol.artifacts import contracts
from indexer.protocol.deployment import path_for
from indexer.settings import Settings


@click.command("compile")
@click.option("--force", is_flag=True, help="Even if nothing has changed.")
def compile_command(force: bool) -> None:
    """Compile the contracts into build/contracts.json, and say how far each is from being too large."""
    made = compile_contracts(force)
    click.echo("Compiled." if made else "Nothing to do.")
    for contract in contracts():
        size, initcode = bytecode_size(contract), initcode_size(contract)
        click.echo(
            f"{contract}: {size:,} bytes, {BYTECODE_LIMIT - size:,} below the limit; "
            f"to create it {initcode:,}, {INITCODE_LIMIT - initcode:,} below"
        )


def _address(ctx: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    if not is_address(value):
        raise click.BadParameter(
            f"{value} is no address: 0x and 40 hexadecimal digits, unmistyped."
        )
    return to_checksum_address(value)


@click.command("deploy")
@click.option("--rpc", required=True, help="URL of the chain's JSON-RPC.")
@click.option("--chain-id", type=int, help="The chain that is meant: no other is touched.")
@click.option(
    "--key-file",
    type=click.Path(path_type=Path),
    help="The deployer's keystore (`laurel key new`); on a local chain, a plain key will do.",
)
@passphrase_option
@click.option("--local", is_flag=True, help="A local testnet's parameters: a DAY of 60 seconds.")
@click.option(
    "--treasury",
    callback=_address,
    help="Address that receives a fifth of the emission; the deployer.",
)
@click.option(
    "--genesis-recipient",
    callback=_address,
    help="Address that receives the genesis supply; the deployer.",
)
@click.option("--without-p256", is_flag=True, help="Even where keys made in a page cannot serve.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done, and its cost.")
@click.option("--yes", is_flag=True, help="Ask nobody.")
@click.option("--check", is_flag=True, help="Only compare recorded contracts with the sources.")
def deploy_command(
    rpc: str,
    chain_id: int | None,
    key_file: Path | None,
    passphrase_file: Path | None,
    local: bool,
    treasury: str | None,
    genesis_recipient: str | None,
    without_p256: bool,
    dry_run: bool,
    yes: bool,
    check: bool,
) -> None:
    """Put the contracts on a chain, once, and record them in deployments/."""
    folder = Settings.from_env().deployments
    parameters = replace(
        LOCAL if local else Parameters(), treasury=treasury, genesis_recipient=genesis_recipient
    )
    asked = Offer(
        rpc, folder, key_file, passphrase_file, parameters, chain_id, without_p256, agreed=yes
    )
    if check or dry_run:
        compile_contracts()
        found = survey(replace(asked, key_file=None) if check else asked)
        lines = found.lines() if isinstance(found, Plan) else check_code(wire_to(rpc), found)
        for line in lines:
            click.echo(line)
        if isinstance(found, Plan):
            found.check(without_p256)
            click.echo("Nothing was sent.")
        return
    made = offer(asked, click.echo)
    click.echo(
        f"Chain {made.chain_id}: core {made.core}, graph {made.graph}, token {made.token}, "
        f"since block {made.block}."
    )
    click.echo(f"Recorded in {path_for(folder, made.chain_id)}.")
