"""The one content identifier that blocks have here: CIDv1, raw, sha2-256 (`bafkrei…`).

What the chain stores is the 32-byte sha-256 of the exact bytes; the CID is the same digest in the
spelling that IPFS tools read. Source: https://github.com/multiformats/cid.
"""

import binascii
import re
from base64 import b32decode, b32encode
from hashlib import sha256

from indexer.content.errors import ContentError

CID_PATTERN = r"bafkrei[a-z2-7]{52}"
"""A regular expression for the shape of a raw CID; `digest_of` is the full check."""

_PREFIX = bytes([0x01, 0x55, 0x12, 0x20])  # version 1, raw, sha2-256, 32 bytes
_SHAPE = re.compile(CID_PATTERN)


class BadCid(ContentError):
    """The text is not a raw sha2-256 CIDv1 in lower-case base32, or the digest is not 32 bytes."""

    code = "bad_cid"


def digest(data: bytes) -> bytes:
    """The sha-256 of `data`, 32 bytes: the name under which the chain knows it."""
    return sha256(data).digest()


def cid_of(digest: bytes) -> str:
    """The CID of the block whose sha-256 is `digest` (32 bytes). Raises `BadCid`."""
    if len(digest) != 32:
        raise BadCid(f"A digest has 32 bytes, this one has {len(digest)}.")
    return "b" + b32encode(_PREFIX + digest).decode().lower().rstrip("=")


def digest_of(cid: str) -> bytes:
    """The 32-byte sha-256 in `cid`. Raises `BadCid` for any other form, codec or hash."""
    if not _SHAPE.fullmatch(cid):
        raise BadCid(f"{cid[:80]!r} is not a CID of a raw block (bafkrei… in lower case).")
    try:
        data = b32decode(cid[1:].upper() + "======")
    except binascii.Error as error:
        raise BadCid(f"{cid!r} is not base32.") from error
    found = data[len(_PREFIX) :]
    if not data.startswith(_PREFIX) or cid_of(found) != cid:  # a stray bit in the last letter
        raise BadCid(f"{cid!r} is not the one spelling of a raw sha2-256 CID.")
    return found
