"""Posts with options; posts that change; posts that their authors take back."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser import people
from tests.browser.stack import LRL, Stack

NO_CAP = 2**96 - 1


def _options(stack: Stack, post: str) -> tuple[int, int, bool, bool, list[tuple[int, int]]]:
    found: tuple[int, int, bool, bool, list[tuple[int, int]]] = (
        stack.chain.core.functions.optionsOf(bytes.fromhex(post)).call()
    )
    return found


def test_options_are_signed_shown_and_kept_in_the_draft(
    stack: Stack, page: Page, handle: str, tmp_path: Path
) -> None:
    first, second = (stack.author(name, lrl=1) for name in (f"b{handle}", f"a{handle}"))
    people.join(page, handle, tmp_path)
    people.write(page, "Plain", "Nothing special")
    plain = people.publish(page)
    assert _options(stack, plain) == (NO_CAP, 5000, True, True, [])

    people.write(page, "Shared", "With two others")
    options = page.locator("details", has_text="Payout options")
    expect(page.get_by_label("Allow votes")).to_be_hidden()
    options.locator("summary").click()
    page.get_by_label("The most that it may earn").fill("12.5")
    page.get_by_label("How much you are paid liquid").fill("12.5")
    page.get_by_label("Voters earn their half").uncheck()
    shares = page.get_by_label("Who shares your part")
    shares.fill(f"@{second.handle} 7.25\nnobody-at-all 3 %")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("There is no account called @nobody-at-all.")).to_be_visible()
    page.reload()
    expect(options).to_have_attribute("open", "")
    expect(page.get_by_label("Voters earn their half")).not_to_be_checked()
    expect(page.get_by_label("Allow votes")).to_be_checked()
    shares.fill(f"@{second.handle} 7.25\n\n{first.handle} 30 %")
    post = people.publish(page)
    both = [(first.account, 3000), (second.account, 725)]  # by rising account
    assert _options(stack, post) == (125 * LRL // 10, 1250, True, False, both)
    bar = page.locator(".vote-bar")
    for term in (
        "Earns 12.5 LRL at most",
        "Author is paid 12.5 % liquid",
        "Voters earn nothing",
        f"30 % of the author’s part to @{first.handle}",
        f"7.25 % of the author’s part to @{second.handle}",
    ):
        expect(bar).to_contain_text(term)


def test_declining_payout_and_votes(stack: Stack, page: Page, handle: str, tmp_path: Path) -> None:
    people.join(page, handle, tmp_path)
    people.write(page, "Only a note", "For nobody's reward")
    page.locator("summary", has_text="Payout options").click()
    page.get_by_label("The most that it may earn").fill("0")
    page.get_by_label("Allow votes").uncheck()
    post = people.publish(page)
    assert _options(stack, post) == (0, 5000, False, True, [])
    bar = page.locator(".vote-bar")
    expect(bar).to_contain_text("Payout declined")
    expect(bar).to_contain_text("Its author wants no votes on it.")
    expect(bar.get_by_role("button")).to_have_count(0)


def test_editing_a_post_and_a_reply_and_removing(
    stack: Stack, page: Page, handle: str, tmp_path: Path
) -> None:
    people.join(page, handle, tmp_path)
    people.write(page, "A slpi", "With a slpi in it")
    page.get_by_label(re.compile("^Tags")).fill("slips")
    post = people.publish(page)
    before = stack.api("GET", f"posts/{post}")
    page.get_by_role("link", name="Edit").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Edit your post")
    expect(page.get_by_label("Title")).to_have_value("A slpi")
    expect(page.get_by_label(re.compile("^Tags"))).to_have_value("slips")
    page.get_by_label("Title").fill("A slip")
    page.get_by_label(re.compile("^Text")).fill("Without a slip in it")
    page.get_by_role("button", name="Save the changes").click()
    page.wait_for_url(f"**/post/{post}")
    expect(page.get_by_role("heading", level=1)).to_have_text("A slip")
    expect(page.locator("article.post .byline")).to_contain_text("edited")
    expect(page.get_by_text("Without a slip in it")).to_be_visible()
    after = stack.api("GET", f"posts/{post}")
    assert (after["digest"], after["tags"]) == (before["digest"], ["slips"])
    assert after["current"] != before["current"] == before["digest"]
    documents = [stack.http.get(f"/ipfs/{p['cid']}").json() for p in (before, after)]
    assert documents[0]["published"] == documents[1]["published"]

    theirs = stack.write(stack.author(f"o{handle}", lrl=1), "Theirs", "Words")
    page.goto(f"/post/{theirs}")
    page.get_by_label("Your reply").first.fill("I agre")
    page.get_by_role("button", name="Reply").first.click()
    comment = page.locator("article.comment")
    expect(comment).to_contain_text("I agre")
    comment.get_by_role("link", name="Edit").click()
    page.get_by_label(re.compile("^Text")).fill("I agree")
    page.get_by_role("button", name="Save the changes").click()
    expect(page.locator("article.post")).to_contain_text("I agree")

    page.goto(f"/post/{post}")
    page.locator("laurel-own summary", has_text="Remove").click()
    page.get_by_role("button", name="Remove it for ever").click()
    page.wait_for_url(f"**/@{handle}")
    expect(page.get_by_text("Nothing here yet")).to_be_visible()
    answer = stack.http.get(f"/post/{post}")
    assert (answer.status_code, "Its author removed this." in answer.text) == (410, True)
    assert stack.http.get(f"/api/laurel/v1/posts/{post}").json()["code"] == "post_removed"
