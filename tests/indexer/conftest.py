from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chain import Chain
from tests.indexer.mirrors import Mirror, mirror_of


@pytest.fixture
def mirror(deployed: Chain, tmp_path: Path) -> Iterator[Mirror]:
    """An empty mirror of a fresh chain."""
    with mirror_of(deployed, tmp_path / "node") as mirror:
        yield mirror
