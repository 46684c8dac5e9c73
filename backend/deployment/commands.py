"""`laurel compile` and `laurel deploy`."""

from pathlib import Path

import click

from backend.deployment.compile import (
    BYTECODE_LIMIT,
    INITCODE_LIMIT,
    bytecode_size,
    compile_contracts,
    initcode_size,
)
from backend.deployment.deploy import LOCAL, DeployError, Parameters, deploy
from indexer.artifacts import contracts
from indexer.deployment import path_for
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


def read_key(path: Path) -> bytes:
    """A secp256k1 private key, 64 hexadecimal digits in a file. Raises DeployError."""
    try:
        key = bytes.fromhex(path.read_text().strip().removeprefix("0x"))
    except OSError as error:
        raise DeployError(f"The key file cannot be read: {error}.") from error
    except ValueError:
        key = b""
    if len(key) != 32:
        raise DeployError(f"{path} holds no private key: 64 hexadecimal digits are expected.")
    return key


@click.command("deploy")
@click.option("--rpc", required=True, help="URL of the chain's JSON-RPC.")
@click.option(
    "--key-file",
    required=True,
    type=click.Path(path_type=Path),
    help="File with the deployer's private key in hexadecimal.",
)
@click.option("--local", is_flag=True, help="A local testnet's parameters: a DAY of 60 seconds.")
@click.option("--treasury", help="Address that receives a fifth of the emission; the deployer.")
@click.option("--genesis-recipient", help="Address that receives the genesis supply; the deployer.")
def deploy_command(
    rpc: str, key_file: Path, local: bool, treasury: str | None, genesis_recipient: str | None
) -> None:
    """Put the contracts on a chain, once, and record them in deployments/."""
    preset = LOCAL if local else Parameters()
    parameters = Parameters(
        preset.day,
        preset.curve_constant,
        preset.seed,
        preset.genesis_supply,
        preset.handle_fee,
        genesis_recipient,
        treasury,
    )
    compile_contracts()
    folder = Settings.from_env().deployments
    made = deploy(rpc, read_key(key_file), folder, parameters, say=click.echo)
    click.echo(
        f"Chain {made.chain_id}: core {made.core}, graph {made.graph}, token {made.token}, "
        f"since block {made.block}."
    )
    click.echo(f"Recorded in {path_for(folder, made.chain_id)}.")
