"""Several nodes: the next is asked when one fails, if it is on the same chain."""

import logging
from pathlib import Path

import pytest

from indexer.chain import rpc
from indexer.chain.failover import Disagreement, Nodes
from indexer.chain.rpc import NodeUnreachable, TimedOut
from indexer.chain.source import LogsWithheld, Source
from indexer.mirror import store
from indexer.mirror.database import connect
from indexer.settings import Settings
from tests.actors import join
from tests.chain import Chain, deployed_on, free_port, running_anvil
from tests.indexer.faults import Fault
from tests.indexer.killed import Stock
from tests.indexer.mirrors import mirror_of, rows, until
from tests.indexer.proxy import SLOW_SECONDS, provider


@pytest.fixture(autouse=True)
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rpc, "FIRST_WAIT", 0.001)


def test_settings() -> None:
    env = {"LAUREL_RPC": "https://a.example/key, https://b.example", "LAUREL_HOME": "/nowhere"}
    settings = Settings.from_env(env)
    assert settings.rpc == "https://a.example/key"
    assert settings.rpcs == ("https://a.example/key", "https://b.example")
    assert settings.rpc_ws is None
    assert Settings.from_env(env | {"LAUREL_RPC_WS": "wss://a.example"}).rpc_ws == "wss://a.example"
    local = Settings.from_env({"LAUREL_HOME": "/nowhere"})
    assert (local.rpcs, local.rpc_ws) == ((local.rpc,), local.rpc.replace("http", "ws"))
    assert Settings.from_env({"LAUREL_RPC_WS": ""}).rpc_ws is None


def test_the_next_stands_in(deployed: Chain, caplog: pytest.LogCaptureFixture) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    nodes = Nodes([nowhere, deployed.anvil.url])
    with caplog.at_level(logging.WARNING, "laurel"):
        assert nodes.call(str, "eth_chainId") == "0x7a69"
    assert nodes.url == deployed.anvil.url
    assert f"Asking {deployed.anvil.url}." in caplog.text
    assert nodes.errors == {"unreachable": rpc.RETRIES + 1}
    nodes.close()


def test_nobody_answers() -> None:
    nodes = Nodes([f"http://127.0.0.1:{free_port()}" for _ in range(3)])
    with pytest.raises(NodeUnreachable, match="cannot be reached"):
        nodes.call(str, "eth_chainId")
    assert nodes.errors["unreachable"] == 3 * (rpc.RETRIES + 1)
    nodes.close()


def test_a_slow_one_is_left_for_the_next_call(deployed: Chain) -> None:
    with provider(deployed.anvil.url) as slow:
        nodes = Nodes([slow.url, deployed.anvil.url])
        nodes.call(str, "eth_chainId")
        nodes._nodes[0]._http.timeout = SLOW_SECONDS / 2
        slow.faults = [Fault.SLOW]
        with pytest.raises(TimedOut):
            nodes.call(str, "eth_chainId")
        assert nodes.call(str, "eth_chainId") == "0x7a69"
        assert nodes.url == deployed.anvil.url
        nodes.close()


def test_one_that_leaves_out_logs_is_left(deployed: Chain) -> None:
    join(deployed, "alice")
    d = deployed.deployment
    with provider(deployed.anvil.url) as lying:
        lying.lies["eth_getLogs"] = lambda call, answer: answer | {"result": []}
        nodes = Nodes([lying.url, deployed.anvil.url])
        source = Source(nodes, d.core, d.graph)
        head, before = source.head_and(d.block - 1)
        assert before is not None
        with pytest.raises(LogsWithheld):
            source.span(before, head.number, 0)
        source._range = 10
        assert source.span(before, head.number, 0).events
        assert nodes.errors == {"logs withheld": 1}
        nodes.close()


def test_one_of_another_chain_is_set_aside(deployed: Chain) -> None:
    with running_anvil("--chain-id", "7") as other, provider(deployed.anvil.url) as first:
        nodes = Nodes([first.url, other.url])
        nodes.call(str, "eth_chainId")
        first.statuses = [503] * (rpc.RETRIES + 1)
        with pytest.raises(Disagreement, match="set aside: it is on chain 0x7, the others"):
            nodes.call(str, "eth_chainId")
        assert nodes.call(str, "eth_chainId") == "0x7a69"
        nodes.close()


def test_one_with_another_history_is_set_aside(deployed: Chain, tmp_path: Path) -> None:
    """The same chain id and the same contracts, on another chain."""
    with (
        running_anvil(timestamp=1_800_000_000) as anvil,
        running_anvil() as shorter,
        mirror_of(deployed, tmp_path / "node") as mirror,
    ):
        deployed_on(anvil, tmp_path / "other")
        mirror.catch_up()
        nodes = Nodes(
            [anvil.url, shorter.url, deployed.anvil.url],
            known=lambda: store.kept(mirror.engine)[0],
        )
        assert nodes.call(str, "eth_blockNumber") == hex(deployed.w3.eth.block_number)
        assert nodes.url == deployed.anvil.url
        assert nodes.errors == {"disagreement": 2}
        nodes.close()


def test_the_indexer_goes_on_with_the_next(
    deployed: Chain, tmp_path: Path, indexers: Stock
) -> None:
    home = tmp_path / "node"
    with (
        provider(deployed.anvil.url) as first,
        indexers.index(deployed, home, url=f"{first.url},{deployed.anvil.url}") as process,
    ):
        until(lambda: "Following" in process.words)
        first.statuses = [502] * 10_000
        join(deployed, "alice")
        with mirror_of(deployed, tmp_path / "beside") as beside:
            beside.catch_up()
            wanted = beside.rows("accounts")
        engine = connect(f"sqlite:///{home / 'laurel.db'}")
        until(lambda: rows(engine, "accounts") == wanted)
        assert "cannot be reached: HTTP 502. Asking" in process.words
        engine.dispose()
