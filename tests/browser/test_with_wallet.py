"""With a wallet: what it is asked, what it shows, and what happens when it says no."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from indexer.protocol.kinds import KINDS
from tests.browser import people
from tests.browser.stack import LRL, Stack
from tests.browser.wallet import Wallet

MONTH = 30 * 86_400


def _methods(wallet: Wallet) -> list[str]:
    return [method for method, _ in wallet.prompts]


def test_one_signature_makes_the_account_and_then_none(
    stack: Stack, page: Page, wallet: Wallet, handle: str
) -> None:
    author = stack.author(f"o{handle}")
    theirs = stack.write(author, "Theirs", "Words")
    people.choose_handle(page, handle)
    people.use_wallet(page)
    people.signed_in_as(page, handle)

    ((method, typed),) = wallet.prompts
    assert method == "eth_signTypedData_v4"
    deployment = stack.chain.deployment
    assert typed["domain"] == {
        "name": "Laurel",
        "version": "1",
        "chainId": deployment.chain_id,
        "verifyingContract": deployment.core,
    }
    assert typed["primaryType"] == "Register"
    assert [field["name"] for field in typed["types"]["Register"]] == [
        name for name, _ in KINDS["Register"].fields
    ]
    keys = stack.api("GET", f"accounts/{handle}/keys")["keys"]
    by_role = {key["role"]: key for key in keys}
    shown = typed["message"]
    assert (shown["handle"], shown["ownerKey"]) == (handle, wallet.address)
    assert shown["postingKey"] == by_role["posting"]["address"].lower()
    assert by_role["owner"]["address"] == wallet.address
    assert int(shown["postingExpiry"]) == by_role["posting"]["expiry"]
    assert abs(int(shown["postingExpiry"]) - stack.chain.anvil.now() - MONTH) < 600

    people.write(page, "Signed once", "No more prompts")
    people.publish(page)
    stack.until_staked(handle)
    stack.forward(1)  # new stake has no mana
    page.goto(f"/post/{theirs}")
    people.vote(page, 100)
    expect(page.locator(".vote-bar")).to_contain_text("Your vote of 100 % counts.")
    people.sign_out(page)
    page.goto("/signin")
    page.get_by_role("button", name=f"Sign in as @{handle}").click()
    people.signed_in_as(page, handle)
    assert len(wallet.prompts) == 1


def test_signing_in_elsewhere(stack: Stack, page: Page, wallet: Wallet, handle: str) -> None:
    people.owned(stack, wallet, handle)
    page.goto("/signin")
    people.use_wallet(page)
    expect(page.get_by_role("heading", name="without being asked")).to_be_visible()
    ((method, text),) = wallet.prompts
    assert method == "personal_sign"
    host = stack.url.removeprefix("http://")
    assert text.startswith(f"{host} wants you to sign in with your Ethereum account:\n")
    assert text.split("\n")[1] == wallet.address
    assert f"URI: {stack.url}\n" in text
    assert f"Chain ID: {stack.chain.deployment.chain_id}\n" in text

    page.get_by_role("button", name="Make a posting key").click()
    people.signed_in_as(page, handle)
    assert _methods(wallet) == ["personal_sign", "eth_signTypedData_v4"]
    typed = wallet.prompts[1][1]
    assert (typed["primaryType"], typed["message"]["role"]) == ("AddKey", 1)
    people.write(page, "With the new key", "Words")
    people.publish(page)
    assert len(wallet.prompts) == 2


def test_signing_in_without_a_posting_key(
    stack: Stack, page: Page, wallet: Wallet, handle: str
) -> None:
    people.owned(stack, wallet, handle)
    people.sign_in(page, handle)
    people.write(page, "T", "Words")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("This browser has no posting key.")).to_be_visible()


@pytest.mark.parametrize(
    ("method", "sentence"),
    [
        ("eth_requestAccounts", "You refused in Test Wallet. Nothing was done."),
        ("eth_signTypedData_v4", "You refused in Test Wallet. Nothing was done."),
    ],
)
def test_refusing(
    stack: Stack, page: Page, wallet: Wallet, handle: str, method: str, sentence: str
) -> None:
    wallet.refuses = {method}
    people.choose_handle(page, handle)
    people.use_wallet(page)
    expect(page.get_by_text(sentence)).to_be_visible()
    assert stack.http.get(f"/api/laurel/v1/accounts/{handle}").status_code == 404
    wallet.refuses = set()
    people.use_wallet(page)
    people.signed_in_as(page, handle)


def test_a_wallet_that_is_not_connected(page: Page, wallet: Wallet, handle: str) -> None:
    wallet.connected = False
    people.choose_handle(page, handle)
    people.use_wallet(page)
    expect(page.get_by_text("Test Wallet does not let this site use that account")).to_be_visible()


def test_a_wallet_that_lacks_the_chain(
    stack: Stack, page: Page, wallet: Wallet, handle: str
) -> None:
    wallet.on_chain = wallet.knows_chain = False
    people.choose_handle(page, handle)
    people.use_wallet(page)
    people.signed_in_as(page, handle)
    assert _methods(wallet) == ["wallet_addEthereumChain", "eth_signTypedData_v4"]
    added = wallet.prompts[0][1]
    assert int(added["chainId"], 16) == stack.chain.deployment.chain_id
    assert added["rpcUrls"] == [stack.chain.anvil.url]


def test_a_wallet_on_another_chain(page: Page, wallet: Wallet, handle: str) -> None:
    wallet.on_chain = False
    people.choose_handle(page, handle)
    people.use_wallet(page)
    people.signed_in_as(page, handle)
    assert "wallet_switchEthereumChain" in wallet.calls
    assert _methods(wallet) == ["eth_signTypedData_v4"]


def test_a_wallet_without_an_account(page: Page, wallet: Wallet) -> None:
    page.goto("/signin")
    people.use_wallet(page)
    expect(page.get_by_text("is not a key of any account here")).to_be_visible()


def test_money_asks_the_wallet(stack: Stack, page: Page, wallet: Wallet, handle: str) -> None:
    actor = people.owned(stack, wallet, handle, lrl=100)
    people.sign_in(page, handle)
    wallet.prompts.clear()

    people.order(page, handle, "Power up", {"Amount": "30.5"})
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"Turn 30.5 LRL of @{handle}'s balance into power.")
    assert wallet.prompts == []
    people.use_wallet(page)
    expect(page.locator(".figure", has_text="69.5")).to_be_visible()
    assert stack.api("GET", f"accounts/{handle}")["effective"] == str(30_500_000_000)
    ((method, typed),) = wallet.prompts
    assert (method, typed["primaryType"]) == ("eth_signTypedData_v4", "PowerUp")
    assert typed["message"]["amount"] == str(305 * LRL // 10)

    to = "0x" + "ab" * 20
    people.order(page, handle, "Withdraw", {"Amount": "9.5", "To the address": to})
    expect(dialog).to_contain_text(f"Send 9.5 LRL from @{handle} to the address {to}.")
    people.use_wallet(page)
    expect(page.locator(".figure", has_text=re.compile(r"^60 "))).to_be_visible()
    owner = stack.chain.w3.to_checksum_address(to)
    assert stack.chain.token.functions.balanceOf(owner).call() == 95 * LRL // 10
    assert wallet.prompts[1][1]["primaryType"] == "Withdraw"
    assert actor.account == int(typed["message"]["account"])


def test_leaving_the_summary_sends_nothing(
    stack: Stack, page: Page, wallet: Wallet, handle: str
) -> None:
    people.owned(stack, wallet, handle, lrl=5)
    people.sign_in(page, handle)
    wallet.prompts.clear()
    people.order(page, handle, "Power up", {"Amount": "5"})
    page.get_by_role("dialog").press("Escape")
    expect(page.get_by_text("Nothing was done.")).to_be_visible()
    assert wallet.prompts == []
    assert stack.api("GET", f"accounts/{handle}")["balance"] == str(5 * LRL)


def test_deposit_from_the_wallet(
    stack: Stack, context: BrowserContext, page: Page, wallet: Wallet, handle: str
) -> None:
    people.owned(stack, wallet, handle)
    chain = stack.chain
    chain.send(chain.token.functions.transfer(wallet.address, 7 * LRL))
    chain.anvil.rpc("hardhat_setBalance", wallet.address, hex(10**18))
    people.sign_in(page, handle)
    wallet.prompts.clear()
    people.order(page, handle, "Deposit", {"Amount": "7"})
    people.use_wallet(page)
    expect(page.locator(".figure", has_text=re.compile(r"^7 "))).to_be_visible()
    assert _methods(wallet) == ["eth_sendTransaction", "eth_sendTransaction"]
    assert stack.api("GET", f"accounts/{handle}")["balance"] == str(7 * LRL)
