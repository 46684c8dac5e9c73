"""Markdown to HTML that is safe on our own pages; done once, when a document arrives.

CommonMark with tables and strikethrough; HTML in a body is shown as text. Links go only where
links.py allows; pictures are shown only from this node's store, and others become links, so that
reading a page asks nothing of third parties. nh3 then cleans the result once more by an allow-list
that does not rely on any of this.
"""

import html
import logging
import re
from collections.abc import Iterable, Iterator

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from indexer.content.cid import BLOCK_PATTERN, CID_PATTERN
from indexer.content.links import Target, local, misleads, target

MAX_BODY = 64 * 1024
"""Bytes of Markdown; a longer body is shown as plain text."""
MAX_BRACKETS = 5_000
"""`[` in a body: each takes longer to parse the deeper it is nested, so a body of many is slow."""
MAX_NESTING = 40
"""Levels of lists and quotes (a list has two); what is deeper is left out."""
MAX_HTML = 1024 * 1024
"""Characters of HTML. It may be long: a reference link is written out at each use."""

_log = logging.getLogger(__name__)
# These marks reorder the letters around them: "moc.elgoog" could look like a site's name.
_NO_BIDI = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_TAGS = {
    *("p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "li"),
    *("em", "strong", "s", "code", "pre", "a", "img"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {"a": {"href"}, "img": {"src", "alt"}, "ol": {"start"}}


def render(body: str) -> str:
    """The HTML of a post's Markdown `body`: complete elements, no scripts, no styles, no ids.

    Headings begin at h2 and skip no level on the way down. Never raises: a body that cannot be
    rendered is returned as escaped text.
    """
    body = _encodable(body)
    try:
        rendered = _MARKDOWN.renderer.render(_parse(body), _MARKDOWN.options, {})
        found = nh3.clean(
            rendered,
            tags=_TAGS,
            attributes=_ATTRIBUTES,
            attribute_filter=_attribute,
            set_tag_attribute_values={"img": {"loading": "lazy"}},
            url_schemes={"http", "https", "mailto"},
            link_rel="nofollow noopener ugc",
        )
    except _TooMuch:
        return _escaped(body)
    except Exception as error:  # noqa: BLE001 - whatever one body does, the page with it stays up
        _log.warning("A body of %d characters is shown as plain text: %r", len(body), error)
        return _escaped(body)
    return found if len(found) <= MAX_HTML else _escaped(body)


def plain(body: str, limit: int) -> str:
    """The text of `body` in one line of at most `limit` characters, for summaries and feeds.

    It is text, not HTML: escape it where it is shown. Never raises.
    """
    body = _encodable(body)
    try:
        words = " ".join(_words(_parse(body)))
    except _TooMuch:
        words = body
    except Exception as error:  # noqa: BLE001 - as in render
        _log.warning("A body of %d characters is summed up as it is: %r", len(body), error)
        words = body
    text = " ".join(words.split())
    return text if len(text) <= limit else text[: max(limit - 1, 0)].rstrip() + "…"


class _TooMuch(Exception):
    """The body is over a limit."""


def _parse(body: str) -> list[Token]:
    """The body's tokens, with every link and picture made safe."""
    if len(body.encode()) > MAX_BODY or body.count("[") > MAX_BRACKETS:
        raise _TooMuch
    tokens = _MARKDOWN.parse(body)
    outline = ["h1"]  # the page's title, and the headings that the present one stands under
    for token in tokens:
        if token.type == "heading_open":
            outline = [outline[0], *(tag for tag in outline[1:] if tag < token.tag), token.tag]
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(len(outline), 6)}"
        if token.children:
            token.children = list(_safe(token.children))
    return tokens


def _safe(children: list[Token]) -> Iterator[Token]:
    """The tokens of one line of text, links and pictures replaced."""
    link: Target | None = None
    inside = False
    text = ""
    for token in children:
        if token.type == "link_open":
            link, inside, text = target(str(token.attrGet("href") or "")), True, ""
            if link:
                yield _open(link)
        elif token.type == "link_close":
            if link:
                yield from _close(link, text)
            link, inside = None, False
        elif token.type == "image":
            text += token.content
            yield from _picture(token, inside)
        else:
            text += " " if token.type in ("softbreak", "hardbreak") else token.content
            yield token


def _picture(token: Token, inside_link: bool) -> Iterator[Token]:
    """Keeps a picture of this node's store. Any other becomes a link; inside a link, its alt text."""
    url = str(token.attrGet("src") or "")
    alt = "".join(_words(token.children or [])).strip()
    source = local(url)
    if source and _PICTURE.fullmatch(source):
        token.attrs = {"src": source, "alt": ""}
        yield token
        return
    link = None if inside_link else target(url)
    if link is None:
        yield _text(alt)
        return
    yield _open(link)
    yield _text(alt or link.href)
    yield from _close(link, alt)


def _open(link: Target) -> Token:
    return Token("link_open", "a", 1, attrs={"href": link.href})


def _close(link: Target, text: str) -> Iterator[Token]:
    yield Token("link_close", "a", -1)
    if link.host is not None and misleads(text, link.host):
        yield _text(f" ({link.host})")


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _words(tokens: Iterable[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "image":
            yield from _words(token.children or [])
        elif token.children:
            yield "".join(_words(token.children))
        elif token.type in ("text", "text_special", "code_inline", "code_block", "fence"):
            yield token.content
        elif token.type in ("softbreak", "hardbreak"):
            yield " "


_PICTURE = re.compile("/ipfs/" + CID_PATTERN)  # raw blocks only: a dag-pb file may be of any size
_LOCAL = re.compile("/ipfs/" + BLOCK_PATTERN)


def _attribute(tag: str, name: str, value: str) -> str | None:
    """The second check of every address, independent of the first."""
    if name == "href" and value.startswith(("http://", "https://", "mailto:")):
        return value
    if name in ("href", "src"):
        return value if (_LOCAL if name == "href" else _PICTURE).fullmatch(value) else None
    return value


def _encodable(body: str) -> str:
    """`body` without half surrogates, which no HTML can hold, and without reordering marks."""
    return body.encode("utf-8", "replace").decode().translate(_NO_BIDI)


def _escaped(body: str) -> str:
    return f"<pre>{html.escape(body[:MAX_HTML])}</pre>"


def _markdown() -> MarkdownIt:
    found = MarkdownIt("commonmark", {"html": False, "maxNesting": MAX_NESTING})
    found.enable(["table", "strikethrough"])
    # links.py judges every address, and what it refuses is still shown as text.
    found.validateLink = lambda url: True  # type: ignore[method-assign]
    found.normalizeLink = lambda url: url  # type: ignore[method-assign]
    found.normalizeLinkText = lambda link: link  # type: ignore[method-assign]
    return found


_MARKDOWN = _markdown()
