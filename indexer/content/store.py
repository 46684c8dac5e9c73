"""The interface of all block stores, and their errors.

A block is at most `MAX_BLOCK` bytes and is named by its digest: a raw CID and a dag-pb CID of one
digest name the same block, and `put` returns the raw one. A store never returns other bytes than
those named: `get` hashes what it read.
"""

from collections.abc import Iterable
from typing import Protocol

from indexer.content.cid import cid_of, digest, parse
from indexer.content.errors import ContentError

MAX_BLOCK = 2 * 1024 * 1024
"""Bytes of a block at most: what IPFS peers still exchange, and what a gateway here serves."""


class Missing(ContentError):
    """The store does not hold this block."""

    code = "block_missing"


class Corrupt(ContentError):
    """What the store holds under this name is not the block; storing it again heals it."""

    code = "block_corrupt"


class BlockTooLarge(ContentError):
    """The block is over `MAX_BLOCK`."""

    code = "block_too_large"


class StillPinned(ContentError):
    """A pinned block is not deleted; unpin it first."""

    code = "block_pinned"


class StoreFull(ContentError):
    """The disk (or the quota) has no room left. Nothing of the call was stored."""

    code = "store_full"


class StoreUnavailable(ContentError):
    """The store cannot be reached or is busy for too long. Trying again later may help."""

    code = "store_unavailable"


class Store(Protocol):
    """Blocks by CID. Safe to share among threads; processes open one each on the same path.

    Every call may raise `StoreUnavailable`, and `BadCid` for a name of another form.
    """

    def put(self, data: bytes, *, pin: bool = True) -> str:
        """Stores a block and returns its raw CID; the same block twice is one block.

        Do not pin what is a mere copy, such as a cache. Raises `StoreFull`, `BlockTooLarge`.
        """

    def put_many(self, blocks: Iterable[bytes], *, pin: bool = True) -> list[str]:
        """Stores all or none, much faster than one by one; returns the CIDs in order."""

    def get(self, cid: str) -> bytes:
        """The block, from this machine. Raises `Missing`, or `Corrupt` if its hash differs."""

    def has(self, cid: str) -> bool:
        """Whether the block is on this machine (its bytes are checked by `get` only)."""

    def pin(self, cid: str) -> None:
        """Marks a block as one to keep. Raises `Missing`."""

    def unpin(self, cid: str) -> None:
        """Removes the mark; without effect if it was not there."""

    def delete(self, cid: str) -> None:
        """Removes a block; without effect if it is not there. Raises `StillPinned`."""

    def close(self) -> None:
        """Ends the use of the store."""


def checked(data: bytes, cid: str) -> bytes:
    """`data` if it is the block called `cid`; raises `Corrupt` otherwise."""
    found = cid_of(digest(data), parse(cid).codec)
    if found != cid:
        raise Corrupt(f"The block stored as {cid} hashes to {found}.")
    return data


def allowed(data: bytes) -> bytes:
    """`data` if it has at most `MAX_BLOCK` bytes; raises `BlockTooLarge` otherwise."""
    if len(data) > MAX_BLOCK:
        raise BlockTooLarge(f"A block has at most {MAX_BLOCK:,} bytes, this one {len(data):,}.")
    return data
