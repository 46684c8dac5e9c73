"""The content identifiers that blocks have here: CIDv1, sha2-256, in lower-case base32.

What the chain stores is the 32-byte sha-256 of the exact bytes; the CID is the same digest in the
spelling that IPFS tools read. A raw block (`bafkrei…`) is a document, a picture or a piece of a
file; a dag-pb block (`bafybei…`) says which pieces make a file. A store looks up blocks by digest
alone, so it does not tell the two apart. Source: https://github.com/multiformats/cid.
"""

import re
from hashlib import sha256
from typing import NamedTuple

import libipld

from indexer.content.errors import ContentError

RAW = 0x55
DAG_PB = 0x70
CID_PATTERN = r"bafkrei[a-z2-7]{52}"
"""A regular expression for the shape of a raw CID; `digest_of` is the full check."""
BLOCK_PATTERN = r"baf(?:krei|ybei)[a-z2-7]{52}"
"""The same of a raw or a dag-pb CID."""
CID_BYTES = 36
"""Bytes of a CID in its binary form."""

_CODECS = (RAW, DAG_PB)
_SHAPE = re.compile(BLOCK_PATTERN)


class BadCid(ContentError):
    """The text is not a CIDv1 of the form above, or the digest is not 32 bytes."""

    code = "bad_cid"


class Cid(NamedTuple):
    """What a CID says: `codec` is `RAW` or `DAG_PB`, `digest` the sha-256 of the block."""

    codec: int
    digest: bytes


def digest(data: bytes) -> bytes:
    """The sha-256 of `data`, 32 bytes: the name under which the chain knows it."""
    return sha256(data).digest()


def cid_of(digest: bytes, codec: int = RAW) -> str:
    """The CID of the block whose sha-256 is `digest` (32 bytes). Raises `BadCid`."""
    if len(digest) != 32:
        raise BadCid(f"A digest has 32 bytes, this one has {len(digest)}.")
    return libipld.encode_multibase("b", _prefix(codec) + digest)


def digest_of(cid: str) -> bytes:
    """The 32-byte sha-256 in the raw `cid`. Raises `BadCid` for any other form, codec or hash."""
    codec, found = parse(cid)
    if codec != RAW:
        raise BadCid(f"{cid!r} is not a CID of a raw block (bafkrei…).")
    return found


def parse(cid: str) -> Cid:
    """The codec and digest in `cid`. Raises `BadCid` for any other form, codec or hash."""
    if not _SHAPE.fullmatch(cid):
        raise BadCid(f"{cid[:80]!r} is not a CID of a block (bafkrei… or bafybei… in lower case).")
    try:
        _, data = libipld.decode_multibase(cid)
    except ValueError as error:  # the last letter has bits that must be 0
        raise BadCid(f"{cid!r} is not the one spelling of a sha2-256 CID.") from error
    return from_binary(data)


def binary(cid: str) -> bytes:
    """The 36-byte binary form of a CID, as in CAR files and dag-pb links. Raises `BadCid`."""
    codec, found = parse(cid)
    return _prefix(codec) + found


def from_binary(data: bytes) -> Cid:
    """The codec and digest in the binary CID `data`. Raises `BadCid`."""
    for codec in _CODECS:
        if len(data) == CID_BYTES and data.startswith(_prefix(codec)):
            return Cid(codec, bytes(data[4:]))
    raise BadCid(f"0x{data[:40].hex()} is not a CIDv1 of a raw or dag-pb block by sha2-256.")


def _prefix(codec: int) -> bytes:
    return bytes([0x01, codec, 0x12, 0x20])  # version 1, codec, sha2-256, 32 bytes
