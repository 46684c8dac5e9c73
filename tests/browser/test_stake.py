"""Power that leaves, that is lent and taken back, and money sent to another account: each asked of the owner."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser import people
from tests.browser.stack import LRL, Stack
from tests.browser.wallet import Wallet

VESTS = 10**9  # micro-vests of 1 LRL


def _card(page: Page, heading: str) -> Locator:
    return page.locator("section", has=page.get_by_role("heading", name=heading, exact=True))


def _figure(page: Page, heading: str) -> Locator:
    return _card(page, heading).locator(".figure").first


def test_powering_down_part_by_part_and_stopping(
    stack: Stack, page: Page, wallet: Wallet, handle: str
) -> None:
    people.owned(stack, wallet, handle, power=130)
    people.sign_in(page, handle)
    wallet.prompts.clear()
    people.order(page, handle, "Power down", {"Amount": "130"})
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"Take 130 LRL out of @{handle}'s power.")
    expect(dialog).to_contain_text("in 13 parts, one every 7 days")
    people.use_wallet(page)
    expect(_figure(page, "Power")).to_have_text(re.compile(r"^\s*0 LRL"))
    ((_, typed),) = wallet.prompts
    assert (typed["primaryType"], typed["message"]["vests"]) == ("PowerDown", str(130 * VESTS))

    page.get_by_text("Powering down 130 LRL").click()
    parts = page.locator(".plan li")
    expect(parts).to_have_count(13)
    expect(parts.first).to_have_text(re.compile(r"in [67] days\s+10 LRL"))
    stack.forward(7)
    stack.until(f"accounts/{handle}", leaving=str(120 * VESTS), balance=str(10 * LRL))
    page.reload()
    expect(_figure(page, "Balance")).to_have_text(re.compile(r"^\s*10 LRL"))
    expect(page.get_by_role("cell", name="Power down")).to_be_visible()

    page.get_by_text("Powering down 120 LRL").click()
    page.get_by_role("button", name="Stop").click()
    expect(dialog).to_contain_text(f"Stop the power down of @{handle}.")
    people.use_wallet(page)
    expect(_figure(page, "Power")).to_have_text(re.compile(r"^\s*120 LRL"))
    expect(page.get_by_text("Powering down")).to_have_count(0)


def test_delegating_and_taking_back(stack: Stack, page: Page, wallet: Wallet, handle: str) -> None:
    people.owned(stack, wallet, handle, power=100)
    other = f"o{handle}"
    stack.author(other, lrl=10)
    stack.forward(5)  # stake without mana cannot be lent
    people.sign_in(page, handle)
    people.order(page, handle, "Delegate", {"To": other, "Amount": "40"})
    expect(page.get_by_role("dialog")).to_contain_text(
        f"Let @{other} vote with 40 LRL of @{handle}'s power"
    )
    people.use_wallet(page)
    lent = _card(page, "Lent to others")
    expect(lent.get_by_role("listitem")).to_contain_text(f"@{other} 40 LRL")
    expect(_card(page, "Power")).to_contain_text("100 own − 40 lent.")
    assert stack.api("GET", f"accounts/{other}")["received"] == str(40 * VESTS)
    page.goto(f"/@{other}/wallet")
    expect(_card(page, "Power")).to_contain_text("10 own + 40 lent to it.")
    expect(_card(page, "Lent by others")).to_contain_text(f"@{handle}")

    page.goto(f"/@{handle}/wallet")
    page.get_by_role("button", name=f"Take back from @{other}").click()
    people.use_wallet(page)
    expect(lent).to_have_count(0)
    expect(_card(page, "Power")).to_contain_text("100 own − 40 on its way back.")
    back = re.compile("40 LRL that were lent vote here again in [45] days")
    expect(_card(page, "Power")).to_contain_text(back)
    stack.forward(5)
    stack.until(f"accounts/{handle}", returning="0", effective=str(100 * VESTS))
    page.reload()
    expect(_figure(page, "Power")).to_have_text(re.compile(r"^\s*100 LRL"))


def test_sending_to_an_account(stack: Stack, page: Page, wallet: Wallet, handle: str) -> None:
    people.owned(stack, wallet, handle, lrl=10)
    other = f"o{handle}"
    stack.author(other)
    people.sign_in(page, handle)
    people.order(page, handle, "Send", {"Amount": "2.5", "To": "nobody-at-all"})
    expect(page.get_by_text("There is no account called @nobody-at-all.")).to_be_visible()
    people.order(page, handle, "Send", {"Amount": "2.5", "To": f"@{other}"})
    expect(page.get_by_role("dialog")).to_contain_text(f"Send 2.5 LRL from @{handle} to @{other}.")
    people.use_wallet(page)
    expect(_figure(page, "Balance")).to_have_text(re.compile(r"^\s*7.5 LRL"))
    expect(page.get_by_role("cell", name=f"Sent to @{other}")).to_be_visible()
    assert stack.api("GET", f"accounts/{other}")["balance"] == str(25 * LRL // 10)
    people.order(page, handle, "Send", {"Amount": "100", "To": other})
    people.use_wallet(page)
    expect(page.get_by_text("The balance is too small for this.")).to_be_visible()
