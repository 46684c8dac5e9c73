"""A newcomer without a wallet: an account, a post with a picture, a vote, a reply, and no pop-up."""

import io
import json
import re
import time
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import people
from tests.browser.stack import Stack


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "laurel.png"
    Image.new("RGB", (64, 48), (40, 120, 60)).save(path)
    return path


def test_the_whole_way(
    stack: Stack, context: BrowserContext, page: Page, handle: str, tmp_path: Path, picture: Path
) -> None:
    popups: list[Page] = []
    dialogs: list[str] = []
    page.on("popup", lambda popup: popups.append(popup))
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    other = stack.author(f"o{handle}")
    theirs = stack.write(other, "A post by somebody else", "Worth a vote.")

    people.join(page, handle, tmp_path)

    people.write(page, "My first post", "It has **bold** words.\n\n")
    page.get_by_label(re.compile("^Picture")).set_input_files(picture)
    expect(page.get_by_label(re.compile("^Text"))).to_have_value(re.compile(r"!\[\]\(ipfs://baf"))
    page.keyboard.type("a green field")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("[data-preview] strong")).to_have_text("bold")
    expect(page.locator("[data-preview] img")).to_have_attribute("alt", "a green field")

    post = people.publish(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("My first post")
    feed = context.new_page()
    feed.goto("/new")
    expect(feed.get_by_role("link", name="My first post")).to_be_visible()
    image = page.locator("article.post img")
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") == 64

    document = stack.http.get(f"/ipfs/{stack.api('GET', f'posts/{post}')['cid']}").json()
    assert document["media"][0]["alt"] == "a green field"
    assert (document["type"], document["app"]) == ("post", "laurel")

    stack.until_staked(handle)
    stack.forward(1)  # new stake has no mana
    page.goto(f"/post/{theirs}")
    people.vote(page, 40)
    expect(page.locator(".vote-bar")).to_contain_text("Your vote of 40 % counts.")
    (vote,) = stack.api("GET", f"posts/{theirs}/votes")["votes"]
    assert (vote["handle"], vote["bps"]) == (handle, 4000)
    assert int(vote["rshares"]) > 0

    page.get_by_label("Your reply").first.fill("I agree with *you*.")
    page.get_by_role("button", name="Reply").first.click()
    comment = page.locator("article.comment", has_text="I agree with you.")
    expect(comment.locator("em")).to_have_text("you")
    assert popups == [] and dialogs == []


def test_what_is_published_is_in_new_within_two_seconds(
    stack: Stack, page: Page, handle: str, tmp_path: Path
) -> None:
    people.join(page, handle, tmp_path)
    quickest, number = float("inf"), 0
    while quickest >= 2 and number < 20:  # the machine may be busy with other tests
        number += 1
        title = f"Soon in new {handle} {number}"
        people.write(page, title, "Words")
        began = time.monotonic()
        page.get_by_role("button", name="Publish").click()
        while title not in stack.http.get("/new").text:
            assert time.monotonic() - began < 120
            page.wait_for_timeout(20)
        quickest = min(quickest, time.monotonic() - began)
        page.wait_for_url("**/post/*")
    assert quickest < 2


def test_the_recovery_file_must_be_shown_to_be_saved(
    stack: Stack, page: Page, handle: str, tmp_path: Path
) -> None:
    people.choose_handle(page, handle)
    path = people.save_recovery_file(page, tmp_path)
    other = tmp_path / "other.json"
    other.write_text(path.read_text().replace('"v": 1', '"v":  1'))
    page.get_by_label("Pick the file").set_input_files(other)
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_text("not the file that was just saved")).to_be_visible()
    assert stack.http.get(f"/api/laurel/v1/accounts/{handle}").status_code == 404

    file = json.loads(path.read_text())
    assert file["handle"] == handle
    assert people.PASSPHRASE not in path.read_text()
    page.get_by_label("Pick the file").set_input_files(path)
    page.get_by_role("button", name="Check the file").click()
    people.signed_in_as(page, handle)
    keys = stack.api("GET", f"accounts/{handle}/keys")["keys"]
    assert {key["role"]: key["address"].lower() for key in keys}["owner"] == file["address"]


