"""A real node and a real browser for the flows. One node for all tests of a worker: handles are unique."""

import itertools
from collections.abc import Iterator

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    expect,
)

from indexer.protocol.actions import sha256
from tests.browser.stack import Stack, running_stack
from tests.browser.wallet import Wallet
from tests.conftest import PROFILE

SLOW = 120_000  # milliseconds: a machine that is busy with other tests
expect.set_options(timeout=SLOW)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Under LAUREL_LONG=1, all flows run on Hardhat's chain as well as on anvil's."""
    if "stack" in metafunc.fixturenames:
        chains = ["anvil", "hardhat"] if PROFILE == "long" else ["anvil"]
        metafunc.parametrize("stack", chains, indirect=True, scope="session")


@pytest.fixture(scope="session")
def stack(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("node"), request.param) as stack:
        yield stack


@pytest.fixture
def context(chromium: Browser, stack: Stack) -> Iterator[BrowserContext]:
    """A person's browser. Whatever goes to another host, or is written to the console, fails the test."""
    context = chromium.new_context(base_url=stack.url, accept_downloads=True)
    context.set_default_timeout(SLOW)
    foreign: list[str] = []
    errors: list[str] = []

    def on_request(request: Request) -> None:
        if not request.url.startswith((stack.url, "blob:", "data:")):
            foreign.append(request.url)

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            errors.append(f"{message.text} {message.location}")

    context.on("request", on_request)
    context.on("console", on_console)
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield context
    context.close()
    assert foreign == []
    assert [e for e in errors if not _expected(e)] == []


def _expected(error: str) -> bool:
    """A browser writes each refusal of the API, and each picture that nobody has, to the console."""
    return "Failed to load resource" in error and ("/api/laurel/v1/" in error or "/ipfs/" in error)


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


_wallets = itertools.count(1)


@pytest.fixture
def wallet(context: BrowserContext, stack: Stack) -> Wallet:
    """A wallet in the person's browser."""
    wallet = Wallet(stack.chain.anvil, sha256(b"wallet %d" % next(_wallets)))
    wallet.install(context)
    return wallet


@pytest.fixture
def handle(request: pytest.FixtureRequest) -> str:
    """A handle that no other test uses."""
    return "p" + sha256(request.node.nodeid.encode()).hex()[:10]
