"""The key that pays gas, and what it has left."""

from contextlib import closing

from backend.operator.doctor.findings import PATIENCE, Findings, Setup, ok, problem, warning
from backend.relay.process import read_key
from indexer.chain.rpc import NodeUnreachable, Rpc, RpcError, quantity
from indexer.protocol.deployment import LOCAL_CHAINS
from indexer.rewards import ETHER

BATCHES = 100
"""Full transactions at today's price that the relayer should be able to pay."""


def relayer(setup: Setup) -> Findings:
    """Whether the relayer's key can be used, and has coin enough. Raises NoRelayerKey and what reading a key raises."""
    path = setup.relay.key_file
    if path.exists() and path.read_bytes()[:1] == b"{" and setup.relay.passphrase_file is None:
        yield problem(
            f"The key {path} is encrypted, and LAUREL_PASSPHRASE_FILE names no passphrase: the relay can start "
            "only where somebody types it."
        )
        return
    address = read_key(path, setup.relay.passphrase_file).address
    with closing(Rpc(setup.settings.rpc, PATIENCE)) as rpc:
        try:
            local = quantity(rpc, "eth_chainId") in LOCAL_CHAINS
            wei = quantity(rpc, "eth_getBalance", address, "latest")
            price = quantity(rpc, "eth_gasPrice")
        except (NodeUnreachable, RpcError):
            yield warning(f"The relayer is {address}; no node says what it has left.")
            return
    has = f"The relayer {address} has {wei / ETHER:,.6f} coin"
    most = price * setup.relay.batch_gas
    if wei < most:
        yield problem(f"{has}, which does not pay one full transaction: send some to it.")
    elif wei < BATCHES * most and not local:
        yield warning(f"{has}, enough for {wei // most:,} full transactions: send some to it.")
    else:
        yield ok(f"{has}.")
