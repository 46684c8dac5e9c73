"""Puts the contracts on a chain, once, and records them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_typing import ChecksumAddress, HexStr
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from web3 import Web3
from web3.exceptions import (
    ContractCustomError,
    ContractLogicError,
    TimeExhausted,
    Web3RPCError,
)
from web3.types import TxParams, Wei

from backend.chain.fees import gas_price
from backend.chain.wire import ChainUnreachable, Reverted, Wire, wire_to
from backend.deployment.compile import settings_hash
from backend.deployment.provider import Provider
from indexer.chain.rpc import NodeUnreachable
from indexer.errors import LaurelError
from indexer.protocol.artifacts import artifact
from indexer.protocol.deployment import Deployment, NotDeployed, load, path_for, save
from indexer.rewards import ETHER

CORE, GRAPH = "LaurelCore", "LaurelGraph"
PATIENCE_SECONDS = 300  # for one transaction to be mined


class DeployError(LaurelError):
    """The chain cannot be deployed to; the sentence says why and what to do."""


@dataclass(frozen=True)
class Parameters:
    """ICoreBase.sol `Parameters`. day: seconds; curve_constant: rshares; seed: claims; the rest: wei.

    The defaults are for production. With a seed of 10^18 claims, a day's pool is paid out whole only once the
    day's claims come to that: the net rshares of 1 LRL of stake voting in full are about 2 * 10^7.
    """

    day: int = 86_400
    curve_constant: int = 0
    seed: int = ETHER
    genesis_supply: int = 100_000_000 * ETHER
    handle_fee: int = 0
    genesis_recipient: str | None = None  # None: the deployer
    treasury: str | None = None  # None: the deployer

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
    """web3 on the node at `rpc`. Raises DeployError if nothing answers there."""
    wire = wire_to(rpc)
    try:
        wire.ask("web3_clientVersion")
    except (ChainUnreachable, Reverted) as error:
        raise DeployError(
            f"No chain answers at {rpc}. Start the node, or give another --rpc."
        ) from error
    return Web3(Provider(wire.rpc))


def refused(arguments: Any) -> DeployError:
    """The error to raise when the core's constructor reverts with these arguments."""
    return DeployError(
        f"The contracts refuse these parameters: {arguments}. The day is 60 seconds to a "
        "week, the curve constant at most 10^18, the seed from 1 to 10^24, the genesis supply at "
        "most 10^9 LRL, the handle fee at most 1,000 LRL, and neither address is zero."
    )


def deploy(
    rpc: str,
    private_key: bytes,
    folder: Path,
    parameters: Parameters = Parameters(),
    say: Callable[[str], None] = lambda line: None,
) -> Deployment:
    """Deploys the contracts, unless `folder` records a deployment that the chain has; a second call changes nothing.

    After a run that was killed it goes on from that run's note: a transaction that the chain knows is not sent
    again. private_key: 32 bytes. say: takes a line about each step.
    Raises DeployError: no node, no coin for gas, refused parameters, or a record of contracts that this chain
    does not have.
    """
    w3 = connect(rpc)
    try:
        return _deploy(w3, private_key, folder, parameters, say)
    except NodeUnreachable as error:
        raise DeployError(
            f"The node at {rpc} does not answer any more ({error.why}). What was sent is noted in {folder}: run "
            "this again to go on from there."
        ) from error
    except Web3RPCError as error:
        raise DeployError(
            f"The node at {rpc} refuses: {error.message}. Put that right (of coin: send some more; of the chain "
            "id: use a node that says which chain it is on), and run this again to go on."
        ) from error


def recorded(w3: Web3, folder: Path, chain_id: int) -> Deployment | None:
    """The deployment that `folder` records, or None. Raises NotDeployed if the record is damaged, DeployError
    if the chain does not have it."""
    path = path_for(folder, chain_id)
    try:
        return _checked(w3, load(folder, chain_id), path)
    except NotDeployed:
        if path.exists():
            raise
        return None


def begun(w3: Web3, folder: Path, chain_id: int) -> tuple[str, dict[str, int | str]] | None:
    """The core's address and parameters, if an earlier run made the core and did not finish; else None."""
    note = Note(_note_path(folder, chain_id))
    sent = note.resumed(w3, "core")
    if sent is None:
        return None
    core, _ = _made(w3, sent, note)
    return core, note.read()["parameters"]


def _note_path(folder: Path, chain_id: int) -> Path:
    return path_for(folder, chain_id).with_suffix(".pending")


