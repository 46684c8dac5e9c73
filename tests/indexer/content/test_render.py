"""Rendering, and hostile bodies: as parsed by Python and as loaded by a real browser."""

import json
import re
import sys
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Dialog, Page, Route

from indexer.content import render as module
from indexer.content.links import misleads, target
from indexer.content.render import MAX_HTML, plain, render

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "hostile-markdown.json").read_text())
CID = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"
FILE = "bafybeigmix7t42i6jacydtquhet7srwvgpizfg7gjbq7627d35mjomtu64"
REL = 'rel="nofollow noopener ugc"'
TAGS = {
    *("p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "li"),
    *("em", "strong", "s", "code", "pre", "a", "img"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"href", "rel", "src", "alt", "loading", "start"}


def body(vector: dict[str, Any]) -> str:
    return str(vector["body"]) * int(vector.get("times", 1))


class Structure(HTMLParser):
    """Checks that the elements are on the list, closed in order, and without other attributes."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.seen: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS
        assert {name for name, _ in attrs} <= ATTRIBUTES
        self.seen.append(tag)
        if tag not in ("br", "hr", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError("a comment")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError("a declaration")

    def handle_pi(self, data: str) -> None:
        raise AssertionError("a processing instruction")


@cache
def rendered(number: int) -> str:
    """Of the vector with this number; some take half a second."""
    return render(body(VECTORS[number]))


@pytest.mark.parametrize("number", range(len(VECTORS)), ids=lambda n: VECTORS[n]["name"])
def test_hostile_body_as_parsed(number: int) -> None:
    vector, html = VECTORS[number], rendered(number)
    found = Structure(html)
    assert found.open == []
    assert len(html) <= MAX_HTML
    assert render(body(vector)) == html
    assert vector.get("text", "") in found.text


DOCUMENT = """<!doctype html><meta charset=utf-8><link rel=icon href=data:,>
<main><article id=body>%s</article></main><footer id=after>after</footer>
"""
LOOK = """() => {
  const article = document.getElementById('body');
  for (const element of article.querySelectorAll('*')) {
    for (const name of ['mouseover', 'focus', 'toggle', 'animationstart', 'error', 'load'])
      element.dispatchEvent(new Event(name, {bubbles: true}));
    if (!element.closest('a')) element.click();
  }
  const after = document.querySelectorAll('footer');
  return {
    ran: window.ran || false,
    links: [...article.querySelectorAll('a')].map(a => a.href),
    rels: [...article.querySelectorAll('a')].map(a => a.rel),
    images: [...article.querySelectorAll('img')].map(image => image.src),
    tags: [...new Set([...document.querySelectorAll('#body *')].map(e => e.localName))],
    attributes: [...new Set([...document.querySelectorAll('#body *')]
      .flatMap(e => e.getAttributeNames()))],
    outside: [...document.body.children].map(e => e.localName).join(),
    after: after.length === 1 && after[0].parentNode === document.body && after[0].textContent,
    text: article.textContent.slice(0, 4000),
  };
}"""
SPY = """for (const name of ['alert', 'confirm', 'prompt', 'open'])
  window[name] = () => { window.ran = true; };"""


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page()
    page.add_init_script(SPY)
    yield page
    page.close()


def test_hostile_bodies_in_a_browser(page: Page) -> None:
    """No script runs, nothing is asked of the network, nothing leaves the container.

    The page has no Content-Security-Policy: what is tested is the rendering alone. One page load
    per body; a failure names its vector.
    """
    asked: list[str] = []
    current = ""

    def serve(route: Route) -> None:
        if route.request.url == "http://laurel.test/post":
            route.fulfill(body=(DOCUMENT % current).encode(), content_type="text/html")
        else:
            asked.append(route.request.url)
            route.abort()

    dialogs: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.route("**/*", serve)
    page.on("dialog", dismiss)
    for number, vector in enumerate(VECTORS):
        asked.clear()
        current = rendered(number)
        page.goto("http://laurel.test/post", wait_until="load")
        seen = page.evaluate(LOOK)
        name = vector["name"]
        assert (seen["ran"], dialogs, page.url) == (False, [], "http://laurel.test/post"), name
        images = set(vector.get("images", []))
        for _ in range(100):
            if images <= set(asked):
                break
            page.wait_for_timeout(50)  # the browser asks for them lazily
        assert set(asked) == images, name
        assert (seen["outside"], seen["after"]) == ("main,footer", "after"), name
        assert set(seen["tags"]) <= TAGS, name
        assert set(seen["attributes"]) <= ATTRIBUTES, name
        assert set(seen["rels"]) <= {"nofollow noopener ugc"}, name
        if "links" in vector:
            assert seen["links"] == vector["links"], name
        for link in seen["links"]:
            assert re.match(r"https?://(?!laurel\.test[:/])|mailto:", link) or link.startswith(
                "http://laurel.test/ipfs/bafkrei"
            ), name
        assert seen["images"] == vector.get("images", seen["images"]), name
        assert vector.get("text", "") in seen["text"], name


def test_the_browser_would_notice(page: Page) -> None:
    """The net is not empty: the same page with an unrendered body does ask, and does run."""
    asked: list[str] = []

    def serve(route: Route) -> None:
        if route.request.url == "http://laurel.test/post":
            bad = "<img src=https://evil.example/ onerror=alert(1)></article></main><footer>"
            route.fulfill(body=DOCUMENT % bad, content_type="text/html")
        else:
            asked.append(route.request.url)
            route.abort()

    page.unroute_all()
    page.route("**/*", serve)
    page.goto("http://laurel.test/post", wait_until="load")
    seen = page.evaluate(LOOK)
    assert (seen["ran"], asked, seen["after"]) == (True, ["https://evil.example/"], False)


def calls(markdown: str) -> int:
    """How many Python and C functions `render` calls: its cost, whatever the machine does."""
    count = 0

    def one(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(one)
    try:
        render(markdown)
    finally:
        sys.setprofile(before)
    return count


UNITS = ["[", "![", "[]", "[x](b ", "> ", "- ", "1. ", "*", "**a", "*a_b ", "`", "`a", "<", "<a:"]
UNITS += ["~~a", "&", "\\", "|a", "a\n=", "-\n", "\n", "#", "- a\n\n", "[a]: b\n", "|\n"]


@pytest.mark.parametrize("unit", UNITS, ids=repr)
def test_cost_grows_with_length_only(unit: str) -> None:
    """Twice the length costs about twice as much; quadratic would be four times."""
    half, whole = calls(unit * 1200), calls(unit * 2400)
    assert whole < half * 2.5
    assert whole / (len(unit) * 2400) < 600  # calls for each character


def test_there_are_enough_vectors() -> None:
    assert len({vector["name"] for vector in VECTORS}) == len(VECTORS) >= 60


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("**a** *b* ~~c~~ `d`", "<p><strong>a</strong> <em>b</em> <s>c</s> <code>d</code></p>\n"),
        ("# one\n## two\n###### six", "<h2>one</h2>\n<h3>two</h3>\n<h4>six</h4>\n"),
        ("### a\n# b\n### c", "<h2>a</h2>\n<h2>b</h2>\n<h3>c</h3>\n"),
        ("## a\n#### b\n### c", "<h2>a</h2>\n<h3>b</h3>\n<h3>c</h3>\n"),
        (
            "\n".join("#" * n + " x" for n in range(1, 7)),
            "".join(f"<h{n}>x</h{n}>\n" for n in (2, 3, 4, 5, 6, 6)),
        ),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>\n'),
        ("a <b>b</b> & c", "<p>a &lt;b&gt;b&lt;/b&gt; &amp; c</p>\n"),
        ("[x](http://a.example)", f'<p><a href="http://a.example/" {REL}>x</a></p>\n'),
        ("<a@b.example>", f'<p><a href="mailto:a@b.example" {REL}>a@b.example</a></p>\n'),
        (f"![x](ipfs://{CID})", f'<p><img src="/ipfs/{CID}" alt="x" loading="lazy"></p>\n'),
        (f"[film](ipfs://{FILE})", f'<p><a href="/ipfs/{FILE}" {REL}>film</a></p>\n'),
        (f"![film](/ipfs/{FILE})", f'<p><a href="/ipfs/{FILE}" {REL}>film</a></p>\n'),
        (f"[x](ipfs://{FILE}/../../login)", "<p>x</p>\n"),
        (f"![x](ipfs://{CID}/../../login)", "<p>x</p>\n"),
        ("```py\nx<1\n```", "<pre><code>x&lt;1\n</code></pre>\n"),
        ("", ""),
    ],
)
def test_ordinary_markdown(markdown: str, html: str) -> None:
    assert render(markdown) == html


def test_tables() -> None:
    html = render("|a|b|\n|-:|-|\n|1|2|")
    assert "<th>a</th>" in html
    assert "<td>2</td>" in html
    assert "style" not in html


def test_a_parser_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real parser with too little stack: the page gets escaped text."""

    def exhausted(text: str) -> object:
        return exhausted(text)

    monkeypatch.setattr(module._MARKDOWN, "parse", exhausted)
    assert render("a <script> *b*") == "<pre>a &lt;script&gt; *b*</pre>"
    assert plain("a <script>\n*b*", 99) == "a <script> *b*"


def test_a_body_over_the_limit_is_text() -> None:
    assert render("*a*" * 30_000).startswith("<pre>*a*")


@pytest.mark.parametrize(
    ("markdown", "limit", "text"),
    [
        ("# Hello\n\n*big* [world](https://a.example) & `all`", 99, "Hello big world & all"),
        ("a\nb  \nc\n\n- d\n- e\n\n> f", 99, "a b c d e f"),
        (f"![a cat](/ipfs/{CID}) ![dog](https://a.example/d.png)", 99, "a cat dog"),
        ("one two three", 9, "one two…"),
        ("one two three", 13, "one two three"),
        ("<script>alert(1)</script>", 99, "<script>alert(1)</script>"),
        ("|a|b|\n|-|-|\n|c|d|", 99, "a b c d"),
        ("[laurel.test](https://evil.example/)", 99, "laurel.test (evil.example)"),
        ("", 10, ""),
        ("abc", 0, "…"),
    ],
)
def test_plain(markdown: str, limit: int, text: str) -> None:
    assert plain(markdown, limit) == text


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["name"])
def test_plain_of_hostile_bodies(vector: dict[str, Any]) -> None:
    text = plain(body(vector), 200)
    assert len(text) <= 200
    assert "\n" not in text
    text.encode()


@pytest.mark.parametrize(
    ("text", "host", "expected"),
    [
        ("read this", "a.example", False),
        ("a.example", "a.example", False),
        ("https://www.a.example/b.html?c=d.e", "a.example", False),
        ("A.Example", "a.example", False),
        ("bücher.example", "xn--bcher-kva.example", True),
        ("version 1.2 of 3.4.5", "a.example", False),
        ("10.0.0.1", "a.example", True),
        ("sub.a.example", "a.example", True),
        ("see b.example", "a.example", True),
    ],
)
def test_misleading_text(text: str, host: str, expected: bool) -> None:
    assert misleads(text, host) is expected


def test_hosts_are_written_in_ascii() -> None:
    found = target("HTTPS://Bücher.Example:443/ä")
    assert found is not None
    assert (found.href, found.host) == (
        "https://xn--bcher-kva.example:443/%C3%A4",
        "xn--bcher-kva.example",
    )
    assert target("http://[::1]:8080/x") is not None
    assert target("http://[zz]/") is None
