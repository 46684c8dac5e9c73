from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chain import Chain, deployed_on, running_anvil
from tests.indexer.killed import Stock, stock
from tests.indexer.mirrors import Mirror, mirror_of


@pytest.fixture(scope="session")
def shared_chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    """One chain with the contracts for all tests of a worker."""
    with running_anvil() as anvil:
        yield deployed_on(anvil, tmp_path_factory.mktemp("deployments"))


@pytest.fixture
def deployed(shared_chain: Chain) -> Iterator[Chain]:
    """The chain as it was just after deployment, which every test finds again."""
    state = shared_chain.anvil.rpc("evm_snapshot")
    yield shared_chain
    assert shared_chain.anvil.rpc("evm_revert", state)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, of each kind in turn."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres"))
    return f"sqlite:///{tmp_path / 'node' / 'laurel.db'}"


@pytest.fixture
def mirror(deployed: Chain, tmp_path: Path, database: str) -> Iterator[Mirror]:
    """An empty mirror of that chain."""
    with mirror_of(deployed, tmp_path / "node", database=database) as mirror:
        yield mirror


@pytest.fixture(scope="session")
def indexers() -> Iterator[Stock]:
    """Where processes of the real `laurel index` come from at once."""
    with stock() as indexers:
        yield indexers