def _deploy(
    w3: Web3,
    private_key: bytes,
    folder: Path,
    parameters: Parameters,
    say: Callable[[str], None],
) -> Deployment:
    chain_id = w3.eth.chain_id
    note = Note(_note_path(folder, chain_id))
    if found := recorded(w3, folder, chain_id):
        note.path.unlink(missing_ok=True)
        return found

    deployer: LocalAccount = Account.from_key(private_key)
    if w3.eth.get_balance(deployer.address) == 0:
        raise DeployError(f"{deployer.address} has no coin to pay for gas on chain {chain_id}.")
    arguments = parameters.for_deployer(deployer.address)
    sent = note.resumed(w3, "core")
    if sent is None:
        say("deploying the core")
        signed = _sign(w3, deployer, CORE, tuple(arguments.values()))
        sent = note.send(w3, "core", signed, parameters=arguments)
    core, block = _made(w3, sent, note)

    sent = note.resumed(w3, "graph")
    if sent is None:
        say(f"deployed the core at {core}; deploying the graph")
        sent = note.send(w3, "graph", _sign(w3, deployer, GRAPH, core))
    graph, _ = _made(w3, sent, note)

    deployment = Deployment(
        chain_id=chain_id,
        core=core,
        graph=graph,
        token=_token(w3, core),
        block=block,
        parameters=note.read()["parameters"],
        settings_hash=settings_hash(),
    )
    save(folder, deployment)
    note.path.unlink()
    return deployment


def _checked(w3: Web3, found: Deployment, path: Path) -> Deployment:
    if not w3.eth.get_code(to_checksum_address(found.core)):
        raise DeployError(
            f"{path} names a core at {found.core}, but this chain has none there. "
            "If it is a new chain with an old number, remove that file and deploy again."
        )
    return found


@dataclass(frozen=True)
class Note:
    """The transactions sent, each on disk before it is sent: {"parameters": ..., "core": hash, "graph": hash}."""

    path: Path

    def read(self) -> dict[str, Any]:
        """The note's content; empty if there is no note, or half of one, as nothing was sent yet then."""
        try:
            noted: dict[str, Any] = json.loads(self.path.read_text())
            return noted
        except (OSError, ValueError):
            return {}

    def resumed(self, w3: Web3, what: str) -> str | None:
        """The hash of the transaction that an earlier run sent for `what`, if this chain knows it."""
        sent: str | None = self.read().get(what)
        if sent is None:
            return None
        try:
            w3.eth.get_transaction(HexStr(sent))
        except Exception as error:  # web3 has a class for it, and nodes have others
            if "not found" in str(error).lower():
                return None
            raise
        return sent

    def send(self, w3: Web3, what: str, signed: bytes, **more: Any) -> str:
        """Notes a signed transaction, then sends it; returns its hash. A new core's note names no graph."""
        sent = "0x" + keccak(signed).hex()
        kept = self.read() if what == "graph" else {}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        partial = self.path.with_suffix(".noting")
        partial.write_text(json.dumps(kept | more | {what: sent}))
        partial.replace(self.path)
        w3.eth.send_raw_transaction(signed)
        return sent


def _sign(w3: Web3, deployer: LocalAccount, contract: str, argument: Any) -> bytes:
    """The signed transaction that creates a contract. Raises DeployError if it would revert."""
    made = artifact(contract)
    maker = w3.eth.contract(abi=made["abi"], bytecode=made["bytecode"]).constructor(argument)
    nonce = w3.eth.get_transaction_count(deployer.address)
    try:
        transaction: Any = maker.build_transaction(
            {"from": deployer.address, "nonce": nonce, **_fees(w3)}
        )
    except (ContractLogicError, ContractCustomError) as error:
        raise refused(argument) from error
    return bytes(deployer.sign_transaction(transaction).raw_transaction)


def _fees(w3: Web3) -> TxParams:
    """Fees that leave room for the base fee to double; none on a chain without one, where web3 chooses them."""
    price = gas_price(Wire(cast(Provider, w3.provider).rpc))
    if not price.base:
        return {}
    return {
        "maxFeePerGas": Wei(2 * price.base + price.tip),
        "maxPriorityFeePerGas": Wei(price.tip),
    }


def _made(w3: Web3, sent: str, note: Note) -> tuple[ChecksumAddress, int]:
    """Waits until a contract is made; returns its address and block. Raises DeployError."""
    try:
        receipt = w3.eth.wait_for_transaction_receipt(HexStr(sent), timeout=PATIENCE_SECONDS)
    except TimeExhausted as error:
        raise DeployError(
            f"The chain has not mined {sent} in {PATIENCE_SECONDS} seconds. Run this again to wait on."
        ) from error
    address = receipt["contractAddress"]
    if receipt["status"] != 1 or address is None:
        note.path.unlink()
        raise DeployError(
            f"The deployment {sent} reverted. Check the parameters, and run this again."
        )
    return address, receipt["blockNumber"]


def _token(w3: Web3, core: ChecksumAddress) -> str:
    token: str = (
        w3.eth.contract(core, abi=artifact("LaurelCore")["abi"]).functions.settings().call()[0]
    )
    return token
