"""Moving a local chain's clock on."""

from typing import Any

from backend.local.anvil import CHAIN_ID
from indexer.chain.rpc import Rpc, RpcError, quantity
from indexer.errors import LaurelError

MOST_DAYS = 400


class NotLocal(LaurelError):
    """The chain is not a development chain on one's own machine."""


def check_local(rpc: Rpc) -> None:
    """Raises NotLocal unless the chain behind `rpc` is a local one."""
    chain_id = quantity(rpc, "eth_chainId")
    if chain_id != CHAIN_ID:
        raise NotLocal(
            f"{rpc.url} is chain {chain_id}, not a local one ({CHAIN_ID}). "
            "This works only on a chain of anvil or Hardhat, such as `make up` starts."
        )


def is_local(rpc: Rpc) -> bool:
    """Whether the chain is a local one, and its node has what only such nodes have. Raises NodeUnreachable."""
    if quantity(rpc, "eth_chainId") != CHAIN_ID:
        return False
    try:
        rpc.call(Any, "evm_increaseTime", 0)
    except RpcError:
        return False
    return True


def forward(rpc: Rpc, seconds: int) -> int:
    """Mines a block `seconds` later than the present of the chain; returns its time. Raises NotLocal."""
    check_local(rpc)
    try:
        rpc.call(Any, "evm_increaseTime", seconds)
        rpc.call(Any, "evm_mine")
    except RpcError as error:
        raise NotLocal(f"The chain at {rpc.url} does not let its clock be moved.") from error
    return latest(rpc)


def latest(rpc: Rpc) -> int:
    """The latest block's time, in seconds."""
    return int(rpc.call(dict[str, Any], "eth_getBlockByNumber", "latest", False)["timestamp"], 16)
