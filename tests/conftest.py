"""Fixtures that more than one room's tests use."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chain import Anvil, Chain, deployed_on, running_anvil


@pytest.fixture
def anvil() -> Iterator[Anvil]:
    """A fresh local chain."""
    with running_anvil() as anvil:
        yield anvil


@pytest.fixture
def deployed(anvil: Anvil, tmp_path: Path) -> Chain:
    """A fresh local chain with the contracts on it, DAY = 86,400."""
    return deployed_on(anvil, tmp_path / "deployments")
