"""Files of any size as blocks, and back: UnixFS by the profiles of IPIP-0499.

A file is cut into pieces of equal size; nodes name the pieces, and nodes above them name the nodes,
until one node is left: the root, whose CID names the file. All pieces are at the same depth. A file of
one piece is that piece. Source: https://specs.ipfs.tech/ipips/ipip-0499/.
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from indexer.content import dagpb
from indexer.content.cid import DAG_PB, RAW, Cid, binary, cid_of, digest, parse
from indexer.content.dagpb import BadNode, DagNode, Link
from indexer.content.store import Store

MAX_DEPTH = 8
"""Nodes above a piece, at most, in a file that is read. Files written here reach 1 PiB with three."""
MAX_FILE = 1 << 40
"""Bytes, at most, of a file that is read: a few blocks can claim any size."""

_BATCH = 16  # blocks put into the store at once

Get = Callable[[str], bytes]
"""Returns the block with a CID, its hash checked: a store's `get`."""


@dataclass(frozen=True, slots=True)
class Profile:
    """How a file becomes blocks: bytes of a piece, links of a node, and the version of its CIDs.

    In version 0 even a piece is a node.
    """

    chunk: int
    width: int
    version: int


V1_2025 = Profile(chunk=1024 * 1024, width=1024, version=1)
"""`unixfs-v1-2025`, the profile of files that are written here."""
V0_2015 = Profile(chunk=256 * 1024, width=174, version=0)
"""`unixfs-v0-2015`, by which most files in IPFS were written."""


def blocks_of(file: BinaryIO, profile: Profile = V1_2025) -> Iterator[tuple[str, bytes]]:
    """The blocks of `file` with their CIDs (all in version 1), pieces before nodes, the root last.

    Memory holds one piece, and the links that are in no node yet.
    """
    levels: list[list[Link]] = [[]]  # links without a node above them: to pieces, to nodes …
    data = file.read(profile.chunk)
    yield _piece(levels[0], data, profile)
    while data := file.read(profile.chunk):
        level = 0
        while len(levels[level]) == profile.width:  # only now it is known that more will follow
            yield _node(levels, level, profile)
            level += 1
        yield _piece(levels[0], data, profile)
    for level in itertools.count():
        if level == len(levels) - 1 and len(levels[level]) == 1:
            return
        yield _node(levels, level, profile)


def add(file: BinaryIO, store: Store) -> str:
    """Stores `file`, pinned, and returns its CID.

    What was stored stays when it fails or is killed; adding the file again completes it. Raises
    what `store.put_many` raises, and OSError of reading.
    """
    blocks = blocks_of(file)
    cid = ""
    while batch := list(itertools.islice(blocks, _BATCH)):
        store.put_many(block for _, block in batch)
        cid = batch[-1][0]
    return cid


def size_of(get: Get, cid: str) -> int:
    """Bytes of the file called `cid`. Raises `BadNode`, and what `get` raises."""
    _, node = _read(get, parse(cid))
    if node.size > MAX_FILE:
        raise BadNode(f"The file says that it has {node.size:,} bytes; nobody has so many.")
    return node.size


def read_file(get: Get, cid: str, start: int = 0, stop: int = MAX_FILE) -> Iterator[bytes]:
    """The bytes from `start` up to `stop` of the file called `cid`, a piece at a time.

    Only the blocks that hold them are asked for. Raises `BadNode` for sizes that are not true, for
    more than `MAX_DEPTH` levels, and for what is no file; and what `get` raises.
    """
    for _, _, node, at in _visit(get, cid, start, stop):
        if part := node.data[max(start - at, 0) : max(stop - at, 0)]:
            yield part


def blocks_under(get: Get, cid: str) -> Iterator[tuple[str, bytes]]:
    """All blocks of the file called `cid`, depth first, each once, the root first; raises as `read_file`."""
    for name, block, _, _ in _visit(get, cid, 0, MAX_FILE, once=True):
        yield name, block


def _visit(
    get: Get, cid: str, start: int, stop: int, once: bool = False
) -> Iterator[tuple[str, bytes, DagNode, int]]:
    """The blocks of a range, depth first: the CID, the block, its node, and where that begins."""
    seen: set[Cid] = set()
    waiting: list[tuple[Cid, int, int | None, int]] = [(parse(cid), 0, None, 0)]
    while waiting:
        name, at, expected, depth = waiting.pop()
        if once:
            if name in seen:
                continue
            seen.add(name)
        block, node = _read(get, name)
        if expected is not None and node.size != expected:
            raise BadNode(f"A piece of {node.size:,} bytes is said to have {expected:,}.")
        if depth > MAX_DEPTH:
            raise BadNode(f"The file has more than {MAX_DEPTH} levels of nodes.")
        yield cid_of(name.digest, name.codec), block, node, at
        below = []
        at += len(node.data)
        for piece, size in node.pieces:
            if at < stop and at + size > start:
                below.append((piece, at, size, depth + 1))
            at += size
        waiting += reversed(below)


def _read(get: Get, name: Cid) -> tuple[bytes, DagNode]:
    block = get(cid_of(name.digest, name.codec))
    return block, DagNode(block) if name.codec == RAW else dagpb.decode(block)


def _piece(links: list[Link], data: bytes, profile: Profile) -> tuple[str, bytes]:
    """The block of a piece; its link is added to `links`."""
    block = data if profile.version else dagpb.encode([], data)
    codec = RAW if profile.version else DAG_PB
    return _linked(links, block, codec, len(data), len(block), profile)


def _node(levels: list[list[Link]], level: int, profile: Profile) -> tuple[str, bytes]:
    """Makes a node of all links of a level, and puts its own link on the next level in their place."""
    links = levels[level]
    block = dagpb.encode(links)
    size, total = sum(link.size for link in links), sum(link.total for link in links)
    links.clear()
    if level + 1 == len(levels):
        levels.append([])
    return _linked(levels[level + 1], block, DAG_PB, size, len(block) + total, profile)


def _linked(
    links: list[Link], block: bytes, codec: int, size: int, total: int, profile: Profile
) -> tuple[str, bytes]:
    named = digest(block)
    cid = cid_of(named, codec)
    links.append(Link(binary(cid) if profile.version else b"\x12\x20" + named, size, total))
    return cid, block
