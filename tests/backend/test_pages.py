"""Pages as a reader without JavaScript gets them."""

import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import pytest

from backend.site.prose import prose
from indexer.content.render import render
from tests.backend.conftest import Site
from tests.backend.world import HOSTILE

ATOM = "{http://www.w3.org/2005/Atom}"
SWIFTS = "The swifts are back on our street"


class Tags(HTMLParser):
    """Every start tag with its attributes, and the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data + " "


def path(site: Site, name: str) -> str:
    return "/post/" + site.world.posts[name].hex()


def pages(site: Site) -> list[str]:
    names = (SWIFTS, HOSTILE, "c1", "c9", "Lost words", "Broken words", "Not for every table")
    posts = [path(site, name) for name in names]
    accounts = ["/@ada", "/@cleo", "/@ben.k/comments", "/@ada/wallet", "/@dora-1/wallet"]
    doors = ["/write", "/about", "/join", "/signin", "/recover", "/keys", "/status"]
    return ["/", "/hot", "/trending", "/new", *doors, *posts, *accounts]


def test_every_page_stands_and_nothing_hostile_becomes_markup(site: Site):
    for page in pages(site):
        answer = site.get(page)
        assert answer.status == 200, page
        found = Tags(answer.text)
        for tag, attributes in found.tags:
            assert not any(name.startswith("on") or name == "style" for name in attributes), page
            if tag == "script":
                assert re.fullmatch(r"/s/[0-9a-f]{16}/js/main\.js", attributes["src"] or "")
            if tag in ("img", "link", "use"):
                address = attributes.get("src") or attributes.get("href") or ""
                assert address.startswith(("/s/", "/ipfs/", "/new.atom", "/@")), (page, address)
        assert [tag for tag, _ in found.tags].count("h1") == 1, page
    assert HOSTILE in Tags(site.get("/new").text).text


def test_the_front_page_says_what_one_needs_to_know_of_a_post(site: Site):
    text = " ".join(Tags(site.get("/hot").text).text.split())
    assert re.search(
        r"ada 2 h ago The swifts are back on our street .+ ≈ [\d,]+ LRL 3 votes 10 comments", text
    )
    assert "Local testnet" in text


def test_a_thread_is_nested_and_goes_on_elsewhere_when_it_is_deep(site: Site):
    page = site.get(path(site, SWIFTS)).text
    text = Tags(page).text
    assert "Patience it is." in text and "And a good chair." not in text
    assert "1 more reply" in text
    assert "And a good chair." in Tags(site.get(path(site, "c6")).text).text
    assert page.index("Two pairs so far") < page.index("That is exactly it") < page.index("gnp.exe")


def test_words_that_are_not_here_are_announced(site: Site):
    text = Tags(site.get(path(site, "Lost words")).text).text
    assert "The words of this post have not been found yet." in text
    assert "The author, @ben.k" in " ".join(text.split())
    text = Tags(site.get(path(site, "Broken words")).text).text
    assert "The document is not in canonical form." in text


def test_what_is_sensitive_waits_to_be_asked_for(site: Site):
    feed = site.get("/@cleo").text
    assert "Marked as sensitive" in feed
    page = site.get(path(site, "Not for every table")).text
    assert re.search(r'<details class="sensitive"><summary>[^<]+</summary><div class="prose', page)


def test_a_payout_that_was_made(site: Site):
    text = " ".join(Tags(site.get(path(site, "Counting the swifts of 2025")).text).text.split())
    assert "84 LRL" in text and "Author, liquid 21 LRL" in text
    assert "Voters, power 42 LRL" in text
    assert "Voting ended" in text


def test_forms_that_need_a_signature_rest_until_a_script_wakes_them(site: Site):
    for page in (path(site, SWIFTS), "/write", "/@ada/wallet", "/about"):
        text = site.get(page).text
        forms = re.findall(r"<form.*?</form>", text, re.S)
        assert forms and all("<fieldset disabled>" in form for form in forms), page
    assert "<noscript><p" in site.get(path(site, SWIFTS)).text


def test_a_wallet(site: Site):
    text = " ".join(Tags(site.get("/@ada/wallet").text).text.split())
    for words in ("12.345 LRL", "1,080 LRL", "96 %", "Author reward", "−400", "+3.214"):
        assert words in text
    assert "1,180 own − 250 lent − 40 on its way back − 110 powering down + 300 lent to it" in text
    assert "2.359 LRL so far, until you claim" in text
    assert "Sent to @ben.k" in text
    assert (
        "Take back" not in text and "Power up" in text
    )  # nobody is signed in; in the history alone


def test_the_parts_of_a_power_down(site: Site):
    page = site.get("/@ada/wallet").text
    plan = re.findall(r"<li><span><time[^>]+>([^<]+)</time></span> <span>([\d.]+) LRL</span>", page)
    assert [lrl for _, lrl in plan] == ["10"] * 11
    assert [when for when, _ in plan[:3]] == ["in 2 days", "in 9 days", "in 16 days"]


def test_an_address_in_another_spelling_leads_to_the_post(site: Site):
    found = site.world.posts[SWIFTS].hex()
    for other in ("0x" + found, found.upper()):
        answer = site.get(f"/post/{other}")
        assert (answer.status, answer.headers["Location"]) == (301, f"/post/{found}")


@pytest.mark.parametrize("wrong", ["/nothing", "/post/12", "/@nobody", "/@Ada", "/new?cursor=x"])
def test_errors_are_pages_for_people(site: Site, wrong: str):
    answer = site.get(wrong)
    assert answer.status == (400 if "cursor" in wrong else 404)
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "To the front page" in answer.text


@pytest.mark.parametrize("feed", ["/new.atom", "/@ada.atom", "/@cleo.atom"])
def test_atom(site: Site, feed: str):
    answer = site.get(feed)
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    root = ET.fromstring(answer.body)
    assert root.tag == ATOM + "feed"
    time = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
    for node in (root, *root.findall(ATOM + "entry")):
        assert node.findtext(ATOM + "id", "").startswith(site.url)
        assert node.findtext(ATOM + "title")
        assert time.fullmatch(node.findtext(ATOM + "updated", ""))
    entries = root.findall(ATOM + "entry")
    assert entries
    for entry in entries:
        assert entry.findtext(f"{ATOM}author/{ATOM}name")
        link = entry.find(ATOM + "link")
        assert link is not None and link.get("href") == entry.findtext(ATOM + "id")
        assert entry.find(ATOM + "content") is not None or entry.find(ATOM + "summary") is not None


@pytest.mark.parametrize("feed", ["/new.atom", "/@ada.atom"])
def test_atom_goes_on_at_a_cursor(site: Site, feed: str):
    assert site.get(f"{feed}?cursor=nonsense").status == 400
    assert ET.fromstring(site.get(f"{feed}?cursor=0").body).findall(f"{ATOM}entry") == []


def test_atom_carries_html_as_text_and_hostile_titles_as_titles(site: Site):
    root = ET.fromstring(site.get("/@cleo.atom").body)
    titles = [e.findtext(ATOM + "title") for e in root.findall(ATOM + "entry")]
    assert HOSTILE in titles
    content = ET.fromstring(site.get("/@dora-1.atom").body).find(f"{ATOM}entry/{ATOM}content")
    assert content is not None and content.get("type") == "html"
    assert content.text == "<p>Hello. I came for the <em>birds</em>.</p>\n"


def test_the_feed_of_nobody(site: Site):
    assert site.get("/@nobody.atom").status == 404


def test_crawlers_are_told(site: Site):
    assert "Disallow: /api/" in site.get("/robots.txt").text
    page = site.get(path(site, SWIFTS)).text
    assert '<meta property="og:title" content="The swifts are back on our street">' in page
    assert f'<meta property="og:image" content="{site.url}/ipfs/bafkrei' in page
    assert "<title>The swifts are back on our street · Laurel</title>" in page


def test_a_table_alone_is_wrapped_for_scrolling():
    words = ("<table>\n<thead>", "x\n</table>", '"><table>', "</table>", "<table>\r<thead>")
    pictures = [f"![{w}](ipfs://bafkrei{'a' * 52} '{w}')" for w in words]
    spoken = "\n\n".join([*words, *pictures, *(f"`{w}`\n\n```\n{w}\n```" for w in words)])
    assert prose(render(spoken)) == render(spoken)
    table = prose(render("|a|\n|-|\n|b|\n\n|c|\n|-|"))
    assert table.count("</table></div>") == table.count('aria-label="Table"><table>') == 2


def test_a_node_that_replayed_nothing_says_so(site: Site):
    assert "/steem" not in site.get("/about").text
    answer = site.get("/steem")
    assert answer.status == 404 and "laurel up --demo steem" in answer.text
    assert site.get("/api/laurel/v1/steem").json["code"] == "no_replay"
    assert site.get("/api/laurel/v1/steem/posts").json == {"posts": [], "next": None}
