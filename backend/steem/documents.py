"""A post of Steem as a document of ours: the words as they were, the rest brought to what the schema allows."""

import re
from typing import Any
from unicodedata import category, normalize
from urllib.parse import quote

from backend.steem.read import SteemPost
from indexer.content.documents import canonical, parse

MOST_TAGS, TAG_LENGTH, TITLE_LENGTH = 10, 32, 256
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_TAG_LETTERS = ("Ll", "Lo", "Lm", "Mn", "Mc", "Nd")


def document(piece: SteemPost, parent: bytes | None) -> bytes:
    """The document's canonical bytes, the same at every call. parent: the id of the post that it answers.

    Raises ContentError for what no document can hold: a body over 64 KB, a lone surrogate. A comment's
    title is left out, as our comments have none.
    """
    made: dict[str, Any] = {
        "v": 1,
        "type": "post" if parent is None else "comment",
        "body": piece.body.replace("\0", ""),
        "parent": None if parent is None else "0x" + parent.hex(),
        "published": piece.created,
        "canonical": f"https://steemit.com/@{piece.author}/{quote(piece.permlink, safe='')}",
        "app": "steem",
        "tags": list(tags(piece.tags)),
    }
    if parent is None:
        made["title"] = title(piece)
    data = canonical(made)
    parse(data)  # what the indexer would refuse is refused here, before it costs anything
    return data


def title(piece: SteemPost) -> str:
    """One line of text; a post without a title is called by its permlink."""
    text = normalize("NFC", _CONTROL.sub(" ", piece.title)).strip()
    if not text:
        text = normalize("NFC", piece.permlink.replace("-", " ")).strip()
    return text[:TITLE_LENGTH] or "untitled"


def tags(found: tuple[str, ...]) -> tuple[str, ...]:
    """Each tag once, in lower case, with '-' for what is neither letter nor digit; MOST_TAGS of them at the most."""
    made: dict[str, None] = {}
    for tag in found:
        text = normalize("NFC", normalize("NFKC", tag).lower())
        text = "".join(c if category(c) in _TAG_LETTERS else "-" for c in text)
        text = re.sub(r"-+", "-", text)[:TAG_LENGTH].strip("-")
        if text and category(text[0]) not in ("Mn", "Mc"):
            made[text] = None
    return tuple(made)[:MOST_TAGS]
