"""A real IPFS daemon, one for each worker: its start takes seconds. Each test brings blocks of its own."""

from collections.abc import Iterator

import pytest

from indexer.content import daemon
from tests.indexer.content.js_ipfs import PATIENCE, JsIpfs


@pytest.fixture(scope="session")
def running_ipfs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JsIpfs]:
    found = JsIpfs(tmp_path_factory.mktemp("ipfs") / "home")
    try:
        yield found.start()
    finally:
        found.stop()


@pytest.fixture
def ipfs(running_ipfs: JsIpfs, monkeypatch: pytest.MonkeyPatch) -> JsIpfs:
    """The daemon, which on a busy machine may take its time; a search for what it lacks ends sooner."""
    monkeypatch.setattr(daemon, "TIMEOUT_SECONDS", PATIENCE)
    monkeypatch.setattr(daemon, "SEARCH", "3s")
    return running_ipfs
