"""Waits until the relayer can pay for gas, on a chain where nobody gives coin away."""

import time
from pathlib import Path

from rich.console import Console

from backend.chain.keystore import address_of
from backend.local.keys import key_file
from backend.relay.settings import RelaySettings
from indexer.chain.rpc import Rpc, quantity

LOOK_SECONDS = 2.0


def await_coin(rpc: Rpc, home: Path, chain_id: int, console: Console) -> None:
    """Returns once the relayer's address, which it prints, has some coin. Makes the relayer's key if there is none.

    Raises as `address_of`; NodeUnreachable, RpcError.
    """
    relay = RelaySettings.from_env(home)
    if not relay.key_file.exists():
        key_file(relay.key_file)
        console.print(f"  A key for the relayer is made: {relay.key_file}", highlight=False)
    address = address_of(relay.key_file, relay.passphrase_file)
    if quantity(rpc, "eth_getBalance", address, "latest") > 0:
        return
    console.print(
        f"  The relayer pays for everybody's gas, and has no coin. Send some, on chain {chain_id}, to\n"
        f"  [bold]{address}[/bold]\n  Waiting for it; Ctrl-C stops.",
        highlight=False,
        soft_wrap=True,
    )
    while quantity(rpc, "eth_getBalance", address, "latest") == 0:
        time.sleep(LOOK_SECONDS)
