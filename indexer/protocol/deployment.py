"""The record of a deployment, deployments/<chainId>.json: written once by `laurel deploy`, read by all else."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from indexer.errors import LaurelError

LOCAL_CHAINS = frozenset({31337})
"""Chain ids of development chains on one person's machine. There anybody may move the clock and take coin from a
faucet, keys may be stored unencrypted, and the node's RPC URL is given to all. So only the id of anvil and Hardhat
is here, whose nodes have such methods. 1337 is not: as geth's default, private chains of several parties have it."""


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
        """Whether this is on a development chain (see LOCAL_CHAINS)."""
        return self.chain_id in LOCAL_CHAINS


def path_for(folder: Path, chain_id: int) -> Path:
    """The file of a chain's record in `folder`."""
    return folder / f"{chain_id}.json"


def load(folder: Path, chain_id: int) -> Deployment:
    """The record of a chain. Raises NotDeployed if there is none, or it is damaged or of another chain."""
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
    """Writes the record, whole or not at all, and returns its path."""
    path = path_for(folder, deployment.chain_id)
    folder.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(asdict(deployment), indent=2) + "\n")
    partial.replace(path)
    return path
