"""A local chain furnished as `laurel up` does it, without the other processes."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from eth_utils.abi import event_abi_to_log_topic
from web3 import Web3

from backend.chain.connection import connect_chain
from backend.deployment.compile import compile_contracts
from backend.local.accounts import faucet
from backend.local.keys import fund, key_file
from backend.local.setup import deploy_locally, furnish
from backend.steem.plan import Plan
from backend.steem.run import Importer, Tally
from indexer.chain.rpc import Rpc
from indexer.content import open_store
from indexer.protocol.actions import secp256k1_address
from indexer.protocol.artifacts import artifact
from indexer.protocol.deployment import load
from indexer.settings import Settings
from tests.chain import Anvil, Chain


def furnished(anvil: Anvil, home: Path, samples: bool = False) -> tuple[Settings, Chain]:
    """The local preset (DAY = 60) deployed on `anvil`, with a faucet."""
    settings = settings_of(anvil, home)
    compile_contracts()
    deploy_locally(settings, lambda line: None)
    furnish(settings, samples)
    return settings, chain_in(settings, anvil)


def settings_of(anvil: Anvil, home: Path) -> Settings:
    return Settings.from_env(
        {
            "LAUREL_HOME": str(home),
            "LAUREL_RPC": anvil.url,
            "LAUREL_DEPLOYMENTS": str(home / "deployments"),
        }
    )


def chain_in(settings: Settings, anvil: Anvil) -> Chain:
    """The chain that the records in a home are of."""
    deployment = load(settings.deployments, 31337)
    w3 = Web3(Web3.HTTPProvider(anvil.url))
    core, graph, token = (
        w3.eth.contract(Web3.to_checksum_address(address), abi=artifact(name)["abi"])
        for address, name in (
            (deployment.core, "LaurelCore"),
            (deployment.graph, "LaurelGraph"),
            (deployment.token, "LaurelToken"),
        )
    )
    return Chain(anvil, deployment, w3, core, graph, token)  # type: ignore[arg-type]


@contextmanager
def importer(
    settings: Settings, advance: Callable[[str, int], None] = lambda what, n: None
) -> Iterator[Importer]:
    """An import as the command makes it."""
    with (
        closing(Rpc(settings.rpc)) as rpc,
        closing(open_store(settings.home / "content")) as store,
    ):
        chain = connect_chain(settings)
        giver = faucet(chain, settings.home / "faucet.key")
        payer = key_file(settings.home / "import.key")
        fund(rpc, secp256k1_address(payer))
        secret = key_file(settings.home / "steem.key")
        yield Importer(chain, rpc, store, giver, secret, payer, advance)


def run(settings: Settings, plan: Plan) -> Tally:
    with importer(settings) as made:
        return made.run(plan)


def events(chain: Chain) -> Counter[str]:
    """How often the core has emitted each of its events."""
    topics = {
        "0x" + event_abi_to_log_topic(entry).hex(): entry["name"]
        for entry in artifact("LaurelCore")["abi"]
        if entry["type"] == "event"
    }
    logs = chain.anvil.rpc(
        "eth_getLogs", {"address": chain.deployment.core, "fromBlock": "0x0", "toBlock": "latest"}
    )
    return Counter(topics[log["topics"][0]] for log in logs)
