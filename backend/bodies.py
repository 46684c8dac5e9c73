"""Reading the bodies of requests."""

from flask import request

from backend.problems import Problem


def members(*names: str) -> list[str]:
    """The named text members of a JSON body. Raises Problem 400 `bad_json`, `missing_member`."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        detail = "Send a JSON object, with Content-Type: application/json."
        raise Problem(400, "bad_json", detail)
    found = []
    for name in names:
        value = body.get(name)
        if not isinstance(value, str):
            raise Problem(400, "missing_member", f"`{name}` is missing, or is not text.")
        found.append(value)
    return found


def exact_bytes(most: int, code: str) -> bytes:
    """The body as it came, of at most `most` bytes. Raises Problem 413 `code`."""
    if (request.content_length or 0) > most:
        raise Problem(413, code, f"At most {most:,} bytes are taken.")
    data = request.get_data(cache=False)
    if len(data) > most:
        raise Problem(413, code, f"At most {most:,} bytes are taken.")
    return data


def hex_bytes(name: str, text: str, length: int | None = None) -> bytes:
    """The bytes of 0x-hex text. Raises Problem 400 `bad_hex`."""
    try:
        data = bytes.fromhex(text.removeprefix("0x"))
    except ValueError:
        data = b""
    if not data or (length is not None and len(data) != length):
        size = f"{length} bytes" if length else "bytes"
        raise Problem(400, "bad_hex", f"`{name}` is {size} as 0x and hexadecimal digits.")
    return data
