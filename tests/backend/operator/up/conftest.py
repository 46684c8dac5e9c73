"""A node that is stopped after the test, whatever became of it."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.backend.operator.up.node import Node


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    node = Node(tmp_path / "home")
    yield node
    if node.process is not None and node.process.poll() is None:
        node.stop(signal.SIGTERM)
    node.wait_until_gone()
