"""The pages of a server that lets in whom it chooses and pays so much, in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import insert

from backend.relay.sponsor import invitations
from backend.relay.sponsor.settings import ACTION_GAS
from backend.relay.sponsor.tables import Used
from indexer.mirror.database import writing
from tests.backend.conftest import Site
from tests.backend.test_browser import AXE, OPEN_MENU, SMALL_TARGETS, context, violations

SOON = 4_000_000_000.0  # nothing comes back meanwhile


@pytest.fixture(scope="module")
def used(site: Site) -> Iterator[Site]:
    """ada has used nearly all of her quota, ben.k all of his."""
    rows = [{"account": 1, "gas": 18 * ACTION_GAS}, {"account": 2, "gas": 20 * ACTION_GAS}]
    with writing(site.engine) as connection:
        connection.execute(insert(Used), [row | {"at": SOON} for row in rows])
    yield site
    site.restart()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")])
def test_nothing_is_wrong_with_them(chromium: Browser, used: Site, width: int, scheme: str) -> None:
    pages = context(chromium, used, width, scheme, bypass_csp=True)
    page = pages.new_page()
    code = invitations.invite(used.engine, uses=5, days=1)
    for mode, path, words in (
        ("work", "/join", "Meanwhile your browser does some work"),
        ("invitation", "/join", "makes accounts for those who were invited"),
        (
            "invitation",
            "/join?invitation=none",
            "This invitation is used up, has ended, or is none",
        ),
        ("invitation", f"/join?invitation={code}", "You are invited: welcome."),
        ("open", "/new", "about 2 more votes or 2 posts for you"),
        ("open", "/@ada/wallet", "Enough for about 2 votes"),
        ("open", "/about", "the gas of about 20 votes or posts a day"),
    ):
        used.restart(LAUREL_QUOTA="20+0/1 LRL", LAUREL_JOIN=mode)
        page.goto(used.url + path)
        page.evaluate(OPEN_MENU)
        page.evaluate("for (const e of document.querySelectorAll('[data-step]')) e.hidden = false")
        assert words in page.locator("body").inner_text(), path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.evaluate(SMALL_TARGETS) == [], path
        page.add_script_tag(path=AXE)
        assert violations(page) == [], path
    pages.close()


def test_who_has_used_it_up_is_told_what_to_do(used: Site, chromium: Browser) -> None:
    used.restart(LAUREL_QUOTA="20+0/1 LRL")
    pages = context(chromium, used, 360, "light", "ben.k")
    page = pages.new_page()
    page.goto(f"{used.url}/@ben.k/wallet")
    told = page.locator(".notices [role=status]").inner_text()
    assert "used up for now" in told and "a wallet of yours can pay at any time" in told
    expect(page.get_by_label("Send all that I do with my wallet")).to_be_enabled()
    used.restart(LAUREL_QUOTA="off")
    page.goto(f"{used.url}/@ben.k/wallet")
    assert page.get_by_text("Gas that this server pays").count() == 0
    assert page.locator(".share").count() == page.locator("[data-quota]").count() == 0
    pages.close()
