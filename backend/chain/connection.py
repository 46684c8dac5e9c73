"""A connection to the chain and to the contracts on it. A failure of the wire is ChainUnreachable."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

import requests
from eth_abi.abi import decode as abi_decode
from eth_typing import ABIFunction
from web3 import HTTPProvider, Web3
from web3.contract import Contract
from web3.types import RPCEndpoint

from backend.chain.clock import ChainUnreachable
from backend.site.node import LOCAL_CHAINS
from indexer.protocol.actions import Signed, domain_separator, message
from indexer.protocol.artifacts import artifact
from indexer.protocol.deployment import Deployment, load
from indexer.protocol.kinds import KINDS_BY_NUMBER, Kind
from indexer.settings import Settings

TIMEOUT_SECONDS = 10
NOBODY = "0x" + "00" * 20


class Reverted(Exception):
    """A call would revert, or did; `data` is what it reverted with (empty: without a reason)."""

    def __init__(self, data: bytes) -> None:
        super().__init__(f"reverted with 0x{data.hex()}")
        self.data = data


class Refused(ChainUnreachable):
    """The node answered, and refused: the message is the node's."""


@dataclass(frozen=True)
class Wire:
    """A node, asked as a node is."""

    provider: HTTPProvider

    def ask(self, method: str, *params: Any) -> Any:
        """The result of a JSON-RPC call, as it came. Raises ChainUnreachable, Reverted, Refused."""
        return _ask(self.provider, method, *params)

    def number(self, method: str, *params: Any) -> int:
        """A JSON-RPC quantity."""
        return int(self.ask(method, *params), 16)

    def number_of(self, tag: str, field: str = "timestamp") -> int:
        """A field of a block, such as its timestamp in seconds or its baseFeePerGas in wei."""
        return int(self.ask("eth_getBlockByNumber", tag, False).get(field, "0x0"), 16)


@dataclass(frozen=True)
class Chain(Wire):
    """One chain with our contracts on it. Calls are encoded by the core's ABI, which has the graph's relay too."""

    deployment: Deployment
    core: Contract

    @property
    def local(self) -> bool:
        """Whether this is a development chain on somebody's own machine."""
        return self.deployment.chain_id in LOCAL_CHAINS

    @property
    def day(self) -> int:
        """Seconds in a DAY."""
        return self.deployment.day

    def address(self, contract: str) -> str:
        """Where a contract is: "core" or "graph", as `Kind.contract` has it."""
        return self.deployment.graph if contract == "graph" else self.deployment.core

    def message(self, kind: Kind, action: bytes) -> bytes:
        """The 66 bytes that a key signs for an action, on this chain."""
        address = self.address(kind.contract)
        return message(
            domain_separator(self.deployment.chain_id, address, kind.contract), kind, action
        )

    def encode(self, function: str, *args: Any) -> str:
        """0x-hex calldata of one of the core's functions."""
        return str(self.core.encode_abi(function, list(args)))

    def view(self, function: str, *args: Any, contract: str = "core") -> tuple[Any, ...]:
        """What one of the core's views, which `contract` has too, returns, decoded."""
        call = {"to": self.address(contract), "data": self.encode(function, *args)}
        answer = bytes.fromhex(self.ask("eth_call", call, "latest")[2:])
        abi = cast(ABIFunction, self.core.get_function_by_name(function).abi)
        return abi_decode([o["type"] for o in abi["outputs"]], answer)

    def perform(self, signed: Signed, payer: str = NOBODY) -> None:
        """Tries a signed action on the pending block. Raises Reverted with the contract's own error.

        payer: who would relay it, and pay the handle fee of a Register.
        """
        itself = self.address(KINDS_BY_NUMBER[signed.kind].contract)
        data = self.encode("perform", signed.kind, signed.action, signed.signature, payer)
        self.ask("eth_call", {"from": itself, "to": itself, "data": data}, "pending")

    def now(self) -> int:
        """What the next block would see as the present, in seconds."""
        latest = self.number_of("latest")
        pending = self.ask("eth_getBlockByNumber", "pending", False)
        return max(latest, int(pending["timestamp"], 16) if pending else 0)


def wire_to(rpc: str) -> Wire:
    """The node at a URL, which is not asked yet."""
    return Wire(
        HTTPProvider(
            rpc,
            request_kwargs={"timeout": TIMEOUT_SECONDS},
            exception_retry_configuration=None,  # who calls knows better whether to wait
        )
    )


@lru_cache(maxsize=4)
def connect_chain(settings: Settings) -> Chain:
    """The chain that the settings name. Raises ChainUnreachable, NotDeployed, NotCompiled."""
    provider = wire_to(settings.rpc).provider
    chain_id = int(_ask(provider, "eth_chainId"), 16)
    deployment = load(settings.deployments, chain_id)
    core = Web3(provider).eth.contract(
        address=Web3.to_checksum_address(deployment.core), abi=artifact("LaurelCore")["abi"]
    )
    return Chain(provider, deployment, core)


def _ask(provider: HTTPProvider, method: str, *params: Any) -> Any:
    try:
        answer = provider.make_request(RPCEndpoint(method), params)
    except (requests.RequestException, ValueError) as error:
        raise ChainUnreachable(
            f"The chain at {provider.endpoint_uri} does not answer: {error}."
        ) from error
    if "error" not in answer:
        return answer["result"]
    failure = cast(dict[str, Any], answer["error"])
    message, data = str(failure.get("message", failure)), failure.get("data")
    if failure.get("code") == 3 or "revert" in message:
        known = isinstance(data, str) and data.startswith("0x")
        raise Reverted(bytes.fromhex(str(data)[2:]) if known else b"")
    raise Refused(message)
