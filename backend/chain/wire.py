"""JSON-RPC calls to a chain's node. Each is sent once: the caller knows better whether to try again."""

from dataclasses import dataclass
from typing import Any

from indexer.chain.rpc import NodeUnreachable, Rpc, RpcError
from indexer.errors import LaurelError

TIMEOUT_SECONDS = 10.0


class ChainUnreachable(LaurelError):
    """The chain's RPC does not answer, or answers with an error."""


class Refused(ChainUnreachable):
    """The node answered, and refused the call; the message is the node's."""


class Reverted(Exception):
    """A call would revert, or did; `data` is what it reverted with (empty: without a reason)."""

    def __init__(self, data: bytes) -> None:
        super().__init__(f"reverted with 0x{data.hex()}")
        self.data = data


@dataclass(frozen=True)
class Wire:
    """One node to call. Safe to share among threads."""

    rpc: Rpc

    def ask(self, method: str, *params: Any) -> Any:
        """The result of a JSON-RPC call, as it came. Raises ChainUnreachable, Reverted, Refused."""
        try:
            return self.rpc.once(method, *params)
        except NodeUnreachable as error:
            raise ChainUnreachable(
                f"The chain at {self.rpc.url} does not answer: {error.why}."
            ) from error
        except RpcError as error:
            if error.code == 3 or "revert" in error.message:
                known = isinstance(error.data, str) and error.data.startswith("0x")
                raise Reverted(bytes.fromhex(error.data[2:]) if known else b"") from error
            raise Refused(error.message or str(error)) from error

    def number(self, method: str, *params: Any) -> int:
        """The result of a call that answers with a JSON-RPC quantity."""
        return int(self.ask(method, *params), 16)

    def number_of(self, tag: str, field: str = "timestamp") -> int:
        """A field of a block, such as its timestamp in seconds or its baseFeePerGas in wei."""
        return int(self.ask("eth_getBlockByNumber", tag, False).get(field, "0x0"), 16)


def wire_to(rpc: str, timeout: float = TIMEOUT_SECONDS) -> Wire:
    """The node at a URL, not called yet. timeout: seconds to connect, and to wait for the next byte."""
    return Wire(Rpc(rpc, timeout, connect=timeout))
