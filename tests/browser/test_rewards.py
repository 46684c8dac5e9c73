"""After cashout: author and curator see what a post paid, claim it, and have it."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import people
from tests.browser.stack import LRL, Stack


def _figure(page: Page, heading: str) -> Locator:
    card = page.locator("section", has=page.get_by_role("heading", name=heading))
    return card.locator(".figure").first


def _number(text: str | None) -> float:
    found = re.search(r"[\d,]+(\.\d+)?", text or "")
    assert found
    return float(found[0].replace(",", ""))


def _claim(page: Page, handle: str) -> None:
    page.goto(f"/@{handle}/wallet")
    assert _number(_figure(page, "Rewards waiting").text_content()) > 0
    page.get_by_role("button", name="Claim now").click()
    expect(_figure(page, "Rewards waiting")).to_have_text(re.compile(r"^\s*0 LRL\s*$"))


def test_author_and_curator_are_paid(
    stack: Stack, chromium: Browser, page: Page, handle: str, tmp_path: Path
) -> None:
    curator = f"c{handle}"
    context = chromium.new_context(base_url=stack.url, accept_downloads=True)
    try:
        voter = context.new_page()
        people.join(voter, curator, tmp_path)
        stack.until_staked(curator)
        stack.forward(1)  # new stake has no mana
        people.join(page, handle, tmp_path)
        people.write(page, "It will pay", "Words worth something")
        post = people.publish(page)
        voter.goto(f"/post/{post}")
        people.vote(voter, 100)
        expect(voter.locator(".vote-bar")).to_contain_text("Your vote of 100 % counts.")
        stack.until_staked(handle)
        power = int(stack.api("GET", f"accounts/{handle}")["effective"])
        stack.forward(8)
        stack.until_closed()

        page.goto(f"/post/{post}")
        page.locator(".vote-bar summary").first.click()
        expect(page.get_by_text("Voting has ended and the amount is certain.")).to_be_visible()
        _claim(page, handle)
        payout = stack.api("GET", f"posts/{post}")["payout"]
        account = stack.api("GET", f"accounts/{handle}")
        assert payout["state"] == "paid"
        assert int(payout["liquid"]) > LRL // 100
        entries = stack.api("GET", f"accounts/{handle}/entries")["entries"]
        wei = {entry["kind"]: int(entry["wei"]) for entry in entries}
        assert wei["author"] == int(payout["liquid"])
        assert wei["stake-reward"] > 0  # of the faucet's stake, with the same click
        assert int(account["balance"]) == wei["author"] + wei["stake-reward"]
        assert int(account["effective"]) == power + int(payout["vests"])
        shown = _number(_figure(page, "Balance").text_content())
        assert shown == pytest.approx(int(account["balance"]) / LRL, abs=0.001)
        expect(page.get_by_role("cell", name="Author reward")).to_be_visible()

        before = int(stack.api("GET", f"accounts/{curator}")["effective"])
        _claim(voter, curator)
        expect(voter.get_by_role("cell", name="Voter reward")).to_be_visible()
        after = int(stack.api("GET", f"accounts/{curator}")["effective"])
        assert after - before == pytest.approx(int(payout["curation"]), abs=1)
        assert after > before
    finally:
        context.close()


def test_claiming_nothing_says_so(page: Page, handle: str, tmp_path: Path) -> None:
    people.join(page, handle, tmp_path)
    page.goto(f"/@{handle}/wallet")
    page.get_by_role("button", name="Claim now").click()
    expect(page.get_by_text(f"There is nothing to claim for @{handle} yet.")).to_be_visible()


def test_the_local_clock_can_be_moved_from_the_page(stack: Stack, page: Page) -> None:
    before = stack.chain.anvil.now()
    page.goto("/new")
    control = page.locator("laurel-forward")
    expect(control).to_contain_text("Local testnet")
    control.get_by_label("Move the clock on by").fill("1")
    control.get_by_role("button", name="Move the clock on").click()
    page.wait_for_function(
        "time => Number(document.querySelector('laurel-forward time').dataset.clock) >= time",
        arg=before + 86_400,
    )
    assert stack.chain.anvil.now() >= before + 86_400