def test_the_posting_key_cannot_leave_the_browser(page: Page, handle: str, tmp_path: Path) -> None:
    people.join(page, handle, tmp_path)
    keys = page.evaluate(
        """async () => {
          const done = (r) => new Promise((ok) => { r.onsuccess = () => ok(r.result); });
          const db = await done(indexedDB.open('laurel'));
          const keys = await done(db.transaction('keys').objectStore('keys').getAll());
          return Promise.all(keys.map(async (key) => [
            key.handle,
            key.privateKey.extractable,
            await crypto.subtle.exportKey('jwk', key.privateKey).then(() => 'out', (e) => e.name),
          ]));
        }"""
    )
    assert keys == [[handle, False, "InvalidAccessError"]]


@pytest.mark.parametrize(
    ("wish", "answer"),
    [
        ("Ann", "Use 3 to 16 letters"),
        ("a--b", "Use 3 to 16 letters"),
        ("9lives", "Use 3 to 16 letters"),
        ("faucet", "@faucet is taken."),
        ("free-as-a.bird", "@free-as-a.bird is free."),
    ],
)
def test_handles_are_checked_while_typing(page: Page, wish: str, answer: str) -> None:
    page.goto("/join")
    page.get_by_label("Handle").click()
    page.keyboard.type(wish)
    expect(page.locator("form[data-step=handle] [role=status]")).to_contain_text(answer)


def test_two_passphrases_that_differ(page: Page, handle: str) -> None:
    people.choose_handle(page, handle)
    page.get_by_label(re.compile("^Passphrase")).fill("one passphrase")
    page.get_by_label("The passphrase again").fill("another passphrase")
    page.get_by_role("button", name="Save the recovery file").click()
    expect(page.get_by_text("The two passphrases differ.")).to_be_visible()


def test_another_browser_by_recovery_file(
    stack: Stack, context: BrowserContext, page: Page, handle: str, tmp_path: Path
) -> None:
    path = people.join(page, handle, tmp_path)
    assert context.browser is not None
    elsewhere = context.browser.new_context(base_url=stack.url)
    try:
        other = elsewhere.new_page()
        other.goto("/signin?next=/write")
        other.get_by_label("Recovery file").set_input_files(path)
        other.get_by_label("Its passphrase").fill("not this one")
        other.get_by_role("button", name="Use the recovery file").click()
        expect(other.get_by_text("The passphrase does not open this file")).to_be_visible()
        other.get_by_label("Its passphrase").fill(people.PASSPHRASE)
        other.get_by_role("button", name="Use the recovery file").click()
        other.wait_for_url(re.compile(r"^[^?]*/write$"))
        people.write(other, "From elsewhere", "Hello")
        people.publish(other)
    finally:
        elsewhere.close()
    roles = [key["role"] for key in stack.api("GET", f"accounts/{handle}/keys")["keys"]]
    assert sorted(roles) == ["owner", "posting", "posting"]


def test_a_picture_that_is_none(stack: Stack, page: Page, handle: str, tmp_path: Path) -> None:
    people.join(page, handle, tmp_path)
    people.write(page, "T", "Body")
    fake = {"name": "x.png", "mimeType": "image/png", "buffer": b"<svg onload=alert(1)>"}
    page.get_by_label(re.compile("^Picture")).set_input_files(fake)
    expect(page.locator("laurel-editor form > [role=status]")).to_have_attribute(
        "data-state", "error"
    )
    expect(page.get_by_label(re.compile("^Text"))).to_have_value("Body")


def test_pasting_and_dropping_pictures(page: Page, handle: str, tmp_path: Path) -> None:
    people.join(page, handle, tmp_path)
    people.write(page, "T", "")
    data = io.BytesIO()
    Image.new("RGB", (8, 8), (1, 2, 3)).save(data, "PNG")
    for event, slot in (("paste", "clipboardData"), ("drop", "dataTransfer")):
        page.get_by_label(re.compile("^Text")).evaluate(
            """(area, [bytes, event, slot]) => {
              const files = new DataTransfer();
              files.items.add(new File([new Uint8Array(bytes)], 'x.png', { type: 'image/png' }));
              const type = event === 'paste' ? ClipboardEvent : DragEvent;
              area.dispatchEvent(new type(event, { [slot]: files, cancelable: true, bubbles: true }));
            }""",
            [list(data.getvalue()), event, slot],
        )
        expect(page.get_by_text("Uploaded.")).to_be_visible()
        page.get_by_label(re.compile("^Text")).press("End")
    body = page.get_by_label(re.compile("^Text")).input_value()
    assert len(re.findall(r"!\[\]\(ipfs://bafkrei[a-z2-7]{52}\)", body)) == 2
