"""A node whose operator chooses whom it sponsors, and databases to race in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.backend.relay.node import Node, running_node
from tests.chain import Chain
from tests.tables import migrated_node

SETTINGS = ("LAUREL_RELAY_LIMITS", "LAUREL_JOIN", "LAUREL_WORK_BITS", "LAUREL_QUOTA")


@pytest.fixture
def node(deployed: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Node]:
    for name in SETTINGS:  # none of the developer's
        monkeypatch.delenv(name, raising=False)
    with running_node(deployed, tmp_path / "home", LAUREL_RELAY_GATHER="0") as node:
        yield node


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database with all tables."""
    embedded = request.param == "sqlite"
    url = f"sqlite:///{tmp_path / 'node.db'}" if embedded else request.getfixturevalue("postgres")
    migrated_node(url).dispose()
    return str(url)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = migrated_node(f"sqlite:///{tmp_path / 'one.db'}")
    yield engine
    engine.dispose()
