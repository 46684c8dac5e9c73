"""What the site's process does without: each would cost it time at every start, and memory in every worker."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.chain import free_port

ABSENT = (
    *("web3", "requests", "aiohttp"),  # a node is asked by our own client (indexer/chain/rpc.py)
    *("eth_account", "eth_keys", "py_ecc", "ckzg"),  # the site signs no transactions
    "alembic",  # migrated before a worker begins
    "ipfshttpclient",  # unless a Kubo daemon is set
    "solcx",
)
MADE = """
import sys
from backend.app import create_app
assert create_app().extensions["laurel"].store
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The packages that a process has imported once it has made the application and opened its store."""
    home = tmp_path_factory.mktemp("home")
    nowhere = f"http://127.0.0.1:{free_port()}"
    made = subprocess.run(
        [sys.executable, "-c", MADE],
        env=os.environ | {"LAUREL_HOME": str(home), "LAUREL_RPC": nowhere},
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stderr
    return set(made.stdout.split())


@pytest.mark.parametrize("package", ABSENT)
def test_the_site_does_without(package: str, modules: set[str]) -> None:
    assert package not in modules and "flask" in modules
