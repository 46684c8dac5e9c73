"""A deployment step by step: look at the chain, show the cost, ask, deploy, compare the code."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import click

from backend.chain.keystore import address_of, read_secret
from backend.chain.wire import wire_to
from backend.deployment.code import check_code
from backend.deployment.compile import compile_contracts
from backend.deployment.deploy import DeployError, Parameters, begun, connect, deploy, recorded
from backend.deployment.plan import Plan, plan
from backend.deployment.survey import chain_id_of
from indexer.protocol.deployment import LOCAL_CHAINS, Deployment, NotDeployed, path_for


class Declined(DeployError):
    """The user was asked, and did not agree."""


@dataclass(frozen=True)
class Offer:
    """What to deploy. chain_id: the chain that is meant, or None for the node's. agreed: ask nobody."""

    rpc: str
    folder: Path
    key_file: Path | None
    passphrase_file: Path | None = None
    parameters: Parameters = field(default_factory=Parameters)
    chain_id: int | None = None
    without_p256: bool = False
    agreed: bool = False


def survey(asked: Offer) -> Plan | Deployment:
    """The plan of a deployment, or the recorded deployment if there is one. Sends nothing.

    Raises DeployError, WrongChain, NotDeployed (without a key; or a damaged record), what `address_of` raises.
    """
    w3, wire = connect(asked.rpc), wire_to(asked.rpc)
    chain_id = chain_id_of(wire, asked.chain_id)
    if found := recorded(w3, asked.folder, chain_id):
        return found
    if asked.key_file is None:
        raise NotDeployed(
            f"No contracts are recorded for chain {chain_id} ({path_for(asked.folder, chain_id)}). Bring that "
            "file from whoever deployed them, or deploy with a --key-file of your own."
        )
    deployer = address_of(asked.key_file, asked.passphrase_file)
    core, parameters = begun(w3, asked.folder, chain_id) or (
        None,
        asked.parameters.for_deployer(deployer),
    )
    return plan(wire, chain_id, deployer, parameters, core)


def offer(asked: Offer, say: Callable[[str], None]) -> Deployment:
    """The recorded contracts of a chain, or new ones, which it deploys once the plan is shown and agreed to.

    Raises as `survey`, and Declined, OtherCode, what `read_secret` raises.
    """
    compile_contracts()
    found = survey(asked)
    if isinstance(found, Deployment):
        return found
    for line in found.lines():
        say(line)
    found.check(asked.without_p256)
    assert asked.key_file is not None
    local = found.chain_id in LOCAL_CHAINS  # where a key may be plain, and nobody is asked
    account = read_secret(asked.key_file, asked.passphrase_file, plain=local)
    if not (local or asked.agreed):
        _ask(found.chain_id)
    made = deploy(asked.rpc, bytes(account.key), asked.folder, asked.parameters, say)
    for line in check_code(wire_to(asked.rpc), made):
        say(line)
    return made


def _ask(chain_id: int) -> None:
    try:
        agreed = click.confirm(f"\nDeploy on chain {chain_id}?", default=False, err=True)
    except click.Abort:
        agreed = False
    if not agreed:
        raise Declined(
            "Nothing was sent. (Where nobody can be asked, `laurel deploy --yes` says yes.)"
        )
