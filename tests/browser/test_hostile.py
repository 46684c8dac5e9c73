"""Hostile words from anyone, on the real pages: nothing runs, nothing is asked of others."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from indexer.content.documents import canonical
from indexer.protocol.actions import Signed, sha256
from tests.actors import Actor
from tests.browser.stack import Stack

VECTORS = json.loads(
    (Path(__file__).parent.parent / "vectors" / "hostile-markdown.json").read_text()
)
# What a document can hold at all: the others are refused before they are anywhere.
BODIES = [
    vector
    for vector in VECTORS
    if len(vector["body"].encode("utf-8", "replace")) <= 64 * 1024
    and vector["body"].encode("utf-8", "replace").decode() == vector["body"]
    and "\0" not in vector["body"]
]
TITLES = [
    "<img src=x onerror=alert(1)>",
    "</title><script>alert(1)</script>",
    "\"><svg onload=alert(1)> ' `",
    "{{ 7*7 }} {% raw %} ${alert(1)} &lt;script&gt;",
    "javascript:alert(1)//\u202egnp.exe",
]


def _signed(stack: Stack, actor: Actor, document: dict[str, object], parent: bytes) -> Signed:
    data = canonical({"v": 1, "published": stack.chain.anvil.now()} | document)
    options = {"content": data, "headers": {"Content-Type": "application/json"}}
    stack.api("POST", "documents", **options)
    return actor.post(sha256(data), parent)


@pytest.fixture(scope="module")
def hostile(stack: Stack) -> tuple[str, str]:
    """An author of hostile titles, and a post with hostile comments: handle and id."""
    author = stack.author("hostile")
    for title in TITLES:
        stack.write(author, title, title, tags=["x" * 32], summary=title)
    post = stack.write(author, "Hostile words below", "See below")
    parent = bytes.fromhex(post)
    for first in range(0, len(BODIES), 20):
        documents = [
            {
                "type": "comment",
                "body": vector["body"],
                "parent": "0x" + post,
                "app": f"{first}.{i}",
            }
            for i, vector in enumerate(BODIES[first : first + 20])
        ]
        stack.relay(*(_signed(stack, author, document, parent) for document in documents))
    return author.handle, post


@pytest.fixture
def dialogs(page: Page) -> list[str]:
    """What any script that got through would have said."""
    said: list[str] = []

    def on_dialog(dialog: Dialog) -> None:
        said.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", on_dialog)
    return said


@pytest.mark.parametrize("path", ["/new", "/@{handle}", "/@{handle}/comments", "/post/{post}"])
def test_pages_with_hostile_words(
    page: Page, hostile: tuple[str, str], dialogs: list[str], path: str
) -> None:
    handle, post = hostile
    page.goto(path.format(handle=handle, post=post))
    expect(page.locator("main article").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert dialogs == []
    main = page.locator("main")
    assert main.locator("script, iframe, object, embed, form[action], base, style").count() == 0
    attributes = main.evaluate(
        """main => [...main.querySelectorAll('*')].flatMap((e) => e.getAttributeNames())
          .filter((name) => name.startsWith('on') || name === 'style')"""
    )
    assert attributes == []


def test_every_hostile_link_leads_to_the_web_or_nowhere(
    page: Page, hostile: tuple[str, str]
) -> None:
    page.goto(f"/post/{hostile[1]}")
    links = page.locator(".prose a")
    assert links.count() > 5
    protocols = set(links.evaluate_all("links => links.map((link) => link.protocol)"))
    assert protocols <= {"http:", "https:", "mailto:"}
    rels = set(page.locator(".prose a").evaluate_all("links => links.map((link) => link.rel)"))
    assert rels == {"nofollow noopener ugc"}


def test_the_preview_of_hostile_words(page: Page, dialogs: list[str]) -> None:
    page.goto("/write")
    text, preview = page.locator("[name=body]"), page.locator("[data-preview]")
    short = [vector["body"] for vector in BODIES if len(vector["body"]) < 1000]
    for first in range(0, len(short), 12):
        text.fill("\n\n".join(short[first : first + 12]))
        with page.expect_response("**/api/laurel/v1/render"):
            page.get_by_role("button", name="Preview").click()
        expect(page.locator("form#editor")).to_have_attribute("aria-busy", "false")
        assert preview.locator("script, iframe, svg, object, style").count() == 0
    assert dialogs == []


def test_nothing_but_the_preview_may_write_html(stack: Stack, chromium: Browser) -> None:
    context = chromium.new_context(base_url=stack.url)
    try:
        page = context.new_page()
        page.goto("/write")
        expect(page.locator("[name=body]")).to_be_enabled()  # its module has made the one policy
        refused = page.evaluate(
            """() => {
              const attempts = [
                () => { document.body.innerHTML = '<b>x</b>'; },
                () => trustedTypes.createPolicy('other', { createHTML: (html) => html }),
                () => trustedTypes.createPolicy('laurel', { createHTML: (html) => html }),
                () => { document.createElement('script').text = 'alert(1)'; },
              ];
              return attempts.map((attempt) => {
                try { attempt(); return 'done'; } catch (error) { return error.name; }
              });
            }"""
        )
        assert refused == ["TypeError"] * 4
    finally:
        context.close()
