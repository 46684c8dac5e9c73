"""An account whose owner key is lost, or stolen, and the friend who helps: two people, two browsers."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from indexer.protocol.actions import sha256
from tests.browser import people
from tests.browser.stack import Stack
from tests.browser.wallet import Wallet


@pytest.fixture
def friend(context: BrowserContext, stack: Stack, handle: str) -> Iterator[tuple[Page, Wallet]]:
    """The friend's browser, with a wallet of their own."""
    assert context.browser is not None
    theirs = context.browser.new_context(base_url=stack.url)
    wallet = Wallet(stack.chain.anvil, sha256(b"friend of " + handle.encode()))
    wallet.install(theirs)
    yield theirs.new_page(), wallet
    theirs.close()


def _code(page: Page, handle: str, folder: Path, stolen: bool) -> tuple[str, Path]:
    """What the one who lost the account does: the code, and the new owner key's file."""
    page.goto("/recover")
    form = page.locator("[data-step=handle]")
    form.get_by_label("Handle of the account").fill(handle)
    form.get_by_label(re.compile("Somebody else has" if stolen else "I lost")).check()
    form.get_by_role("button", name="Go on").click()
    expect(page.get_by_text(f"may recover @{handle}.")).to_be_visible()
    file = people.save_recovery_file(page, folder)
    page.get_by_label("Pick the file").set_input_files(file)
    page.get_by_role("button", name="Check the file and make the code").click()
    if stolen:
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text(f"Show that an owner key of @{handle} is, or was, yours.")
        dialog.get_by_role("button", name="Use Test Wallet").click()
    made = page.get_by_label("Code", exact=True)
    expect(made).to_have_value(re.compile("recovery code"))
    return made.input_value(), file


def _enter(page: Page, code: str) -> None:
    page.goto("/recover")
    page.get_by_label("The code that they gave you").fill(code)
    page.get_by_role("button", name="Sign and send it").click()


def _help(page: Page, code: str, says: str) -> None:
    """What the friend does with the code."""
    _enter(page, code)
    expect(page.get_by_role("dialog")).to_contain_text(says)
    people.use_wallet(page)


def test_a_lost_key_refused_and_then_recovered(
    stack: Stack,
    page: Page,
    wallet: Wallet,
    friend: tuple[Page, Wallet],
    handle: str,
    tmp_path: Path,
) -> None:
    helper, helping = friend
    guardian = people.owned(stack, helping, f"g{handle}")
    people.owned(stack, wallet, handle, recovery=guardian.account)
    code, _ = _code(page, handle, tmp_path, stolen=False)
    assert wallet.prompts == []
    _help(helper, code, f"the owner key of @{handle} in 3 days, unless its owner objects.")
    expect(helper.get_by_text(f"Asked. @{handle} has its new owner key in 3 days")).to_be_visible()

    people.sign_in(page, handle)
    page.goto("/new")
    alarm = page.get_by_role("alert")
    expect(alarm).to_contain_text("Somebody asked for a new owner key for your account.")
    alarm.get_by_role("link", name="refuse it").click()
    expect(page.locator(".alarm")).to_contain_text(f"@g{handle} asked to make")
    page.get_by_role("button", name="Refuse the new owner key").click()
    people.use_wallet(page)
    expect(page.locator(".alarm")).to_have_count(0)
    assert stack.api("GET", f"accounts/{handle}")["recoveryRequest"] is None
    _help(helper, code, "Every other key of that account is void then.")
    expect(helper.get_by_text("This is on the chain already.")).to_be_visible()

    code, file = _code(page, handle, tmp_path, stolen=False)
    _help(helper, code, f"the owner key of @{handle} in 3 days")
    expect(helper.get_by_text("Asked.")).to_be_visible()
    stack.forward(3)
    stack.until(f"accounts/{handle}", recoveryRequest=None)
    page.goto("/signin")
    people.use_wallet(page)
    expect(page.get_by_text("is not a key of any account here, or it was revoked")).to_be_visible()
    page.get_by_label("Recovery file").set_input_files(file)
    page.get_by_label("Its passphrase").fill(people.PASSPHRASE)
    page.get_by_role("button", name="Use the recovery file").click()
    people.signed_in_as(page, handle)
    page.goto("/keys")
    void = page.locator("[data-key]", has_text="Void since the account was recovered")
    expect(void.get_by_role("heading")).to_have_text("Owner key")
    people.write(page, "Back again", "Words")
    people.publish(page)


def test_a_stolen_key_is_restored_at_once(
    stack: Stack,
    page: Page,
    wallet: Wallet,
    friend: tuple[Page, Wallet],
    handle: str,
    tmp_path: Path,
) -> None:
    helper, helping = friend
    guardian = people.owned(stack, helping, f"g{handle}")
    people.owned(stack, wallet, handle, recovery=guardian.account)
    code, file = _code(page, handle, tmp_path, stolen=True)
    _enter(helper, code.replace(f'"{handle}"', f'"g{handle}"'))
    expect(helper.get_by_text("This code is for another account than it says.")).to_be_visible()
    _enter(helper, code[:-9])
    expect(helper.get_by_text("This is no recovery code.")).to_be_visible()
    _help(helper, code, f"the owner key of @{handle}, at once.")
    expect(helper.get_by_text(f"Done. @{handle} has its new owner key")).to_be_visible()
    keys = stack.api("GET", f"accounts/{handle}/keys")["keys"]
    assert {key["address"]: key["state"] for key in keys}[wallet.address] == "void"
    page.goto("/signin")
    page.get_by_label("Recovery file").set_input_files(file)
    page.get_by_label("Its passphrase").fill(people.PASSPHRASE)
    page.get_by_role("button", name="Use the recovery file").click()
    people.signed_in_as(page, handle)


def test_naming_a_recovery_account(stack: Stack, page: Page, wallet: Wallet, handle: str) -> None:
    people.owned(stack, wallet, handle)
    friend = stack.author(f"g{handle}", lrl=1)
    page.goto("/recover")
    page.get_by_label("Handle of the account").fill(handle)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("has named no recovery account: nobody can help.")).to_be_visible()
    people.sign_in(page, handle)
    page.goto("/keys")
    page.locator("summary", has_text="Change it").click()
    page.get_by_label("Handle").fill(friend.handle)
    page.get_by_role("button", name="Name the recovery account").click()
    expect(page.get_by_role("dialog")).to_contain_text(
        f"In 30 days let @{friend.handle} recover @{handle}"
    )
    people.use_wallet(page)
    expect(page.get_by_text(f"UTC on it is @{friend.handle}")).to_be_visible()
    stack.forward(30)
    account = stack.api("GET", f"accounts/{handle}")
    assert account["recovery"] == {"account": friend.account, "handle": friend.handle}
    assert account["recoveryChange"] is None
