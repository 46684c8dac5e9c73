"""Fixtures that more than one room's tests use."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, sync_playwright

from tests.chain import Anvil, Chain, deployed_on, running_anvil
from tests.postgres import new_database, running_postgres

# Else each process that a test starts, and there are many, would compile the node's modules anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Both profiles try the same examples at every run; LAUREL_LONG=1 (`make test-long`) tries many more.
EXAMPLES = {"quick": 100, "long": 2000}
PROFILE = "long" if os.environ.get("LAUREL_LONG") else "quick"
for name, examples in EXAMPLES.items():
    settings.register_profile(
        name,
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
settings.load_profile(PROFILE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, so that no worker is left alone with it: Hardhat and forge compile and fuzz for minutes."""
    items.sort(key=lambda item: "tests/solidity/" not in item.nodeid)


def pytest_report_header() -> str:
    return f"hypothesis profile {PROFILE}: {EXAMPLES[PROFILE]} examples, the same at every run (derandomized)"


@pytest.fixture
def anvil() -> Iterator[Anvil]:
    """A fresh local chain."""
    with running_anvil() as anvil:
        yield anvil


@pytest.fixture
def deployed(anvil: Anvil, tmp_path: Path) -> Chain:
    """A fresh local chain with the contracts on it, DAY = 86,400."""
    return deployed_on(anvil, tmp_path / "deployments")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium: one for each worker, as a process has room for one sync_playwright()."""
    quiet = ["background-networking", "component-update", "sync"]
    arguments = ["--no-sandbox", "--disable-gpu", "--no-first-run"]
    arguments += [f"--disable-{what}" for what in quiet]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """One server for each worker."""
    with running_postgres() as server:
        yield server


@pytest.fixture
def postgres(postgres_server: str) -> Iterator[str]:
    """The address of an empty PostgreSQL database."""
    with new_database(postgres_server) as url:
        yield url
