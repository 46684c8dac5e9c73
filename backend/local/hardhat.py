"""Hardhat's local chain: how it is found and started. It keeps nothing: every start is a new chain."""

import time

from backend.local.anvil import BACK_SECONDS
from indexer.chain.rpc import Rpc
from indexer.errors import LaurelError
from indexer.settings import ROOT

CONFIG = ROOT / "hardhat.config.js"
BEGAN = "LAUREL_CHAIN_BEGAN"
"""The environment's name for the chain's first moment, in seconds, which hardhat.config.js reads."""


class HardhatMissing(LaurelError):
    """Hardhat, or the Node that it needs, is not installed."""


def command(port: int) -> list[str]:
    """The command that starts a new chain on `port`. Raises HardhatMissing."""
    node = ROOT / "node_modules" / ".bin" / "node"  # Hardhat needs 22; another may be in the path
    program = ROOT / "node_modules" / "hardhat" / "dist" / "src" / "cli.js"
    if not (node.exists() and program.exists()):
        raise HardhatMissing(
            "Hardhat is not installed here: it is among the packages for the tests. "
            "`make up CHAIN=hardhat` installs it, and starts the node."
        )
    line = [str(node), str(program), "--config", str(CONFIG), "node"]
    return [*line, "--hostname", "127.0.0.1", "--port", str(port)]


def environment() -> dict[str, str]:
    """Variables of the command's environment, besides the node's."""
    return {
        BEGAN: str(int(time.time()) - BACK_SECONDS),
        "HARDHAT_DISABLE_TELEMETRY_PROMPT": "true",
    }


def quieten(rpc: Rpc) -> None:
    """Stops Hardhat's node from logging each call, which takes longer than many a call does."""
    rpc.call(bool, "hardhat_setLoggingEnabled", False)
