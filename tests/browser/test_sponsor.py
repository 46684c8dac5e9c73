"""Who is let in, what a server still pays for, and paying for oneself, as people see it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from sqlalchemy import Engine

from backend.relay.sponsor import invitations
from indexer.mirror.database import connect
from indexer.protocol.actions import sha256
from tests.browser import people
from tests.browser.conftest import SLOW
from tests.browser.stack import Stack, another_site
from tests.browser.wallet import Wallet

COIN = 10**18


@pytest.fixture
def engine(stack: Stack) -> Iterator[Engine]:
    engine = connect(f"sqlite:///{stack.home / 'laurel.db'}")
    yield engine
    engine.dispose()


@contextmanager
def visiting(chromium: Browser, site: Stack) -> Iterator[BrowserContext]:
    context = chromium.new_context(base_url=site.url, accept_downloads=True)
    context.set_default_timeout(SLOW)
    try:
        yield context
    finally:
        context.close()


@pytest.fixture
def poor(stack: Stack) -> Iterator[Stack]:
    """A site that pays for three actions a day, and lets in who was invited."""
    with another_site(stack, LAUREL_JOIN="invitation", LAUREL_QUOTA="3+0/1 LRL") as poor:
        yield poor


@pytest.fixture
def visitor(chromium: Browser, poor: Stack) -> Iterator[BrowserContext]:
    with visiting(chromium, poor) as context:
        yield context


def warning(page: Page) -> Locator:
    return page.locator("[data-quota]")


def enter(page: Page, code: str, handle: str) -> None:
    page.goto(f"/join?invitation={code}")
    expect(page.get_by_text("You are invited")).to_be_visible()
    page.get_by_label("Handle").fill(handle)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("With a wallet")).to_be_visible()


def test_invited_used_up_told_and_paid_by_wallet(
    poor: Stack, engine: Engine, visitor: BrowserContext, handle: str
) -> None:
    wallet = Wallet(poor.chain.anvil, sha256(b"wallet of the invited"))
    wallet.install(visitor)
    poor.chain.anvil.rpc("hardhat_setBalance", wallet.address, hex(COIN))
    author = poor.author(f"o{handle}")
    theirs = poor.write(author, "Theirs", "Words to vote on")
    page = visitor.new_page()
    page.goto("/join")
    expect(
        page.get_by_text("This server makes accounts for those who were invited.")
    ).to_be_visible()
    code = invitations.invite(engine, uses=1, days=1)
    page.get_by_label("Invitation").fill(code)  # by hand, without a link
    page.get_by_role("button", name="Go on").click()
    enter(page, code, handle)
    people.use_wallet(page)
    people.signed_in_as(page, handle)
    page.goto(f"/join?invitation={code}")
    expect(page.get_by_text("This invitation is used up")).to_be_visible()

    # Three votes' worth of gas: two posts and a vote, and less than a post's is left.
    for number in range(2):
        people.write(page, f"Number {number}", "Words")
        people.publish(page)
    poor.until_staked(handle)
    poor.forward(1)  # new stake has no mana
    page.goto(f"/post/{theirs}")
    expect(warning(page)).to_be_hidden()
    people.vote(page, 20)
    expect(page.locator(".vote-bar")).to_contain_text("Your vote of 20 % counts.")
    expect(warning(page)).to_contain_text("There is room for a vote again in")  # without a reload
    page.goto(f"/@{handle}/wallet")
    expect(warning(page)).to_be_visible()
    card = page.locator("section", has=page.get_by_role("heading", name="Gas that this server"))
    expect(card.locator(".figure")).to_have_text(re.compile(r"^1\d %$"))
    people.write(page, "The third", "Paid by its author")
    page.get_by_role("button", name="Publish").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("used up for now. There is room for this in")
    dialog.press("Escape")
    expect(page.get_by_text("Nothing was done.")).to_be_visible()
    assert [method for method, _ in wallet.prompts] == ["eth_signTypedData_v4"]

    page.get_by_role("button", name="Publish").click()
    people.use_wallet(page)
    page.wait_for_url("**/post/*")
    expect(page.get_by_role("heading", name="The third")).to_be_visible()
    method, sent = wallet.prompts[-1]
    assert (method, sent["to"]) == ("eth_sendTransaction", poor.chain.deployment.core)
    post = poor.api("GET", "posts/" + page.url.rsplit("/", 1)[1])
    receipt = poor.chain.w3.eth.get_transaction(post["tx"])
    assert receipt["from"] == wallet.address

    page.goto(f"/post/{theirs}")
    people.vote(page, 50)
    people.use_wallet(page)
    expect(page.locator(".vote-bar")).to_contain_text("Your vote of 50 % counts.")
    assert poor.api("GET", f"posts/{theirs}")["votes"] == 1


def test_paying_for_oneself_at_any_time(
    stack: Stack, page: Page, wallet: Wallet, handle: str
) -> None:
    people.choose_handle(page, handle)
    people.use_wallet(page)
    people.signed_in_as(page, handle)
    stack.chain.anvil.rpc("hardhat_setBalance", wallet.address, hex(COIN))
    page.goto(f"/@{handle}/wallet")
    page.get_by_label("Send all that I do with my wallet").check()
    people.write(page, "With my own coin", "Words")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("dialog")).to_contain_text("You chose to pay the gas yourself.")
    people.use_wallet(page)
    page.wait_for_url("**/post/*")
    assert wallet.prompts[-1][0] == "eth_sendTransaction"
    assert stack.api("GET", f"accounts/{handle}/quota")["quota"]["low"] is False
    page.goto(f"/@{handle}/wallet")
    page.get_by_label("Send all that I do with my wallet").uncheck()
    people.write(page, "With the server's", "Words")
    people.publish(page)
    assert [method for method, _ in wallet.prompts].count("eth_sendTransaction") == 1


def test_what_the_chain_refuses_is_said(
    stack: Stack, page: Page, wallet: Wallet, handle: str
) -> None:
    """The relay skips it and succeeds: the wallet has sent something, but nothing was done."""
    author = stack.author(f"o{handle}")
    post = stack.write(author, "Theirs", "Words")
    people.choose_handle(page, handle)
    people.use_wallet(page)
    people.signed_in_as(page, handle)
    stack.chain.anvil.rpc("hardhat_setBalance", wallet.address, hex(COIN))
    page.evaluate("localStorage.setItem('laurel-own-gas', 'wallet')")
    stack.until_staked(handle)
    page.goto(f"/post/{post}")
    people.vote(page, 100)  # new stake has no mana
    people.use_wallet(page)
    expect(page.locator(".vote-bar")).to_contain_text("The chain refused this.")
    assert stack.api("GET", f"posts/{post}")["votes"] == 0


def test_working_for_an_account(
    stack: Stack, chromium: Browser, tmp_path: Path, handle: str
) -> None:
    with (
        another_site(stack, LAUREL_JOIN="work", LAUREL_WORK_BITS="9") as site,
        visiting(chromium, site) as context,
    ):
        page = context.new_page()
        people.choose_handle(page, handle)
        expect(page.get_by_role("progressbar")).to_be_visible()
        path = people.save_recovery_file(page, tmp_path)
        page.get_by_label("Pick the file").set_input_files(path)
        page.get_by_role("button", name="Check the file").click()
        people.signed_in_as(page, handle)
