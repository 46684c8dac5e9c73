"""A connection to the chain and to the core on it. A failure of the wire is ChainUnreachable."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

import requests
from eth_abi.abi import decode as abi_decode
from eth_typing import ABIFunction
from web3 import HTTPProvider, Web3
from web3.contract import Contract
from web3.types import RPCEndpoint

from backend.clock import ChainUnreachable
from backend.node import LOCAL_CHAINS
from indexer.actions import Signed, domain_separator
from indexer.artifacts import artifact
from indexer.deployment import Deployment, load
from indexer.settings import Settings

TIMEOUT_SECONDS = 10


class Reverted(Exception):
    """A call would revert, or did; `data` is what it reverted with (empty: without a reason)."""

    def __init__(self, data: bytes) -> None:
        super().__init__(f"reverted with 0x{data.hex()}")
        self.data = data


class Refused(ChainUnreachable):
    """The node answered, and refused: the message is the node's."""


@dataclass(frozen=True)
class Chain:
    """One chain with our core on it. `domain` is the core's EIP-712 domain separator."""

    provider: HTTPProvider
    deployment: Deployment
    core: Contract
    domain: bytes

    @property
    def local(self) -> bool:
        """Whether this is a development chain on somebody's own machine."""
        return self.deployment.chain_id in LOCAL_CHAINS

    @property
    def day(self) -> int:
        """Seconds in a DAY."""
        return self.deployment.day

    def ask(self, method: str, *params: Any) -> Any:
        """The result of a JSON-RPC call, as it came. Raises ChainUnreachable, Reverted, Refused."""
        return _ask(self.provider, method, *params)

    def number(self, method: str, *params: Any) -> int:
        """A JSON-RPC quantity."""
        return int(self.ask(method, *params), 16)

    def encode(self, function: str, *args: Any) -> str:
        """0x-hex calldata of one of the core's functions."""
        return str(self.core.encode_abi(function, list(args)))

    def view(self, function: str, *args: Any, at: str = "latest") -> tuple[Any, ...]:
        """What one of the core's views returns, decoded."""
        call = {"to": self.deployment.core, "data": self.encode(function, *args)}
        answer = bytes.fromhex(self.ask("eth_call", call, at)[2:])
        abi = cast(ABIFunction, self.core.get_function_by_name(function).abi)
        return abi_decode([o["type"] for o in abi["outputs"]], answer)

    def perform(self, signed: Signed) -> None:
        """Tries a signed action on the pending block. Raises Reverted with the core's own error."""
        core = self.deployment.core
        data = self.encode("perform", (signed.kind, signed.action, signed.signature))
        self.ask("eth_call", {"from": core, "to": core, "data": data}, "pending")

    def now(self) -> int:
        """What the next block would see as the present, in seconds."""
        latest = self.number_of("latest")
        pending = self.ask("eth_getBlockByNumber", "pending", False)
        return max(latest, int(pending["timestamp"], 16) if pending else 0)

    def number_of(self, tag: str, field: str = "timestamp") -> int:
        """A field of a block, such as its timestamp in seconds or its baseFeePerGas in wei."""
        return int(self.ask("eth_getBlockByNumber", tag, False).get(field, "0x0"), 16)


@lru_cache(maxsize=4)
def connect_chain(settings: Settings) -> Chain:
    """The chain that the settings name. Raises ChainUnreachable, NotDeployed, NotCompiled."""
    provider = HTTPProvider(
        settings.rpc,
        request_kwargs={"timeout": TIMEOUT_SECONDS},
        exception_retry_configuration=None,  # who calls knows better whether to wait
    )
    chain_id = int(_ask(provider, "eth_chainId"), 16)
    deployment = load(settings.deployments, chain_id)
    core = Web3(provider).eth.contract(
        address=Web3.to_checksum_address(deployment.core), abi=artifact("LaurelCore")["abi"]
    )
    return Chain(provider, deployment, core, domain_separator(chain_id, deployment.core))


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
