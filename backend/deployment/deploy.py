"""Puts the contracts on a chain, once, and records them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from web3 import Web3
from web3.exceptions import ContractCustomError, ContractLogicError

from backend.deployment.compile import settings_hash
from indexer.artifacts import artifact
from indexer.deployment import Deployment, NotDeployed, load, path_for, save
from indexer.errors import LaurelError

ETHER = 10**18


class DeployError(LaurelError):
    """The chain cannot be deployed to; the sentence says why and what to do."""


@dataclass(frozen=True)
class Parameters:
    """ICoreBase.sol `Parameters`. day: seconds; curve_constant: rshares; seed: claims; the rest: wei.

    The defaults are for production. With a seed of 10^18 claims, a day's pool goes out whole only once the
    day's votes come to that: the net rshares of 1 LRL of stake voting in full are about 2 * 10^7.
    """

    day: int = 86_400
    curve_constant: int = 0
    seed: int = 10**18
    genesis_supply: int = 100_000_000 * ETHER
    handle_fee: int = 0
    genesis_recipient: str | None = None  # the deployer
    treasury: str | None = None  # the deployer

    def for_deployer(self, deployer: str) -> dict[str, int | str]:
        """The constructor's struct, by its Solidity names, in order."""
        return {
            "day": self.day,
            "curveConstant": self.curve_constant,
            "seed": self.seed,
            "genesisSupply": self.genesis_supply,
            "handleFee": self.handle_fee,
            "genesisRecipient": self.genesis_recipient or deployer,
            "treasury": self.treasury or deployer,
        }


# A full vote of the faucet's 1,000 LRL on an idle chain pays a few LRL; a week lasts seven minutes.
LOCAL = Parameters(day=60, seed=2 * 10**15)


def connect(rpc: str) -> Web3:
    """Raises DeployError when nothing answers at `rpc`."""
    w3 = Web3(Web3.HTTPProvider(rpc, request_kwargs={"timeout": 30}))
    if not w3.is_connected():
        raise DeployError(f"No chain answers at {rpc}. Start the node, or give another --rpc.")
    return w3


def deploy(
    rpc: str,
    private_key: bytes,
    folder: Path,
    parameters: Parameters = Parameters(),
    say: Callable[[str], None] = lambda line: None,
) -> Deployment:
    """Deploys unless `folder` records a deployment that the chain has. The same call twice changes nothing.

    Killed between sending and recording, it finds what it sent by the note that it left, and records that.
    Raises DeployError: no node, no coin for gas, or a record of contracts that this chain does not have.
    """
    w3 = connect(rpc)
    chain_id = w3.eth.chain_id
    try:
        recorded = load(folder, chain_id)
    except NotDeployed:
        if path_for(folder, chain_id).exists():
            raise
    else:
        return _checked(w3, recorded, path_for(folder, chain_id))

    deployer: LocalAccount = Account.from_key(private_key)
    if w3.eth.get_balance(deployer.address) == 0:
        raise DeployError(f"{deployer.address} has no coin to pay for gas on chain {chain_id}.")
    note = path_for(folder, chain_id).with_suffix(".pending")
    sent = _resume(w3, note)
    if sent is None:
        arguments = parameters.for_deployer(deployer.address)
        sent = _send_core(w3, deployer, arguments, note)
    say(f"deploying the core in {sent['tx']}")
    receipt = w3.eth.wait_for_transaction_receipt(sent["tx"], timeout=300)
    if receipt["status"] != 1:
        note.unlink(missing_ok=True)
        raise DeployError(f"The deployment {sent['tx']} reverted. Check the parameters.")
    core = w3.eth.contract(receipt["contractAddress"], abi=artifact("LaurelCore")["abi"])
    # Killed before the record is written, another graph is made: one that nobody knows of does no harm.
    graph = _create_graph(w3, deployer, core.address)
    say(f"deployed the graph at {graph}")
    deployment = Deployment(
        chain_id=chain_id,
        core=core.address,
        graph=graph,
        token=core.functions.settings().call()[0],
        block=receipt["blockNumber"],
        parameters=sent["parameters"],
        settings_hash=settings_hash(),
    )
    save(folder, deployment)
    note.unlink(missing_ok=True)
    return deployment


def _checked(w3: Web3, recorded: Deployment, path: Path) -> Deployment:
    if not w3.eth.get_code(to_checksum_address(recorded.core)):
        raise DeployError(
            f"{path} names a core at {recorded.core}, but this chain has none there. "
            "If it is a new chain with an old number, remove that file and deploy again."
        )
    return recorded


def _resume(w3: Web3, note: Path) -> dict[str, Any] | None:
    """What an earlier run sent, if the chain knows of it."""
    try:
        sent: dict[str, Any] = json.loads(note.read_text())
        w3.eth.get_transaction(sent["tx"])
        return sent
    except (OSError, ValueError, KeyError):
        return None
    except Exception as error:  # web3 has a class for it, and nodes have others
        if "not found" in str(error).lower():
            return None
        raise


def _send_core(
    w3: Web3,
    deployer: LocalAccount,
    arguments: dict[str, int | str],
    note: Path,
) -> dict[str, Any]:
    core = w3.eth.contract(
        abi=artifact("LaurelCore")["abi"], bytecode=artifact("LaurelCore")["bytecode"]
    )
    try:
        tx: Any = core.constructor(tuple(arguments.values())).build_transaction(
            {"from": deployer.address, "nonce": w3.eth.get_transaction_count(deployer.address)}
        )
    except (ContractLogicError, ContractCustomError) as error:
        raise DeployError(
            f"The contracts refuse these parameters: {arguments}. The day is 60 seconds to a "
            "week, the curve constant at most 10^18, the seed from 1 to 10^24, the genesis supply at "
            "most 10^9 LRL, the handle fee at most 1,000 LRL, and neither address is zero."
        ) from error
    raw = deployer.sign_transaction(tx).raw_transaction
    sent = {
        "tx": "0x" + keccak(raw).hex(),
        "parameters": arguments,
    }
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(json.dumps(sent))
    w3.eth.send_raw_transaction(raw)
    return sent


def _create_graph(w3: Web3, deployer: LocalAccount, core: ChecksumAddress) -> ChecksumAddress:
    made = artifact("LaurelGraph")
    tx: Any = (
        w3.eth.contract(abi=made["abi"], bytecode=made["bytecode"])
        .constructor(core)
        .build_transaction(
            {"from": deployer.address, "nonce": w3.eth.get_transaction_count(deployer.address)}
        )
    )
    sent = w3.eth.send_raw_transaction(deployer.sign_transaction(tx).raw_transaction)
    receipt = w3.eth.wait_for_transaction_receipt(sent, timeout=300)
    if receipt["status"] != 1 or receipt["contractAddress"] is None:
        raise DeployError("The deployment of the graph reverted. Run this again.")
    return receipt["contractAddress"]
