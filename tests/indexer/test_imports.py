"""What the indexer's processes start without."""

import subprocess
import sys
from pathlib import Path

import pytest

ABSENT = "web3", "eth_account", "eth_abi", "requests", "ipfshttpclient", "alembic"


@pytest.mark.parametrize("command", ["index", "content", "sync", "files"])
def test_a_command_starts_without(command: str) -> None:
    found = subprocess.run(
        [sys.executable, "-c", f"import sys, indexer.commands.{command}; print(*sys.modules)"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert "indexer" in found and not set(ABSENT) & set(found)
