"""Chains on which the attacks take place."""

import pytest

from backend.deployment.deploy import Parameters
from indexer.rewards import ETHER, REGENERATION_DAYS
from tests.actors import Actor, join, stake
from tests.chain import Chain
from tests.conftest import DeployedWith


@pytest.fixture
def paying(deployed_with: DeployedWith) -> Chain:
    """As `deployed`, but with so small a seed that votes of a thousand LRL of stake pay hundreds."""
    return deployed_with(Parameters(seed=10**12))


@pytest.fixture
def people(paying: Chain) -> list[Actor]:
    """Ada, Bob and Cleo: Bob and Cleo have stake and full bars."""
    people = join(paying, "ada", "bob", "cleo")
    for person in people[1:]:
        stake(paying, person, 1000 * ETHER)
    paying.anvil.forward(REGENERATION_DAYS * paying.deployment.day)
    return people
