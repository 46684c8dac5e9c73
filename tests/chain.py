"""A real chain for a test: anvil or Hardhat on a port of the system's choosing, and the contracts on it."""

import json
import os
import platform
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from web3 import Web3
from web3.contract import Contract
from web3.logs import DISCARD
from web3.types import RPCEndpoint

from backend.deployment.compile import compile_contracts
from backend.deployment.deploy import Parameters, deploy
from backend.local import hardhat
from indexer.protocol.actions import Signed
from indexer.protocol.artifacts import artifact
from indexer.protocol.deployment import Deployment
from indexer.protocol.kinds import KINDS_BY_NUMBER
from indexer.settings import ROOT

# The first of anvil's well-known accounts: it has coin on every fresh chain.
DEV_KEY = bytes.fromhex("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80")
DEV = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
START = 1_700_000_000  # the chain's first moment
SPARE_GAS = 100_000  # beyond what a transaction is thought to use


def anvil_binary() -> Path:
    system = platform.system().lower()
    machine = "arm64" if platform.machine() in ("arm64", "aarch64") else "amd64"
    return ROOT / "node_modules" / "@foundry-rs" / f"anvil-{system}-{machine}" / "bin" / "anvil"


def free_port() -> int:
    """A port that the system gives to nobody else for a minute, though who asks for it by its number gets it.

    That is where a connection lingers that was closed there first (TIME_WAIT).
    """
    with socket.socket() as listening, socket.socket() as client:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", 0))
        listening.listen(1)
        client.connect(listening.getsockname())
        accepted, _ = listening.accept()
        accepted.close()
        return int(listening.getsockname()[1])


@dataclass
class Anvil:
    """A local node. Hardhat's answers to all that is asked of it here, too."""

    url: str
    process: subprocess.Popen[bytes]
    impersonated: set[str] = field(default_factory=set)

    def rpc(self, method: str, *params: Any) -> Any:
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        request = urllib.request.Request(self.url, body, {"Content-Type": "application/json"})
        answer = json.loads(urllib.request.urlopen(request, timeout=120).read())
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["result"]

    def now(self) -> int:
        """The latest block's time, in seconds."""
        return int(self.rpc("eth_getBlockByNumber", "latest", False)["timestamp"], 16)

    def next_block_at(self, moment: int) -> None:
        """The block of the next transaction has this time, in seconds."""
        self.rpc("evm_setNextBlockTimestamp", moment)

    def forward(self, seconds: int) -> None:
        """Mines a block `seconds` after the latest."""
        self.next_block_at(self.now() + seconds)
        self.rpc("evm_mine")


@contextmanager
def running_anvil(*options: str, port: int = 0, timestamp: int = START) -> Iterator[Anvil]:
    port = port or free_port()
    process = subprocess.Popen(
        [
            str(anvil_binary()),
            "--port",
            str(port),
            "--quiet",
            "--timestamp",
            str(timestamp),
            *options,
        ]
    )
    yield from _answering(port, process)


@contextmanager
def as_found(anvil: Anvil) -> Iterator[None]:
    """Undoes at the end of the block what was done to anvil's chain in it, its clock and its settings too."""
    number = anvil.rpc("eth_chainId")
    base_fee = anvil.rpc("anvil_nodeInfo")["environment"]["baseFee"]
    state = anvil.rpc("evm_snapshot")
    yield
    anvil.rpc("evm_setIntervalMining", 0)
    anvil.rpc("anvil_dropAllTransactions")
    # That takes back blocks, state and the clock, and nothing of what else was set.
    assert anvil.rpc("evm_revert", state)
    for address in anvil.impersonated:
        anvil.rpc("anvil_stopImpersonatingAccount", address)
    anvil.impersonated.clear()
    anvil.rpc("anvil_removeBlockTimestampInterval")
    anvil.rpc("anvil_setChainId", int(number, 16))
    anvil.rpc("anvil_setNextBlockBaseFeePerGas", base_fee)
    anvil.rpc("evm_setAutomine", True)


@contextmanager
def running_hardhat(timestamp: int = START) -> Iterator[Anvil]:
    """Hardhat's node, as `laurel up --chain hardhat` starts it, but for its first moment."""
    port = free_port()
    env = os.environ | hardhat.environment() | {hardhat.BEGAN: str(timestamp)}
    process = subprocess.Popen(hardhat.command(port), env=env, stdout=subprocess.DEVNULL)
    for node in _answering(port, process):
        node.rpc("hardhat_setLoggingEnabled", False)
        yield node


