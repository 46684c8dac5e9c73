from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.chain import Chain
from tests.conftest import PROFILE
from tests.indexer.killed import Stock, stock
from tests.indexer.mirrors import Mirror, mirror_of
from tests.postgres import new_database
from tests.tables import migrated_mirror

KINDS = ["sqlite", "postgresql"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is marked `postgresql` runs on PostgreSQL as well as on SQLite; under LAUREL_LONG=1, all that asks for a
    `database` or for `tables`."""
    left = [] if PROFILE == "long" else [item for item in items if _is_spared(item)]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in set(left)]


def _is_spared(item: pytest.Item) -> bool:
    """Whether it is a twin on PostgreSQL, where no SQL differs from what other tests run there."""
    on = getattr(item, "callspec", None)
    twin = on is not None and "postgresql" in (on.params.get("database"), on.params.get("tables"))
    return twin and item.get_closest_marker("postgresql") is None


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, of each kind in turn."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres"))
    return f"sqlite:///{tmp_path / 'node' / 'laurel.db'}"


@pytest.fixture(scope="session")
def postgres_tables(postgres_server: str) -> Iterator[str]:
    """The name of a database with the mirror's tables, for copies."""
    with new_database(postgres_server) as url:
        migrated_mirror(url).dispose()
        yield str(make_url(url).database)


@pytest.fixture(params=KINDS)
def tables(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database with the mirror's tables, none of which has a row, of each kind in turn."""
    if request.param == "postgresql":
        template = request.getfixturevalue("postgres_tables")
        with new_database(request.getfixturevalue("postgres_server"), template) as url:
            yield url
    else:
        url = f"sqlite:///{tmp_path / 'node' / 'laurel.db'}"
        migrated_mirror(url).dispose()
        yield url


@pytest.fixture
def mirror(deployed: Chain, tmp_path: Path, tables: str) -> Iterator[Mirror]:
    """An empty mirror of that chain."""
    with mirror_of(deployed, tmp_path / "node", database=tables) as mirror:
        yield mirror


@pytest.fixture(scope="session")
def indexers() -> Iterator[Stock]:
    """Where processes of the real `laurel index` come from at once."""
    with stock() as indexers:
        yield indexers
