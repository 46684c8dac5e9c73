"""A node whose relay the test drives."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.backend.relay.node import Node, running_node
from tests.chain import Chain


@pytest.fixture
def node(deployed: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Node]:
    # the application reads its limits from the environment: let none of the developer's in
    monkeypatch.delenv("LAUREL_RELAY_LIMITS", raising=False)
    with running_node(deployed, tmp_path / "home", LAUREL_RELAY_GATHER="0") as node:
        yield node
