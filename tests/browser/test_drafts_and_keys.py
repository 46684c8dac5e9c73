"""Nothing typed is lost; keys are listed and revoked; everything goes by keyboard."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from indexer import rewards
from tests.browser import people
from tests.browser.stack import Stack


def test_a_draft_survives_a_reload(page: Page) -> None:
    page.goto("/write")
    page.get_by_label("Title").fill("Half a thought")
    page.get_by_label(re.compile("^Text")).fill("Not done yet")
    page.get_by_label(re.compile("^Tags")).fill("one two")
    page.get_by_label("Sensitive").check()
    page.reload()
    expect(page.get_by_label("Title")).to_have_value("Half a thought")
    expect(page.get_by_label(re.compile("^Text"))).to_have_value("Not done yet")
    expect(page.get_by_label(re.compile("^Tags"))).to_have_value("one two")
    expect(page.get_by_label("Sensitive")).to_be_checked()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Sign in first")).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value("Half a thought")


def test_a_failed_publish_keeps_the_draft_and_the_next_one_publishes_once(
    stack: Stack, page: Page, handle: str, tmp_path: Path
) -> None:
    people.join(page, handle, tmp_path)
    people.write(page, "Said once", "Words")

    def lose_the_answer(route: Route) -> None:
        route.fetch()  # the relay has it, but the browser never learns of it
        route.abort()

    page.route("**/api/laurel/v1/relay", lose_the_answer)
    page.get_by_role("button", name="Publish").click()
    expect(
        page.get_by_text("The site does not answer. Nothing is lost; try again.")
    ).to_be_visible()
    page.unroute("**/api/laurel/v1/relay")
    page.reload()
    expect(page.get_by_label("Title")).to_have_value("Said once")
    people.publish(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Said once")
    assert len(stack.api("GET", f"accounts/{handle}/posts")["posts"]) == 1
    page.goto("/write")
    expect(page.get_by_label("Title")).to_have_value("")


def test_a_document_that_is_refused_says_why(page: Page, handle: str, tmp_path: Path) -> None:
    people.join(page, handle, tmp_path)
    people.write(page, "T", "Words")
    page.get_by_label(re.compile("^Tags")).fill("no/slashes")
    page.get_by_role("button", name="Publish").click()
    status = page.locator("form#editor > [role=status]")
    expect(status).to_have_attribute("data-state", "error")
    expect(status).to_contain_text("tags")


def test_a_reply_is_a_draft_too(stack: Stack, page: Page, handle: str) -> None:
    post = stack.write(stack.author(f"o{handle}"), "T", "B")
    page.goto(f"/post/{post}")
    page.get_by_label("Your reply").first.fill("Half a rep")
    page.reload()
    expect(page.get_by_label("Your reply").first).to_have_value("Half a rep")


def test_voting_by_keyboard_alone_and_taking_it_back(
    stack: Stack, page: Page, handle: str, tmp_path: Path
) -> None:
    post = stack.write(stack.author(f"o{handle}"), "T", "B")
    people.join(page, handle, tmp_path)
    stack.until_staked(handle)
    stack.forward(1)
    page.goto(f"/post/{post}")
    bar = page.locator(".vote-bar")
    _tab_to(page, "[name=weight]")
    page.keyboard.press("Home")
    for _ in range(24):
        page.keyboard.press("ArrowRight")
    expect(bar.locator("[name=strength]")).to_have_text("25 %")
    expect(bar.locator("[name=cost]")).to_contain_text(re.compile(r"Costs 0\.5 % of your mana"))
    _tab_to(page, "button")
    page.keyboard.press("Enter")
    expect(bar.locator("p[role=status]")).to_have_text("Your vote of 25 % counts.")
    expect(bar.locator("[data-votes]")).to_have_text("1 vote")
    _tab_to(page, "[value=back]")
    page.keyboard.press("Enter")
    expect(bar.locator("p[role=status]")).to_have_text("Your vote is taken back.")
    expect(bar.locator("[data-votes]")).to_have_text("0 votes")


def _tab_to(page: Page, selector: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        inside = f".vote-bar laurel-vote {selector}"
        if page.evaluate("selector => document.activeElement.matches(selector)", inside):
            return
    raise AssertionError(f"{selector} is not reached by Tab")


def test_a_downvote_and_a_vote_beyond_the_mana(
    stack: Stack, page: Page, handle: str, tmp_path: Path
) -> None:
    post = stack.write(stack.author(f"o{handle}"), "T", "B")
    people.join(page, handle, tmp_path)
    stack.until_staked(handle)
    page.goto(f"/post/{post}")
    people.vote(page, 100)
    bar = page.locator(".vote-bar")
    expect(bar.locator("p[role=status]")).to_contain_text("Not enough voting mana.")
    expect(bar.locator("[name=cost]")).to_contain_text("Affordable in")
    expect(bar.locator("[data-votes]")).to_have_text("0 votes")
    stack.forward(1)
    page.reload()
    bar.get_by_label("Downvote").check()
    people.vote(page, 50)
    expect(bar.locator("p[role=status]")).to_have_text("Your vote of -50 % counts.")
    page.reload()
    expect(bar.get_by_label("Downvote")).to_be_checked()
    expect(bar.get_by_label("Strength")).to_have_value("50")
    assert int(stack.api("GET", f"posts/{post}")["netRshares"]) < 0


def test_signing_out_can_revoke_the_key(
    stack: Stack, page: Page, handle: str, tmp_path: Path
) -> None:
    people.join(page, handle, tmp_path)
    people.sign_out(page, "Sign out and revoke this browser’s key")
    keys = stack.api("GET", f"accounts/{handle}/keys")["keys"]
    assert {key["role"]: key["revoked"] for key in keys} == {"posting": True, "owner": False}
    page.goto("/signin")
    expect(page.get_by_role("heading", name="With a wallet or a recovery file")).to_be_visible()
    expect(page.get_by_role("button", name=f"Sign in as @{handle}")).to_have_count(0)


def test_keys_are_revoked_and_made_with_the_recovery_file(
    stack: Stack, page: Page, handle: str, tmp_path: Path
) -> None:
    file = people.join(page, handle, tmp_path)
    page.goto("/keys")
    mine = page.locator("[data-key]", has=page.locator("[data-here]:not([hidden])"))
    expect(mine.get_by_role("heading")).to_have_text("Posting key")
    page.get_by_role("button", name="Make a posting key for this browser").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"Let this browser post and vote as @{handle} for 30 days.")
    dialog.get_by_label("Recovery file").set_input_files(file)
    dialog.get_by_label("Its passphrase").fill(people.PASSPHRASE)
    dialog.get_by_role("button", name="Use the recovery file").click()
    expect(page.locator("[data-key]")).to_have_count(3)
    expect(mine).to_have_count(1)
    others = page.locator("[data-key]", has_text="Posting key").filter(
        has_not=page.locator("[data-here]:not([hidden])")
    )
    others.get_by_role("button", name="Revoke").click()
    expect(dialog).to_contain_text(f"of @{handle}, for ever.")
    dialog.get_by_label("Recovery file").set_input_files(file)
    dialog.get_by_label("Its passphrase").fill(people.PASSPHRASE)
    dialog.get_by_role("button", name="Use the recovery file").click()
    # The session was opened with the key that is revoked now.
    expect(page.get_by_role("link", name="Sign in", exact=True).first).to_be_visible()
    keys = stack.api("GET", f"accounts/{handle}/keys")["keys"]
    assert sorted(key["live"] for key in keys) == [False, True, True]
    page.goto("/signin")
    page.get_by_role("button", name=f"Sign in as @{handle}").click()
    people.signed_in_as(page, handle)
    people.write(page, "With the newer key", "Words")
    people.publish(page)


def test_a_posting_key_that_has_expired(
    stack: Stack, page: Page, handle: str, tmp_path: Path
) -> None:
    file = people.join(page, handle, tmp_path)
    stack.forward(31)
    page.goto("/signin")
    page.get_by_role("button", name=f"Sign in as @{handle}").click()
    expect(page.get_by_text("it was revoked or has expired")).to_be_visible()
    page.get_by_label("Recovery file").set_input_files(file)
    page.get_by_label("Its passphrase").fill(people.PASSPHRASE)
    page.get_by_role("button", name="Use the recovery file").click()
    people.signed_in_as(page, handle)
    people.write(page, "A month later", "Words")
    people.publish(page)


@pytest.mark.parametrize("against", [False, True])
@pytest.mark.parametrize("percent", [1, 37, 100])
def test_the_wait_that_the_slider_names_is_the_models(
    page: Page, percent: int, against: bool
) -> None:
    """After the wait the rules allow the vote; a minute's rounding before, they do not."""
    effective = 1000 * 10**9
    bps = percent * 100
    used = rewards.used_up(effective, bps)
    page.goto("/about")
    words = page.evaluate(
        """async ([bps, effective]) => {
          const main = document.querySelector('script[type=module]').src;
          const { cost } = await import(main.replace('main.js', 'vote.js'));
          return cost(bps, { effective, votingMana: '0', downvoteMana: '0' }, 86400, 0);
        }""",
        [-bps if against else bps, str(effective)],
    )
    found = re.search(r"Affordable in (\d+) (s|min|h)\.", words)
    assert found, words
    unit = {"s": 1, "min": 60, "h": 3600}[found[2]]

    def mana(seconds: int) -> int:
        voting = rewards.mana_down(0, effective, seconds, 86_400)
        quarter = effective // rewards.DOWNVOTE_DIVISOR
        return voting + (rewards.mana_down(0, quarter, seconds, 86_400) if against else 0)

    seconds = int(found[1]) * unit
    assert mana(seconds) >= used
    assert mana(seconds - unit - 2) < used
