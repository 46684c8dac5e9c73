"""What a person does in the pages, by what they see: labels, buttons, words."""

import re
from pathlib import Path

from playwright.sync_api import Page, TimeoutError, expect

from tests.actors import Actor, Key
from tests.browser.stack import LRL, Stack
from tests.browser.wallet import Wallet

PASSPHRASE = "seven green laurels at noon"


def choose_handle(page: Page, handle: str) -> None:
    page.goto("/join")
    page.get_by_label("Handle").fill(handle)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("With a wallet")).to_be_visible()


def save_recovery_file(page: Page, folder: Path, passphrase: str = PASSPHRASE) -> Path:
    page.get_by_label(re.compile("^Passphrase")).fill(passphrase)
    page.get_by_label("The passphrase again").fill(passphrase)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the recovery file").click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def join(page: Page, handle: str, folder: Path) -> Path:
    """Makes an account without a wallet; the recovery file."""
    choose_handle(page, handle)
    path = save_recovery_file(page, folder)
    page.get_by_label("Pick the file").set_input_files(path)
    page.get_by_role("button", name="Check the file").click()
    signed_in_as(page, handle)
    return path


def signed_in_as(page: Page, handle: str) -> None:
    expect(page.locator("laurel-session summary")).to_contain_text(handle)


def sign_out(page: Page, button: str = "Sign out") -> None:
    page.locator("laurel-session summary").click()
    page.locator("laurel-session").get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("link", name="Sign in", exact=True)).to_be_visible()


def write(page: Page, title: str, body: str) -> None:
    page.goto("/write")
    page.get_by_label("Title").fill(title)
    page.get_by_label(re.compile("^Text")).fill(body)


def publish(page: Page) -> str:
    """The new post's id, 64 hex digits."""
    page.get_by_role("button", name="Publish").click()
    try:
        page.wait_for_url("**/post/*")
    except TimeoutError:
        raise AssertionError(page.locator("form#editor > [role=status]").text_content()) from None
    return page.url.rsplit("/", 1)[1]


def vote(page: Page, strength: int, button: str = "Vote") -> None:
    """On the page's post."""
    bar = page.locator(".vote-bar laurel-vote")
    bar.get_by_label("Strength").fill(str(strength))
    bar.get_by_role("button", name=button, exact=True).click()


def owned(
    stack: Stack, wallet: Wallet, handle: str, lrl: int = 0, power: int = 0, recovery: int = 0
) -> Actor:
    """An account that the wallet owns already, with `lrl` in its balance and in its power."""
    actor = Actor(stack.chain.deployment, stack.chain.anvil, handle, Key(wallet.private_key))
    stack.relay(actor.register(recovery=recovery))
    chain = stack.chain
    actor.account = chain.core.functions.accountCount().call()
    if lrl + power:
        amount = (lrl + power) * LRL
        chain.send(chain.token.functions.approve(chain.core.address, amount))
        stack.until_shown(chain.send(chain.core.functions.deposit(actor.account, amount)))
    if power:
        stack.relay(actor.power_up(actor.account, power * LRL))
    return actor


def use_wallet(page: Page) -> None:
    page.get_by_role("button", name="Use Test Wallet").click()


def sign_in(page: Page, handle: str) -> None:
    """With the wallet, and without a posting key."""
    page.goto("/signin")
    use_wallet(page)
    page.get_by_role("button", name="Not now").click()
    signed_in_as(page, handle)


def order(page: Page, handle: str, what: str, fields: dict[str, str]) -> None:
    """Fills in and sends one of the wallet's forms."""
    page.goto(f"/@{handle}/wallet")
    page.locator("summary", has_text=what).click()
    form = page.locator("laurel-wallet form", has=page.get_by_role("button", name=what))
    for label, value in fields.items():
        form.get_by_label(label).fill(value)
    form.get_by_role("button", name=what).click()
