"""A chain on which small stakes earn something, and a node that keeps it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.deployment.deploy import Parameters
from tests.backend.relay.node import Node, running_node
from tests.chain import Chain
from tests.conftest import DeployedWith


@pytest.fixture
def chain(deployed_with: DeployedWith) -> Chain:
    return deployed_with(Parameters(seed=10**9))


@pytest.fixture
def node(chain: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Node]:
    monkeypatch.delenv("LAUREL_RELAY_LIMITS", raising=False)
    with running_node(chain, tmp_path / "home", LAUREL_RELAY_GATHER="0") as node:
        yield node
