"""This node's settings, from environment variables: where its files are, and which chain it follows."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from indexer.errors import LaurelError

ROOT = Path(__file__).parent.parent
DEFAULT_RPC = "http://127.0.0.1:8545"
READY_BLOCKS = 5
FETCHERS = 4


class BadNumber(LaurelError):
    """A setting that must be a whole number is not one."""


@dataclass(frozen=True)
class Settings:
    """One node's settings. docs/settings.md is made of this (`laurel settings`).

    home: folder of the node's keys and content store (LAUREL_HOME; default `var` beside the code; read by all).
    database: SQLAlchemy URL of the database that is written (LAUREL_DATABASE; default SQLite in `laurel.db` in
        LAUREL_HOME; read by all).
    rpcs: URLs of the chain's JSON-RPC (LAUREL_RPC, comma-separated; default what `laurel up` left in the file `rpc` in
        LAUREL_HOME, else `http://127.0.0.1:8545`; read by all). When the first fails the indexer asks the others;
        everybody else asks the first alone.
    rpc_ws: WebSocket URL that tells of new blocks (LAUREL_RPC_WS; default that of a chain on this machine, else none;
        read by index). Empty: none, and new blocks are looked for now and then.
    deployments: folder with the deployment records, `<chainId>.json` (LAUREL_DEPLOYMENTS; default `deployments` in
        LAUREL_HOME, or if there is none, beside the code; read by all).
    ipfs_api: multiaddr of a Kubo daemon's RPC, such as `/ip4/127.0.0.1/tcp/5001` (IPFS_API; default none: the embedded
        store alone; read by index, site, content, sync,
        import).
    sources: base URLs of other nodes and gateways to ask for missing documents (LAUREL_SOURCES, comma-separated;
        default none; read by index, content, site).
    fetchers: workers that ask them, in `laurel index` as in each `laurel content fetch` (LAUREL_FETCHERS; default `4`;
        read by index, content). `0`: none in the indexer.
    metrics: where the indexer serves `/metrics` and `/health`, as `[HOST:]PORT` (LAUREL_METRICS; default nowhere;
        read by index, status). A port alone is this machine's.
    ready_blocks: blocks that a node may be behind the head and count as ready (LAUREL_READY_BLOCKS; default `5`;
        read by index, site, status).
    """

    home: Path
    database: str
    rpcs: tuple[str, ...]
    deployments: Path
    ipfs_api: str | None
    sources: tuple[str, ...]
    fetchers: int = FETCHERS
    metrics: str | None = None
    ready_blocks: int = READY_BLOCKS
    rpc_ws: str | None = None

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "Settings":
        """The settings in the environment variables `env`. Raises BadNumber."""
        home = Path(env.get("LAUREL_HOME", ROOT / "var")).absolute()
        left = _left_in(rpc_file(home)) or DEFAULT_RPC
        rpcs = tuple(u.strip() for u in env.get("LAUREL_RPC", "").split(",") if u.strip()) or (
            left,
        )
        return cls(
            home=home,
            database=env.get("LAUREL_DATABASE", f"sqlite:///{home / 'laurel.db'}"),
            rpcs=rpcs,
            rpc_ws=env.get("LAUREL_RPC_WS", _websocket_beside(rpcs[0])) or None,
            deployments=Path(env.get("LAUREL_DEPLOYMENTS") or _deployments(home)),
            ipfs_api=env.get("IPFS_API") or None,
            sources=tuple(s for s in env.get("LAUREL_SOURCES", "").split(",") if s),
            fetchers=_number(env, "LAUREL_FETCHERS", "workers", FETCHERS),
            metrics=env.get("LAUREL_METRICS") or None,
            ready_blocks=_number(env, "LAUREL_READY_BLOCKS", "blocks", READY_BLOCKS),
        )

    @property
    def rpc(self) -> str:
        """The first of `rpcs`. All processes except the indexer ask this one alone."""
        return self.rpcs[0]

    def asking(self, rpc: str) -> "Settings":
        """These settings, with the RPC URL `rpc` in place of `rpcs`."""
        return replace(self, rpcs=(rpc,), rpc_ws=_websocket_beside(rpc) or None)

    def apart(self, home: Path) -> "Settings":
        """These settings, with everything in the folder `home`: an SQLite database, and the deployments."""
        database = f"sqlite:///{home / 'laurel.db'}"
        return replace(self, home=home, database=database, deployments=home / "deployments")


def rpc_file(home: Path) -> Path:
    """The file in which `laurel up` leaves its chain's RPC URL, for other commands of the same home."""
    return home / "rpc"


def _deployments(home: Path) -> Path:
    own = home / "deployments"
    return own if own.is_dir() else ROOT / "deployments"


def _number(env: Mapping[str, str], name: str, of_what: str, default: int) -> int:
    text = env.get(name) or str(default)
    if not text.isdecimal():
        raise BadNumber(f"{name} is a number of {of_what}, not {text!r}.")
    return int(text)


def _websocket_beside(rpc: str) -> str:
    """The WebSocket URL of a chain on this machine: anvil and Hardhat serve it at the same port. Else ''."""
    parts = urlsplit(rpc)
    local = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")
    return parts._replace(scheme="ws").geturl() if local else ""


def _left_in(path: Path) -> str | None:
    try:
        return path.read_text().strip()
    except OSError:
        return None