def _answering(port: int, process: subprocess.Popen[bytes]) -> Iterator[Anvil]:
    """The node, once it answers; ends it afterwards."""
    node = Anvil(f"http://127.0.0.1:{port}", process)
    try:
        end = time.monotonic() + 180
        while time.monotonic() < end:
            if process.poll() is not None:
                raise RuntimeError("the local chain did not start")
            try:
                node.rpc("eth_chainId")
                break
            except OSError:
                time.sleep(0.05)
        yield node
    finally:
        process.terminate()
        process.wait(60)


@dataclass
class Chain:
    """A chain with the core on it. `send` raises web3's ContractLogicError subclasses on a revert."""

    anvil: Anvil
    deployment: Deployment
    w3: Web3
    core: Contract
    graph: Contract
    token: Contract

    @property
    def url(self) -> str:
        return self.anvil.url

    def send(self, call: Any, sender: str = DEV, gas: int = 0) -> Any:
        """Sends a contract call from an account that anvil holds (or impersonates); returns the receipt."""
        # As web3 does by itself, but for its looks at the latest block.
        options = {"from": sender, "gas": gas or call.estimate_gas({"from": sender}) + SPARE_GAS}
        receipt = self.w3.eth.wait_for_transaction_receipt(call.transact(options))
        assert receipt["status"] == 1, "reverted"
        return receipt

    def relay(self, *batch: Signed) -> Any:
        """Relays from the dev account, to the contract that takes the first one's kind; returns the receipt."""
        graph = KINDS_BY_NUMBER[batch[0].kind].contract == "graph" if batch else False
        contract = self.graph if graph else self.core
        return self.send(contract.functions.relay([(s.kind, s.action, s.signature) for s in batch]))

    def moment(self, receipt: Any) -> int:
        """The time of a receipt's block, in seconds."""
        return int(self.w3.eth.get_block(receipt["blockNumber"])["timestamp"])

    def events(self, receipt: Any, name: str) -> list[dict[str, Any]]:
        """What the core's or the graph's events of that name say, in order."""
        declared = artifact("LaurelGraph")["abi"]
        is_the_graphs = any(e["type"] == "event" and e["name"] == name for e in declared)
        contract = self.graph if is_the_graphs else self.core
        logs = contract.events[name]().process_receipt(receipt, errors=DISCARD)
        return [dict(log["args"]) for log in logs]

    def skipped(self, receipt: Any) -> dict[int, str]:
        """Index -> error name of the items that a relay skipped."""
        names = error_names()
        return {
            e["args"]["index"]: names.get(e["args"]["reason"], e["args"]["reason"].hex())
            for e in self.core.events.Skipped().process_receipt(receipt, errors=DISCARD)
        }

    def impersonate(self, address: str) -> None:
        """Lets `send` use `address`, and gives it coin."""
        self.anvil.rpc("hardhat_impersonateAccount", address)
        self.anvil.impersonated.add(address)
        self.anvil.rpc("hardhat_setBalance", address, hex(10**20))


@cache
def error_names() -> dict[bytes, str]:
    """Selector -> name of every custom error of the core, the graph and the token."""
    return {
        Web3.keccak(text=f"{e['name']}({','.join(i['type'] for i in e['inputs'])})")[:4]: e["name"]
        for contract in ("LaurelCore", "LaurelGraph", "LaurelToken")
        for e in artifact(contract)["abi"]
        if e["type"] == "error"
    }


def deployed_on(anvil: Anvil, folder: Path, parameters: Parameters = Parameters()) -> Chain:
    compile_contracts()
    return chain_of(anvil, deploy(anvil.url, DEV_KEY, folder, parameters))


def chain_of(anvil: Anvil, deployment: Deployment) -> Chain:
    """A chain that has these contracts already, as they are compiled."""
    # Else web3 asks for the chain's number before each request.
    provider = Web3.HTTPProvider(
        anvil.url, cache_allowed_requests=True, cacheable_requests={RPCEndpoint("eth_chainId")}
    )
    w3 = Web3(provider)
    return Chain(
        anvil,
        deployment,
        w3,
        w3.eth.contract(deployment.core, abi=artifact("LaurelCore")["abi"]),  # type: ignore[call-overload]
        w3.eth.contract(deployment.graph, abi=artifact("LaurelGraph")["abi"]),  # type: ignore[call-overload]
        w3.eth.contract(deployment.token, abi=artifact("LaurelToken")["abi"]),  # type: ignore[call-overload]
    )
