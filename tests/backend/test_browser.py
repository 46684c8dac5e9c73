"""Every page in a real browser: axe finds nothing, nothing overflows, nothing is logged or asked of others."""

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from backend.identity.sessions import open_session
from indexer.settings import ROOT
from tests.backend.conftest import Site
from tests.backend.world import GONE, HOSTILE, QUIET, SHARED, TABLE
from tests.conftest import PROFILE

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SWIFTS = "The swifts are back on our street"
OTHERS = [(1280, "dark"), (360, "light")] if PROFILE == "long" else []
OPEN_MENU = "document.querySelector('details.menu').open = true"  # it lies over the page
OPEN_REST = "for (const d of document.querySelectorAll('details:not(.menu)')) d.open = true"
SMALL_TARGETS = """() => [...document.querySelectorAll(
    'a, button, summary, input, textarea, select')].filter((e) => {
  const inText = e.closest('p, .prose, dd, td, h1, h2, label') && e.matches('a');
  const box = e.getBoundingClientRect();
  const seen = e.checkVisibility() && box.width && !e.closest('.unseen, .skip') && e.className != 'skip';
  return seen && !inText && (box.width < 24 || box.height < 24);
}).map((e) => e.outerHTML.slice(0, 120))"""


def paths(site: Site) -> list[str]:
    names = (SWIFTS, "c1", "Lost words", HOSTILE, SHARED, QUIET, GONE, TABLE)
    posts = ["/post/" + site.world.posts[name].hex() for name in names]
    account = ["/@ada", "/@ben.k/comments", "/@ada/wallet"]
    doors = ["/write", "/join", "/signin", "/recover", "/keys", "/about", "/status", "/nothing"]
    return ["/", "/new", *posts, f"{posts[0]}/edit", *account, *doors]


def context(
    chromium: Browser, site: Site, width: int, scheme: str, handle: str = "ada", **more: bool
) -> BrowserContext:
    """Signed in. axe and our measuring need evaluation, which the policy forbids pages."""
    found = chromium.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
        **more,  # type: ignore[arg-type]
    )
    secret = open_session(site.engine, site.world.accounts[handle], site.world.keys[handle].address)
    found.add_cookies([{"name": "laurel_session", "value": secret, "url": site.url}])
    return found


def violations(page: Page) -> list[str]:
    found = page.evaluate(
        "async () => (await axe.run(document, {rules: {'target-size': {enabled: true}}})).violations"
    )
    return [f"{v['id']}: {n['html'][:160]}" for v in found for n in v["nodes"]]


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark"), *OTHERS])
def test_axe_finds_nothing(chromium: Browser, site: Site, width: int, scheme: str):
    pages = context(chromium, site, width, scheme, bypass_csp=True)
    page = pages.new_page()
    for path in paths(site):
        page.goto(site.url + path)
        page.evaluate(OPEN_REST)
        page.add_script_tag(path=AXE)
        assert violations(page) == [], path
    page.goto(site.url)
    page.evaluate(OPEN_MENU)
    page.add_script_tag(path=AXE)
    assert violations(page) == []
    pages.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_while_an_owner_is_alarmed(chromium: Browser, site: Site, scheme: str):
    pages = context(chromium, site, 360, scheme, "cleo", bypass_csp=True)
    page = pages.new_page()
    for path in ("/keys", "/new"):
        page.goto(site.url + path)
        assert page.get_by_text("Somebody asked for a new owner key").is_visible()
        page.add_script_tag(path=AXE)
        assert violations(page) == [], path
    pages.close()


def test_nothing_overflows_and_no_target_is_small(chromium: Browser, site: Site):
    pages = context(chromium, site, 320, "light")
    page = pages.new_page()
    for path in paths(site):
        page.goto(site.url + path)
        for step in ("0", OPEN_REST, OPEN_MENU):
            page.evaluate(step)
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
            assert page.evaluate(SMALL_TARGETS) == [], path
    pages.close()


@pytest.mark.parametrize("signed_in", [True, False])
def test_nothing_is_logged_or_asked_of_others(chromium: Browser, site: Site, signed_in: bool):
    pages = context(chromium, site, 1280, "light")
    if not signed_in:
        pages.clear_cookies()
    page = pages.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda m: said.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    for path in paths(site):
        answer = page.goto(site.url + path)
        page.wait_for_load_state("networkidle")
        assert answer is not None
        # A browser says of each page that is an error that it is one.
        expected = str(answer.status) if answer.status >= 400 else "nothing"
        assert [text for text in said if expected not in text] == [], path
        said.clear()
    assert asked and all(url.startswith(site.url + "/") for url in asked)
    pages.close()


def test_a_wide_table_scrolls_by_itself_and_breaks_no_word(chromium: Browser, site: Site):
    pages = context(chromium, site, 360, "light", bypass_csp=True)
    page = pages.new_page()
    page.goto(f"{site.url}/post/{site.world.posts[TABLE].hex()}")
    region = page.get_by_role("region", name="Table")
    assert region.evaluate("e => e.scrollWidth > e.clientWidth && e.clientWidth <= 328")
    lines = region.locator("th, td").evaluate_all(
        """cells => cells.map((cell) => {
          const words = document.createRange();
          words.selectNodeContents(cell);
          return words.getClientRects().length;
        })"""
    )
    assert lines == [1] * 15  # a word each
    region.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.prose .scroll').scrollLeft > 0")
    pages.close()


def test_a_post_is_readable_and_its_forms_rest_without_javascript(chromium: Browser, site: Site):
    pages = context(chromium, site, 360, "light", java_script_enabled=False)
    page = pages.new_page()
    page.goto(f"{site.url}/post/{site.world.posts[SWIFTS].hex()}")
    assert page.get_by_role("heading", name=SWIFTS).is_visible()
    assert page.get_by_text("the whole street looks up").is_visible()
    assert page.get_by_text("Two pairs so far").is_visible()
    assert page.get_by_role("button", name="Vote", exact=True).is_disabled()
    assert page.get_by_role("button", name="Reply", exact=True).is_disabled()
    page.get_by_text("pending").first.click()
    assert page.get_by_text("Author, liquid").is_visible()
    pages.close()


def test_by_keyboard_one_skips_to_the_words_and_folds_a_thread(chromium: Browser, site: Site):
    pages = context(chromium, site, 1280, "light")
    page = pages.new_page()
    page.goto(f"{site.url}/post/{site.world.posts[SWIFTS].hex()}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")
    fold = page.locator(".fold > summary").first
    fold.focus()
    page.keyboard.press("Enter")
    assert not page.get_by_text("Two pairs so far").is_visible()
    page.keyboard.press("Enter")
    assert page.get_by_text("Two pairs so far").is_visible()
    pages.close()
