"""Keys of a local chain: the well-known one that has all its coin, and our own in files."""

import os
import secrets
from pathlib import Path
from typing import Any

from indexer.chain.rpc import Rpc, quantity
from indexer.protocol.actions import secp256k1_address
from indexer.rewards import ETHER

DEV_KEY = bytes.fromhex("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80")
"""The key of the first account that anvil and Hardhat give coin to. It is public knowledge."""
DEV_ADDRESS = secp256k1_address(DEV_KEY)

PURSE = 1_000 * ETHER
"""Wei of the chain's own coin up to which `fund` fills an address, for gas."""


def key_file(path: Path) -> bytes:
    """The private key (32 bytes) in a file; if there is none, it is made first, with mode 600."""
    try:
        return bytes.fromhex(path.read_text().strip())
    except FileNotFoundError:
        key = secrets.token_bytes(32)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(key.hex() + "\n")
    os.replace(partial, path)
    return key


def fund(rpc: Rpc, address: str) -> None:
    """Gives an address coin for gas, unless it has enough. Only on a local chain: anvil has Hardhat's methods too."""
    if quantity(rpc, "eth_getBalance", address, "latest") < PURSE // 2:
        rpc.call(Any, "hardhat_setBalance", address, hex(PURSE))
