"""Fixtures that more than one room's tests use."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, sync_playwright

from backend.deployment.deploy import Parameters
from indexer.protocol.deployment import save
from tests import leftovers
from tests.chain import Anvil, Chain, as_found, deployed_on, running_anvil
from tests.order import Schedule, place
from tests.postgres import new_database, running_postgres

# Else each worker would compile the tests' modules anew, and each process that a test starts those of the node.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
leftovers.watch()

DeployedWith = Callable[[Parameters], Chain]

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


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput"):  # whose folders lie in their controller's
        factory: pytest.TempPathFactory = session.config._tmp_path_factory  # type: ignore[attr-defined]
        leftovers.begin(factory.getbasetemp())


def pytest_unconfigure() -> None:
    leftovers.end()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: place(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Schedule | None:
    return Schedule(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_report_header() -> str:
    return f"hypothesis profile {PROFILE}: {EXAMPLES[PROFILE]} examples, the same at every run (derandomized)"


@pytest.fixture(scope="session")
def empty_chain() -> Iterator[Anvil]:
    """One for each worker, which every test leaves as it found it."""
    with running_anvil() as anvil:
        yield anvil


@pytest.fixture
def anvil(empty_chain: Anvil) -> Iterator[Anvil]:
    """A local chain on which nothing was done yet."""
    with as_found(empty_chain):
        yield empty_chain


@pytest.fixture(scope="session")
def chains(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeployedWith]:
    """Local chains with the contracts on them: one for each worker and each choice of parameters, which every test
    leaves as it found it."""
    with ExitStack() as ending:

        @cache
        def chain(parameters: Parameters) -> Chain:
            anvil = ending.enter_context(running_anvil())
            return deployed_on(anvil, tmp_path_factory.mktemp("deployments"), parameters)

        yield chain


@pytest.fixture
def deployed_with(chains: DeployedWith, tmp_path: Path) -> Iterator[DeployedWith]:
    """The local chain with the contracts of such parameters, just deployed. In the test's `deployments` is their
    record."""
    with ExitStack() as ending:

        def deployed(parameters: Parameters) -> Chain:
            chain = chains(parameters)
            ending.enter_context(as_found(chain.anvil))
            save(tmp_path / "deployments", chain.deployment)
            return chain

        yield deployed


@pytest.fixture
def deployed(deployed_with: DeployedWith) -> Chain:
    """The local chain with the contracts just deployed, DAY = 86,400."""
    return deployed_with(Parameters())


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
