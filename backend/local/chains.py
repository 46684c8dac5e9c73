"""The chain of a node that `laurel up` runs: anvil's, Hardhat's, or one that runs elsewhere.

Hardhat's chain and one elsewhere each have a folder in LAUREL_HOME, so that neither spoils what `make up` keeps.
"""

import os
import shutil
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from backend.local import anvil, hardhat
from backend.local.clock import is_local
from indexer.chain.rpc import Rpc, quantity
from indexer.settings import Settings

# What belongs to one chain in a node's home, and is useless with another. Keys and logs stay.
OF_A_CHAIN = (
    "laurel.db",
    "laurel.db-wal",
    "laurel.db-shm",
    "content",
    "deployments",
    "samples.json",
)


class OwnChain(Protocol):
    """A chain that `laurel up` starts and ends. `goes_on` says what becomes of it after that."""

    goes_on: str

    def prepare(self) -> str | None:
        """Called before the start; returns a sentence if the user is to be told something."""

    def command(self, port: int) -> list[str]:
        """The command that starts it."""

    def environment(self) -> Mapping[str, str]:
        """Variables of the command's environment, besides the node's."""

    def begun(self, rpc: Rpc) -> None:
        """Called once it answers."""

    def keep(self) -> None:
        """Called now and then while it runs, and after its end."""


class Anvil:
    """Keeps its chain in a file of the node's home, and a copy of that."""

    goes_on = "`make up` goes on with the same chain, posts and accounts."

    def __init__(self, home: Path) -> None:
        self._state = home / "chain.json"
        self._copier = anvil.Copier(self._state)

    def prepare(self) -> str | None:
        healed = anvil.heal(self._state)
        return healed.sentence if healed else None

    def command(self, port: int) -> list[str]:
        return anvil.command(port, self._state)

    def environment(self) -> Mapping[str, str]:
        return {}

    def begun(self, rpc: Rpc) -> None:
        pass

    def keep(self) -> None:
        self._copier.copy()


class Hardhat:
    """Keeps nothing, so what the last chain left in the node's home is removed before the start."""

    goes_on = (
        "Hardhat keeps nothing: the next start is a new chain, without these posts and accounts."
    )

    def __init__(self, home: Path) -> None:
        self._home = home

    def prepare(self) -> str | None:
        if not forget(self._home):
            return None
        return "Hardhat's last chain is gone with its node: a new one begins, and its mirror anew."

    def command(self, port: int) -> list[str]:
        return hardhat.command(port)

    def environment(self) -> Mapping[str, str]:
        return hardhat.environment()

    def begun(self, rpc: Rpc) -> None:
        hardhat.quieten(rpc)

    def keep(self) -> None:
        pass


def forget(home: Path) -> bool:
    """Removes what a former chain has left in a node's home; returns whether there was anything."""
    old = [path for name in OF_A_CHAIN if (path := home / name).exists()]
    for path in old:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return bool(old)


def own(name: str, settings: Settings, rpc_port: int) -> tuple[OwnChain, Settings]:
    """The chain `anvil` or `hardhat`, on a port of this machine, and the settings of a node on it."""
    settings = settings.asking(f"http://127.0.0.1:{rpc_port}")
    if name == "anvil":
        return Anvil(settings.home), settings
    home = settings.home / name
    return Hardhat(home), settings.apart(home)


def elsewhere(url: str, settings: Settings) -> tuple[Settings, bool]:
    """The settings of a node on a chain that runs already, and whether it is a local development chain.

    Raises NodeUnreachable, RpcError.
    """
    with closing(Rpc(url)) as rpc:
        chain_id, local = quantity(rpc, "eth_chainId"), is_local(rpc)
    apart = settings.asking(url).apart(settings.home / f"chain-{chain_id}")
    if not local:
        apart = replace(apart, deployments=settings.deployments)
        if "LAUREL_DATABASE" in os.environ:
            apart = replace(apart, database=settings.database)
    return apart, local
