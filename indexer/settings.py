"""Where this node keeps its things and which chain it follows, from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from indexer.errors import LaurelError

ROOT = Path(__file__).parent.parent
DEFAULT_RPC = "http://127.0.0.1:8545"
READY_BLOCKS = 5


class BadReadyBlocks(LaurelError):
    """LAUREL_READY_BLOCKS is not understood."""


@dataclass(frozen=True)
class Settings:
    """One node's settings.

    home: folder of the node's state (LAUREL_HOME, default var/).
    database: SQLAlchemy URL (LAUREL_DATABASE, default SQLite in home).
    rpc: the chain's JSON-RPC URL (LAUREL_RPC, default what `laurel up` left in home/rpc).
    deployments: folder with <chainId>.json (LAUREL_DEPLOYMENTS).
    ipfs_api: multiaddr of a Kubo daemon's RPC, or None for the embedded store alone (IPFS_API).
    sources: base URLs of other nodes and gateways to ask for missing content (LAUREL_SOURCES, comma-separated).
    metrics: where the indexer serves /metrics and /health, as [HOST:]PORT (LAUREL_METRICS, default nowhere).
    ready_blocks: how far behind the head a node may be and count as ready (LAUREL_READY_BLOCKS, default 5).
    """

    home: Path
    database: str
    rpc: str
    deployments: Path
    ipfs_api: str | None
    sources: tuple[str, ...]
    metrics: str | None = None
    ready_blocks: int = READY_BLOCKS

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "Settings":
        """Raises BadReadyBlocks."""
        home = Path(env.get("LAUREL_HOME", ROOT / "var")).absolute()
        return cls(
            home=home,
            database=env.get("LAUREL_DATABASE", f"sqlite:///{home / 'laurel.db'}"),
            rpc=env.get("LAUREL_RPC") or _left_in(rpc_file(home)) or DEFAULT_RPC,
            deployments=Path(env.get("LAUREL_DEPLOYMENTS", ROOT / "deployments")),
            ipfs_api=env.get("IPFS_API") or None,
            sources=tuple(s for s in env.get("LAUREL_SOURCES", "").split(",") if s),
            metrics=env.get("LAUREL_METRICS") or None,
            ready_blocks=_blocks(env.get("LAUREL_READY_BLOCKS") or str(READY_BLOCKS)),
        )


def rpc_file(home: Path) -> Path:
    """Where `laurel up` says on which port its chain is, for commands typed beside it."""
    return home / "rpc"


def _blocks(text: str) -> int:
    if not text.isdecimal():
        raise BadReadyBlocks(f"LAUREL_READY_BLOCKS is a number of blocks, not {text!r}.")
    return int(text)


def _left_in(path: Path) -> str | None:
    try:
        return path.read_text().strip()
    except OSError:
        return None
