"""The record of a deployment, deployments/<chainId>.json: written once by `laurel deploy`, read by all else."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from indexer.errors import LaurelError

LOCAL_CHAINS = frozenset({31337})
"""Chain ids of development chains on somebody's own machine: whoever asks may move their clock and take coin of a
faucet, keys may be plain, and the node's RPC URL is told to all. So only the number of anvil and Hardhat is among
them, whose nodes have such methods. 1337 is not: private chains of several parties have it, as geth's default."""


class NotDeployed(LaurelError):
    """There is no deployment record for this chain."""


@dataclass(frozen=True)
class Deployment:
    """Addresses are checksummed; `block` is the first block with our events; `parameters` are the core's
    constructor arguments (ICoreBase.sol `Parameters`: day in seconds, supplies in wei)."""

    chain_id: int
    core: str
    graph: str
    token: str
    block: int
    parameters: dict[str, int | str]
    settings_hash: str  # sha-256 of contracts/solc.json as compiled with

    @property
    def day(self) -> int:
        """Seconds in a DAY."""
        return int(self.parameters["day"])

    @property
    def local(self) -> bool:
        """Whether this is on a development chain on somebody's own machine."""
        return self.chain_id in LOCAL_CHAINS


def path_for(folder: Path, chain_id: int) -> Path:
    return folder / f"{chain_id}.json"


def load(folder: Path, chain_id: int) -> Deployment:
    """Raises NotDeployed when the chain has no record, or that of another chain, or half of one."""
    path = path_for(folder, chain_id)
    try:
        found = Deployment(**json.loads(path.read_text()))
    except FileNotFoundError:
        raise NotDeployed(
            f"No contracts are recorded for chain {chain_id} ({path}). Run `laurel deploy` first."
        ) from None
    except (ValueError, TypeError) as error:
        raise NotDeployed(
            f"{path} is damaged ({error}). Restore it, or deploy again after removing it."
        ) from error
    if found.chain_id != chain_id:
        raise NotDeployed(
            f"{path} is the record of chain {found.chain_id}, not of chain {chain_id}. Rename it to "
            f"{found.chain_id}.json, and put the record of chain {chain_id} in its place."
        )
    return found


def save(folder: Path, deployment: Deployment) -> Path:
    """Writes the record whole or not at all."""
    path = path_for(folder, deployment.chain_id)
    folder.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(asdict(deployment), indent=2) + "\n")
    partial.replace(path)
    return path
