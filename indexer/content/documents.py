"""Posts, comments and profiles: JSON documents that the chain names by their sha-256.

`parse` accepts exactly the documents that schemas/post.json describes, in canonical bytes (see
encoding.py); `parse_profile` those of schemas/profile.json; `parse_any` both. Each refusal has an
exception of its own, whose `code` is what the mirror stores for an unreadable document.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unicodedata import category

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

from indexer.content.cid import cid_of, digest
from indexer.content.encoding import NotCanonical, NotJson, canonical, decode
from indexer.content.errors import ContentError

__all__ = [
    "BreaksSchema",
    "Document",
    "Media",
    "NotCanonical",
    "NotJson",
    "Profile",
    "TooLarge",
    "WrongDigest",
    "WrongParent",
    "canonical",
    "check_digest",
    "check_parent",
    "parse",
    "parse_any",
    "parse_profile",
    "schema",
]

MAX_DOCUMENT = 256 * 1024
"""Bytes of a whole document."""
MAX_BODY = 64 * 1024
"""Bytes of a body in UTF-8."""

_SCHEMAS = Path(__file__).parent / "schemas"


class TooLarge(ContentError):
    """The document or its body is over the limit."""

    code = "document_too_large"


class BreaksSchema(ContentError):
    """The document is JSON, but not one that the schema allows; the message names the place."""

    code = "document_breaks_schema"


class WrongParent(ContentError):
    """The document names another parent than the event that named the document."""

    code = "document_wrong_parent"


class WrongDigest(ContentError):
    """The bytes are not those that the chain names."""

    code = "document_wrong_digest"


@dataclass(frozen=True, slots=True)
class Media:
    """A picture or another file that the document brings along; `bytes` is its size, sides are in pixels."""

    cid: str
    type: str
    bytes: int
    width: int
    height: int
    alt: str
    blurhash: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A post or comment as its author signed it. `published` is seconds since 1970.

    `parent` is the id of the post answered (0x and 64 hex digits), None for a post.
    """

    type: str
    title: str
    summary: str
    body: str
    tags: tuple[str, ...]
    media: tuple[Media, ...]
    lang: str | None
    sensitive: bool
    canonical: str | None
    app: str | None
    parent: str | None
    published: int


@dataclass(frozen=True, slots=True)
class Profile:
    """What an account says of itself; `picture` and `cover` are CIDs."""

    name: str
    about: str
    location: str
    website: str | None
    picture: str | None
    cover: str | None


def parse(data: bytes) -> Document:
    """The post or comment in `data`.

    Raises `TooLarge`, `NotJson`, `NotCanonical` or `BreaksSchema`, never anything else.
    """
    return _document(_decoded(data))


def parse_profile(data: bytes) -> Profile:
    """The profile in `data`; raises as `parse` does."""
    return _profile(_decoded(data))


def parse_any(data: bytes) -> Document | Profile:
    """The post, comment or profile in `data`, by its `type`; raises as `parse` does."""
    doc = _decoded(data)
    return _profile(doc) if doc.get("type") == "profile" else _document(doc)


def check_parent(document: Document, parent: str | None) -> None:
    """Raises `WrongParent` unless the document's parent is `parent`, the event's (None for a post)."""
    expected = parent.lower() if parent is not None else None
    if document.parent != expected:
        raise WrongParent(
            f"The document answers {document.parent or 'nothing'}, "
            f"but the chain says {expected or 'nothing'}."
        )


def check_digest(data: bytes, expected: bytes) -> None:
    """Raises `WrongDigest` unless `expected` (32 bytes) is the sha-256 of `data`."""
    if digest(data) != expected:
        raise WrongDigest(f"These bytes are {cid_of(digest(data))}, not {cid_of(expected)}.")


def schema(name: str) -> bytes:
    """The JSON Schema called `name` ("post" or "profile") as served. Raises `KeyError`."""
    return {"post": _POST_FILE, "profile": _PROFILE_FILE}[name]


def _decoded(data: bytes) -> dict[str, Any]:
    if len(data) > MAX_DOCUMENT:
        raise TooLarge(f"The document has {len(data):,} bytes; at most {MAX_DOCUMENT:,} may be.")
    return decode(data)


def _check(doc: dict[str, Any], validator: Any) -> None:
    # The first error is enough: a document of a thousand errors must not cost a thousand reports.
    error = next(validator.iter_errors(doc), None)
    if error is not None:
        raise BreaksSchema(f"{error.json_path}: {_short(error.message)}.")


def _document(doc: dict[str, Any]) -> Document:
    _check(doc, _POST)
    body = len(doc["body"].encode())
    if body > MAX_BODY:
        raise TooLarge(f"The body has {body:,} bytes; at most {MAX_BODY:,} are allowed.")
    for number, tag in enumerate(doc.get("tags", [])):
        if not _is_tag(tag):
            raise BreaksSchema(
                f"$.tags[{number}]: {tag!r} is not a tag; use lower-case letters, digits and '-'."
            )
    return Document(
        type=doc["type"],
        title=doc.get("title", ""),
        summary=doc.get("summary", ""),
        body=doc["body"],
        tags=tuple(doc.get("tags", [])),
        media=tuple(_media(item) for item in doc.get("media", [])),
        lang=doc.get("lang"),
        sensitive=doc.get("sensitive", False),
        canonical=doc.get("canonical"),
        app=doc.get("app"),
        parent=doc["parent"],
        published=doc["published"],
    )


def _profile(doc: dict[str, Any]) -> Profile:
    _check(doc, _PROFILE)
    return Profile(
        name=doc.get("name", ""),
        about=doc.get("about", ""),
        location=doc.get("location", ""),
        website=doc.get("website"),
        picture=doc.get("picture"),
        cover=doc.get("cover"),
    )


def _media(item: dict[str, Any]) -> Media:
    return Media(
        cid=item["cid"],
        type=item["type"],
        bytes=item["bytes"],
        width=item["width"],
        height=item["height"],
        alt=item["alt"],
        blurhash=item.get("blurhash"),
    )


def _is_tag(tag: str) -> bool:
    """Lower-case or caseless letters, their marks, digits and '-'; `re` has no `\\p{Ll}`."""
    kinds = [category(letter) for letter in tag]
    return kinds[0] in ("Ll", "Lo", "Lm", "Nd") and all(
        kind in ("Ll", "Lo", "Lm", "Mn", "Mc", "Nd") or letter == "-"
        for letter, kind in zip(tag, kinds, strict=True)
    )


def _short(message: str) -> str:
    return message if len(message) <= 160 else f"{message[:80]} … {message[-78:]}"


def _pattern(_: Any, pattern: str, instance: object, __: object) -> Iterator[ValidationError]:
    # JSON Schema's $ is the very end; Python's would let a newline follow.
    if isinstance(instance, str) and not re.search(re.sub(r"\$$", r"\\Z", pattern), instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


_Validator = extend(Draft202012Validator, {"pattern": _pattern})  # type: ignore[no-untyped-call]
_POST_FILE = (_SCHEMAS / "post.json").read_bytes()
_PROFILE_FILE = (_SCHEMAS / "profile.json").read_bytes()
_POST = _Validator(json.loads(_POST_FILE))
_PROFILE = _Validator(json.loads(_PROFILE_FILE))
