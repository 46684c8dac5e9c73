"""Hardhat's chain. (Its compiler and its tests: tests/solidity.)"""

import json
import os
import shutil
import signal
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

from indexer.settings import ROOT
from tests.chain import free_port

PATIENCE = 180.0


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The files that Hardhat needs, apart from ours, so that its output lands nowhere else."""
    for name in ("hardhat.config.js", "package.json"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "contracts", tmp_path / "contracts")
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    return tmp_path


def hardhat_env() -> dict[str, str]:
    # What npx puts first in the path: among the packages is the Node that Hardhat needs.
    return os.environ | {
        "PATH": f"{ROOT / 'node_modules' / '.bin'}:{os.environ['PATH']}",
        "HARDHAT_DISABLE_TELEMETRY_PROMPT": "true",
    }


def test_hardhat_serves_a_chain(project: Path) -> None:
    port = free_port()
    with (project / "log").open("wb") as log:
        process = subprocess.Popen(
            ["npx", "--no-install", "hardhat", "node", "--port", str(port)],
            cwd=project,
            env=hardhat_env(),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        assert chain_id(port, process, project / "log") == 31337
    finally:
        os.killpg(process.pid, signal.SIGTERM)  # npx starts a child of its own
        process.wait(30)


def chain_id(port: int, process: subprocess.Popen[bytes], log: Path) -> int:
    body = b'{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}'
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}", body, {"Content-Type": "application/json"}
    )
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()
        try:
            return int(json.loads(urllib.request.urlopen(request, timeout=5).read())["result"], 16)
        except OSError:
            time.sleep(0.2)
    raise AssertionError(log.read_text())
