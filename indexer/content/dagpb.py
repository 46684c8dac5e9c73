"""UnixFS file nodes in dag-pb: the blocks that say which pieces make a file.

A node is a list of links and a message, in protobuf; the message holds the size of each piece, and
may hold bytes of the file itself, which come before the pieces. Source:
https://specs.ipfs.tech/unixfs/ and https://ipld.io/specs/codecs/dag-pb/spec/.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from indexer.content import varint
from indexer.content.cid import DAG_PB, BadCid, Cid, from_binary
from indexer.content.errors import ContentError

MAX_PIECES = 8192
"""Pieces, at most, of a node that is read; nodes written here have up to 1,024."""

_WRAPPED, _FILE = 0, 2  # the first is an old way to write a piece
_OTHERS = {1: "a directory", 4: "a symbolic link", 5: "a directory in shards"}
_MAX_FIELDS = MAX_PIECES + 16


class BadNode(ContentError):
    """The block is not a node of a file, or it contradicts itself or the node above it."""

    code = "bad_node"


class Link(NamedTuple):
    """A link to write. name: binary CID; size: bytes of the file under it; total: bytes of all blocks there."""

    name: bytes
    size: int
    total: int


@dataclass(frozen=True, slots=True)
class DagNode:
    """A file or a part of one: `data`, then `pieces`, each a CID and its size in bytes."""

    data: bytes
    pieces: tuple[tuple[Cid, int], ...] = ()

    @property
    def size(self) -> int:
        """Bytes of the file that is under this node."""
        return len(self.data) + sum(size for _, size in self.pieces)


def encode(links: Sequence[Link], data: bytes = b"") -> bytes:
    """The node of the file that is `data` followed by `links`."""
    size = len(data) + sum(link.size for link in links)
    message = _number(1, _FILE) + (_string(2, data) if data else b"") + _number(3, size)
    message += b"".join(_number(4, link.size) for link in links)
    written = (_string(1, link.name) + _string(2, b"") + _number(3, link.total) for link in links)
    # The links come first, although the message has the lower field number.
    return b"".join(_string(2, link) for link in written) + _string(1, message)


def decode(block: bytes) -> DagNode:
    """The node in `block`. Raises `BadNode`."""
    try:
        _, node = _fields(block)
        numbers, strings = _fields(_one(node[1]))
        names = [_name(link) for link in node[2]]
    except (ValueError, BadCid) as error:
        raise BadNode(f"The block is not a dag-pb node that can be read: {error}") from error
    kind = (numbers[1] or [-1])[-1]
    if kind not in (_WRAPPED, _FILE):
        raise BadNode(f"The block is of {_OTHERS.get(kind, 'something unknown')}, not of a file.")
    sizes = numbers[4]
    if len(sizes) != len(names) or 0 in sizes:
        raise BadNode(f"A node of {len(names):,} pieces does not give the size of each.")
    found = DagNode((strings[2] or [b""])[-1], tuple(zip(names, sizes, strict=True)))
    if found.size != (numbers[3] or [0])[-1]:
        raise BadNode("The pieces of a node do not add up to the size that it gives.")
    return found


def _name(link: bytes) -> Cid:
    name = _one(_fields(link)[1][1])
    if len(name) == 34 and name.startswith(b"\x12\x20"):  # CIDv0: a bare multihash
        return Cid(DAG_PB, name[2:])
    return from_binary(name)


def _one(values: Sequence[bytes]) -> bytes:
    if len(values) != 1:
        raise ValueError("it has not the one field that it must have.")
    return values[0]


def _fields(data: bytes) -> tuple[dict[int, list[int]], dict[int, list[bytes]]]:
    """The numbers and the strings in a message of protobuf, by field. Raises ValueError."""
    numbers: dict[int, list[int]] = defaultdict(list)
    strings: dict[int, list[bytes]] = defaultdict(list)
    at = count = 0
    while at < len(data):
        key, at = varint.decode(data, at)
        value, at = varint.decode(data, at)
        match key & 7:
            case 0:
                numbers[key >> 3].append(value)
            case 2 if at + value <= len(data):
                strings[key >> 3].append(data[at : at + value])
                at += value
            case _:
                raise ValueError(f"no field ends at byte {at}.")
        count += 1
        if count > _MAX_FIELDS:
            raise ValueError(f"it has more than {MAX_PIECES:,} pieces.")
    return numbers, strings


def _number(field: int, value: int) -> bytes:
    return varint.encode(field << 3) + varint.encode(value)


def _string(field: int, value: bytes) -> bytes:
    return varint.encode(field << 3 | 2) + varint.encode(len(value)) + value
