"""A real IPFS daemon, one for each worker: its start takes seconds. Each test brings blocks of its own."""

from collections.abc import Iterator

import pytest

from tests.content.js_ipfs import JsIpfs


@pytest.fixture(scope="session")
def ipfs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JsIpfs]:
    daemon = JsIpfs(tmp_path_factory.mktemp("ipfs") / "home")
    try:
        yield daemon.start()
    finally:
        daemon.stop()
