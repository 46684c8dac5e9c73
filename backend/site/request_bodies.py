"""Reads the bodies of requests."""

from typing import TypeVar

import msgspec
from flask import request

from backend.site.problems import Problem

MOST_JSON = 4096
"""Bytes of a JSON body at most, where a route does not set another limit."""

CHUNK = 64 * 1024

Shape = TypeVar("Shape")


def json_body(shape: type[Shape], most: int = MOST_JSON) -> Shape:
    """A JSON body of a known `shape`. Raises Problem 400 `bad_json`, 413 `too_large`.

    A parser that takes any shape nests as deep as the body does, so that a body of brackets alone can
    overrun the stack and kill the process; one that knows the shape stops at the first bracket.
    """
    data = exact_bytes(most, "too_large")
    if not request.is_json:
        raise Problem(400, "bad_json", "Send JSON, with Content-Type: application/json.")
    try:
        return msgspec.json.decode(data, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Problem(400, "bad_json", f"This JSON is not as it should be: {error}.") from error


def members(*names: str, most: int = MOST_JSON) -> list[str]:
    """The named members of a JSON object whose values are texts.

    Raises Problem 400 `bad_json`, `missing_member`, 413 `too_large`.
    """
    body = json_body(dict[str, str], most)
    missing = next((name for name in names if name not in body), None)
    if missing:
        raise Problem(400, "missing_member", f"`{missing}` is missing.")
    if any("\0" in body[name] for name in names):
        raise Problem(400, "bad_json", "Text must not hold the character U+0000.")
    return [body[name] for name in names]


def exact_bytes(most: int, code: str) -> bytes:
    """The body as it came, of at most `most` bytes. Raises Problem 413 `code`."""
    large = Problem(413, code, f"At most {most:,} bytes are taken.")
    if (request.content_length or 0) > most:
        while request.stream.read(CHUNK):
            pass  # a proxy that cannot send all of it answers with an error page of its own
        raise large
    data = request.get_data(cache=False)
    if len(data) > most:
        raise large
    return data


def hex_bytes(name: str, text: str, length: int | None = None) -> bytes:
    """The bytes of 0x-hex text, `length` of them if it is given. Raises Problem 400 `bad_hex`."""
    try:
        data = bytes.fromhex(text.removeprefix("0x"))
    except ValueError:
        data = b""
    if not data or (length is not None and len(data) != length):
        size = f"{length} bytes" if length else "bytes"
        raise Problem(400, "bad_hex", f"`{name}` is {size} as 0x and hexadecimal digits.")
    return data
