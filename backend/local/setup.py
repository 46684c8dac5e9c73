"""Prepares a local chain for use: contracts, a relayer's coin, the faucet, samples."""

from collections.abc import Callable
from contextlib import closing

from backend.chain.connection import connect_chain
from backend.deployment.deploy import LOCAL, Parameters, deploy
from backend.local.accounts import set_up_faucet
from backend.local.anvil import CHAIN_ID
from backend.local.clock import check_local
from backend.local.keys import DEV_KEY, fund, key_file
from backend.local.samples import Samples
from backend.relay.settings import RelaySettings
from indexer.chain.rpc import Rpc
from indexer.content import open_store
from indexer.protocol.actions import secp256k1_address
from indexer.protocol.deployment import Deployment, NotDeployed, load, path_for
from indexer.settings import Settings


def is_gone(settings: Settings) -> bool:
    """Whether the contracts on record are missing on the local chain that answers now; False if none is on record.

    Raises NotLocal, NodeUnreachable.
    """
    with closing(Rpc(settings.rpc)) as rpc:
        check_local(rpc)
        try:
            core = load(settings.deployments, CHAIN_ID).core
        except NotDeployed:
            return False
        return rpc.call(str, "eth_getCode", core, "latest") == "0x"


def deploy_locally(
    settings: Settings, say: Callable[[str], None], parameters: Parameters = LOCAL
) -> Deployment:
    """Deploys with the local preset, or another. The record of a chain that is gone is replaced."""
    if is_gone(settings):
        path_for(settings.deployments, CHAIN_ID).unlink()
        say("this chain is a new one: its contracts are deployed anew")
    return deploy(settings.rpc, DEV_KEY, settings.deployments, parameters)


def furnish(settings: Settings, samples: bool) -> bool:
    """Gives the relayer's key coin and the faucet's account LRL; makes the samples, if wanted and missing.

    Returns whether samples were made. A second call changes nothing. Raises NotLocal, FaucetLost, NotMined.
    """
    relay = RelaySettings.from_env(settings.home)
    with (
        closing(Rpc(settings.rpc)) as rpc,
        closing(open_store(settings.home / "content", settings.ipfs_api)) as store,
    ):
        check_local(rpc)
        fund(rpc, secp256k1_address(key_file(relay.key_file)))
        chain = connect_chain(settings)
        faucet = set_up_faucet(chain, rpc, relay.faucet_key_file)
        return samples and Samples(chain, rpc, store, settings.home, faucet).make()
