"""What does not fit together is refused by `laurel index` in a sentence, before anything is written."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from indexer.chain import startup
from indexer.chain.rpc import Rpc
from indexer.chain.source import Source
from indexer.chain.startup import DifferentChain, NotOurContracts, UnfitNode, WrongStart
from tests.chain import Chain, deployed_on, running_anvil
from tests.indexer.faults import Answer
from tests.indexer.killed import Stock
from tests.indexer.mirrors import mirror_of
from tests.indexer.proxy import provider, refusal

LATE = "the core was on chain 31337 before: put the block in which it was created into the record."


def refused(indexers: Stock, chain: Chain, home: Path, url: str | None = None) -> str:
    """What `laurel index` ends with."""
    with indexers.index(chain, home, url=url) as process:
        assert process.wait() == 1
    (error,) = [
        line for line in map(json.loads, (home / "said").open()) if line["level"] == "ERROR"
    ]
    return str(error["message"])


def recorded(chain: Chain, **changes: Any) -> Chain:
    """The chain, with something else in the deployment record."""
    return replace(chain, deployment=replace(chain.deployment, **changes))


def check(chain: Chain, url: str | None = None) -> None:
    d = chain.deployment
    startup.check(Source(Rpc(url or chain.anvil.url), d.core, d.graph), d)


def test_another_chain_id(deployed: Chain, tmp_path: Path, indexers: Stock) -> None:
    with running_anvil("--chain-id", "7") as other:
        said = refused(indexers, deployed, tmp_path, other.url)
    assert "is on chain 7, the recorded contracts are on chain 31337. Set LAUREL_RPC" in said
    assert not (tmp_path / "laurel.db").exists()


def test_a_record_under_another_chains_name(deployed: Chain) -> None:
    with pytest.raises(DifferentChain, match="on chain 31337, the contracts are on chain 5"):
        check(recorded(deployed, chain_id=5))


def test_a_start_after_the_deployment(tmp_path: Path, indexers: Stock) -> None:
    with running_anvil() as anvil:  # of its own: after evm_revert, anvil may lack old states
        chain = deployed_on(anvil, tmp_path / "deployments")
        late = recorded(chain, block=chain.deployment.block + 1)
        assert LATE in refused(indexers, late, tmp_path)
    assert not (tmp_path / "laurel.db").exists()


def unknown_then(call: Answer, answer: Answer) -> Answer:
    """A node that has dropped old states."""
    if call["params"][1] == "latest":
        return answer
    return refusal(call, -32000, "missing trie node")


def test_a_start_after_the_deployment_at_a_node_without_old_states(deployed: Chain) -> None:
    with provider(deployed.anvil.url, lies={"eth_getCode": unknown_then}) as short:
        check(deployed, short.url)
        late = recorded(deployed, block=deployed.deployment.block + 1)
        with pytest.raises(WrongStart, match="was not created in block 2"):
            check(late, short.url)


def test_a_start_before_the_deployment_does_no_harm(tmp_path: Path) -> None:
    with running_anvil() as anvil:
        anvil.rpc("anvil_mine", hex(3))
        chain = deployed_on(anvil, tmp_path)
        assert chain.deployment.block == 4
        check(recorded(chain, block=2))


def test_no_contract_there(deployed: Chain, tmp_path: Path, indexers: Stock) -> None:
    with running_anvil() as empty:
        assert "has no contract at 0x" in refused(indexers, deployed, tmp_path, empty.url)
    assert not (tmp_path / "laurel.db").exists()


def test_a_contract_that_is_not_ours(deployed: Chain, tmp_path: Path, indexers: Stock) -> None:
    d = deployed.deployment
    said = refused(indexers, recorded(deployed, core=d.token), tmp_path)
    assert f"The contract at {d.token} is not the core of the deployment record" in said
    assert not (tmp_path / "laurel.db").exists()


@pytest.mark.parametrize("changed", [{"day": 60}, {"seed": 1}, {"treasury": "0x" + "11" * 20}])
def test_other_parameters_than_recorded(changed: dict[str, Any], deployed: Chain) -> None:
    parameters = deployed.deployment.parameters | changed
    with pytest.raises(NotOurContracts, match="has other parameters"):
        check(recorded(deployed, parameters=parameters))


def test_a_graph_of_another_core(deployed: Chain, tmp_path: Path) -> None:
    other = deployed_on(deployed.anvil, tmp_path)
    with pytest.raises(NotOurContracts, match="is not the graph of the core at"):
        check(recorded(deployed, graph=other.deployment.graph))


def test_a_database_of_another_deployment(deployed: Chain, tmp_path: Path, indexers: Stock) -> None:
    home = tmp_path / "node"
    with mirror_of(deployed, home) as mirror:
        mirror.catch_up()
        mirror.indexer.lease.release()
        before = mirror.dump()
    again = deployed_on(deployed.anvil, tmp_path / "again")
    with mirror_of(deployed, home) as mirror:
        mirror.indexer.lease.release()
        # Of an earlier release, which must not be brought up to date for contracts of others.
        with mirror.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE mirror_version SET version_num = '0001'")
        said = refused(indexers, again, home)
        assert f"This database mirrors {deployed.deployment.core} on chain 31337" in said
        assert "Set LAUREL_DATABASE to another database, or run `laurel rebuild`" in said
        assert mirror.dump() == before
        with mirror.engine.connect() as connection:
            version = connection.exec_driver_sql("SELECT version_num FROM mirror_version").scalar()
        assert version == "0001"


def refuse(code: int, message: str) -> Callable[[Answer, Answer], Answer]:
    return lambda call, answer: refusal(call, code, message)


def test_a_node_without_logs(deployed: Chain, tmp_path: Path, indexers: Stock) -> None:
    lies = {"eth_getLogs": refuse(-32601, "the method eth_getLogs does not exist/is not available")}
    with provider(deployed.anvil.url, lies=lies) as without:
        assert "has no eth_getLogs" in refused(indexers, deployed, tmp_path, without.url)
    assert not (tmp_path / "laurel.db").exists()


PRUNED: dict[str, tuple[str, Callable[[Answer, Answer], Answer], str]] = {
    "no-block": (
        "eth_getBlockByNumber",
        lambda call, answer: answer if call["params"][0] != "0x1" else answer | {"result": None},
        "does not have block 1, in which the contracts were deployed",
    ),
    "refusal": (
        "eth_getLogs",
        refuse(4444, "pruned history unavailable"),
        "does not give the logs of block 1, in which the contracts were deployed.*pruned history",
    ),
    "no-logs": (
        "eth_getLogs",
        lambda call, answer: answer | {"result": []},
        "has dropped the logs of block 1",
    ),
}


@pytest.mark.parametrize("way", PRUNED)
def test_a_node_that_has_dropped_its_history(way: str, deployed: Chain) -> None:
    method, lie, words = PRUNED[way]
    with (
        provider(deployed.anvil.url, lies={method: lie}) as short,
        pytest.raises(UnfitNode, match=words),
    ):
        check(deployed, short.url)


def test_pruned_history_is_refused_by_the_command(
    deployed: Chain, tmp_path: Path, indexers: Stock
) -> None:
    with provider(deployed.anvil.url, lies={"eth_getLogs": PRUNED["refusal"][1]}) as short:
        assert "Set LAUREL_RPC to a node that keeps all logs." in refused(
            indexers, deployed, tmp_path, short.url
        )
    assert not (tmp_path / "laurel.db").exists()
