"""The one way to write a document as bytes, so that the same document has the same digest.

RFC 8785 (JSON Canonicalization Scheme), narrowed so that Python and a browser agree without a
library: whole numbers within ±(2^53 - 1) only, and every string in Unicode's NFC. In a browser it
is `JSON.stringify` of the object with its keys sorted by `Array.prototype.sort`.
"""

import json
import re
from typing import Any, NoReturn
from unicodedata import is_normalized, normalize

from indexer.content.errors import ContentError

MAX_DEPTH = 32
MAX_INTEGER = 2**53 - 1


class NotJson(ContentError):
    """Not UTF-8, not JSON, or JSON that two programs could read differently."""

    code = "document_not_json"


class NotCanonical(ContentError):
    """Good JSON, but not in the one spelling that gives a document its digest."""

    code = "document_not_canonical"


def canonical(doc: dict[str, Any]) -> bytes:
    """`doc` as canonical bytes; strings are brought to NFC.

    Raises `NotJson` for what has no canonical form: a fraction, NaN, an integer beyond 2^53 - 1, a
    lone surrogate, U+0000 (which PostgreSQL's text cannot hold), two keys that become one in NFC,
    depth over 32, a value of no JSON type.
    """
    text = json.dumps(_ordered(doc, 0), ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def decode(data: bytes) -> dict[str, Any]:
    """The object in `data`. Raises `NotJson`, or `NotCanonical` if it is written another way."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise NotJson(f"The document is not UTF-8 at byte {error.start}.") from error
    _check_depth(text)
    try:
        doc = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_no_number,
            parse_constant=_no_number,
        )
    except json.JSONDecodeError as error:
        raise NotJson(f"The document is not JSON: {error}.") from error
    if not isinstance(doc, dict):
        raise NotJson("The document is not a JSON object.")
    if canonical(doc) != data:
        raise NotCanonical(
            "The document is not canonical: write it with sorted keys, no spaces between tokens, "
            "no needless escapes and strings in NFC."
        )
    return doc


# A string (to the end of the text if it is not closed), or a bracket outside of one.
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[][{}]', re.DOTALL)


def _check_depth(text: str) -> None:
    """Raises `NotJson` for too deep nesting, before a parser recurses.

    json.loads would overrun the stack and kill the process: some libraries of the Ethereum family
    raise Python's recursion limit beyond what the stack holds.
    """
    depth = 0
    for token in _TOKEN.finditer(text):
        first = token[0][0]
        depth += (first in "[{") - (first in "]}")
        if depth > MAX_DEPTH + 1:
            raise NotJson(f"The document is nested more than {MAX_DEPTH} deep.")


def _ordered(value: Any, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise NotJson(f"The document is nested more than {MAX_DEPTH} deep.")
    match value:
        case None | bool():
            return value
        case int():
            return _within(value)
        case str():
            return _string(value)
        case list() | tuple():
            return [_ordered(item, depth + 1) for item in value]
        case dict():
            pairs = [(_key(key), _ordered(item, depth + 1)) for key, item in value.items()]
            # RFC 8785 sorts by UTF-16 units, as JavaScript does by itself.
            return _object(sorted(pairs, key=lambda pair: pair[0].encode("utf-16-be")))
        case _:
            raise NotJson(f"A document cannot hold a {type(value).__name__}: {value!r:.40}.")


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise NotJson(f"A key must be text, not {key!r:.40}.")
    return _string(key)


def _string(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise NotJson("The document holds half of a surrogate pair.") from error
    if "\0" in text:
        raise NotJson("The document holds the character U+0000, which a database cannot keep.")
    return text if is_normalized("NFC", text) else normalize("NFC", text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise NotJson(f"The key {twice!r:.40} appears twice in one object.")
    return found


def _integer(digits: str) -> int:
    if len(digits) > 17:  # before int(), whose cost grows with the square of the length
        raise NotJson(f"The number {digits[:20]}… is beyond ±(2^53 - 1).")
    return _within(int(digits))


def _within(number: int) -> int:
    if abs(number) > MAX_INTEGER:
        raise NotJson("A number is beyond ±(2^53 - 1), which JavaScript cannot hold.")
    return number


def _no_number(text: str) -> NoReturn:
    raise NotJson(f"{text[:40]} is not a whole number; write numbers without a point or exponent.")
