"""Chains on which the attacks take place."""

from pathlib import Path

import pytest

from backend.deployment.deploy import Parameters
from tests.chain import Anvil, Chain, deployed_on


@pytest.fixture
def paying(anvil: Anvil, tmp_path: Path) -> Chain:
    """As `deployed`, but with so small a seed that votes of a thousand LRL of stake pay hundreds."""
    return deployed_on(anvil, tmp_path / "deployments", Parameters(seed=10**12))
