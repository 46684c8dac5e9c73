"""What `laurel doctor` says of a real IPFS daemon."""

from pathlib import Path

from backend.operator.doctor.content import kubo
from backend.operator.doctor.environment import setup
from backend.operator.doctor.findings import Level, Setup
from tests.indexer.content.js_ipfs import JsIpfs


def test_a_daemon_that_answers(ipfs: JsIpfs, tmp_path: Path) -> None:
    made = setup({"LAUREL_HOME": str(tmp_path), "IPFS_API": ipfs.api})
    assert isinstance(made, Setup)
    (found,) = kubo(made)
    assert found.level is Level.OK and "pins." in found.says, found.says
