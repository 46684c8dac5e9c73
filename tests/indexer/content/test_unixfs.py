"""Files as blocks: the official vectors, ranges, and files that are not what they say."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import base58
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.content import dagpb, open_store, varint
from indexer.content.cid import DAG_PB, RAW, binary, cid_of, digest, parse
from indexer.content.dagpb import MAX_PIECES, BadNode, Link
from indexer.content.store import Missing
from indexer.content.unixfs import (
    MAX_DEPTH,
    MAX_FILE,
    V0_2015,
    V1_2025,
    Profile,
    add,
    blocks_of,
    blocks_under,
    read_file,
    size_of,
)
from tests.indexer.content.files import Blocks, Keystream

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "unixfs-files.json").read_text())
PROFILES = {"unixfs-v0-2015": V0_2015, "unixfs-v1-2025": V1_2025}


@pytest.mark.parametrize("vector", VECTORS["files"], ids=lambda v: f"{v['profile']}-{v['bytes']}")
def test_official_vectors(vector: dict[str, str]) -> None:
    size = int(vector["bytes"])
    text = io.BytesIO(vector["text"].encode()) if "text" in vector else None
    file = text or Keystream(vector["seed"], size)
    *_, (cid, _) = (
        (cid, len(block)) for cid, block in blocks_of(file, PROFILES[vector["profile"]])
    )
    if vector["cid"].startswith("Qm"):  # version 0: the multihash alone, in base58
        assert base58.b58encode(b"\x12\x20" + parse(cid).digest).decode() == vector["cid"]
    else:
        assert cid == vector["cid"]


def kept(data: bytes, profile: Profile) -> tuple[str, Blocks]:
    """The CID of a file, and its blocks."""
    found, cid = Blocks(), ""
    for cid, block in blocks_of(io.BytesIO(data), profile):
        assert found.keep(block, parse(cid).codec) == cid
    return cid, found


@given(
    data=st.binary(max_size=400),
    chunk=st.integers(1, 9),
    width=st.integers(2, 5),
    version=st.sampled_from([0, 1]),
    edges=st.tuples(st.integers(0, 410), st.integers(0, 410)),
)
def test_any_range_of_any_file(
    data: bytes, chunk: int, width: int, version: int, edges: tuple[int, int]
) -> None:
    cid, blocks = kept(data, Profile(chunk, width, version))
    depth = 0
    while chunk * width**depth < len(data):
        depth += 1
    if depth > MAX_DEPTH:
        return
    assert size_of(blocks.get_block, cid) == len(data)
    assert b"".join(read_file(blocks.get_block, cid)) == data
    start, stop = min(edges), max(edges)
    blocks.asked.clear()
    assert b"".join(read_file(blocks.get_block, cid, start, stop)) == data[start:stop]
    assert len(blocks.asked) <= 1 + (depth + version) * ((stop - start) // chunk + 2)
    under = [name for name, _ in blocks_under(blocks.get_block, cid)]
    assert under[0] == cid and len(under) == len(blocks)
    assert {parse(name).digest for name in under} == blocks.keys()


def test_a_file_in_a_store(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    data = Keystream("a film", 17 * 2**20 + 5).read()
    cid = add(io.BytesIO(data), store)
    assert cid.startswith("bafybei")
    assert b"".join(read_file(store.get, cid)) == data
    assert b"".join(read_file(store.get, cid, 2**20 - 3, 2**20 + 3)) == data[2**20 - 3 : 2**20 + 3]
    assert add(io.BytesIO(data), store) == cid
    small = add(io.BytesIO(b"a small file"), store)
    assert store.get(small) == b"a small file"
    assert store.get(add(io.BytesIO(), store)) == b""
    store.close()


def test_a_missing_piece_is_said_when_it_is_reached() -> None:
    data = bytes(range(100))
    cid, blocks = kept(data, Profile(10, 4, 1))
    del blocks[digest(data[50:60])]
    parts = read_file(blocks.get_block, cid)
    assert b"".join(next(parts) for _ in range(5)) == data[:50]
    with pytest.raises(Missing, match=cid_of(digest(data[50:60]))):
        next(parts)
    assert b"".join(read_file(blocks.get_block, cid, 60)) == data[60:]


# ---------------------------------------------------------------- hostile nodes


def link(cid: str, size: int) -> Link:
    return Link(binary(cid), size, size)


def message(*fields: tuple[int, int | bytes]) -> bytes:
    """A message of protobuf."""
    out = b""
    for number, value in fields:
        if isinstance(value, int):
            out += varint.encode(number << 3) + varint.encode(value)
        else:
            out += varint.encode(number << 3 | 2) + varint.encode(len(value)) + value
    return out


LEAF = cid_of(digest(b"leaf"))
GOOD_LINK = message((1, binary(LEAF)), (2, b""), (3, 4))
FILE = [(1, 2), (3, 4), (4, 4)]


@pytest.mark.parametrize(
    ("block", "said"),
    [
        (b"", "not a dag-pb node"),
        (b"leaf", "not a dag-pb node"),
        (b"\xff" * 30, "not a dag-pb node"),
        (message((2, GOOD_LINK)), "not a dag-pb node"),
        (message((1, message(*FILE)), (1, message(*FILE))), "not a dag-pb node"),
        (message((2, GOOD_LINK), (1, message(*FILE)))[:-1], "no field ends"),
        (message((2, b"\x01\x55"), (1, message(*FILE))), "not a dag-pb node"),
        (message((2, message((1, b"\x01\x71" + bytes(34)))), (1, message(*FILE))), "not a CIDv1"),
        (message((1, message((1, 1)))), "of a directory"),
        (message((1, message((1, 4), (2, b"/etc/passwd")))), "of a symbolic link"),
        (message((1, message((1, 5)))), "of a directory in shards"),
        (message((1, message((1, 9)))), "of something unknown"),
        (message((1, b"")), "of something unknown"),
        (message((2, GOOD_LINK), (1, message((1, 2), (3, 4)))), "does not give the size"),
        (message((1, message(*FILE))), "does not give the size"),
        (message((2, GOOD_LINK), (1, message((1, 2), (3, 0), (4, 0)))), "does not give the size"),
        (message((2, GOOD_LINK), (1, message((1, 2), (3, 5), (4, 4)))), "do not add up"),
        (message((2, GOOD_LINK), (1, message((1, 2), (4, 4)))), "do not add up"),
        (message(*[(2, GOOD_LINK)] * (MAX_PIECES + 20), (1, message(*FILE))), "more than 8,192"),
    ],
)
def test_blocks_that_are_no_node_of_a_file(block: bytes, said: str) -> None:
    with pytest.raises(BadNode, match=said):
        dagpb.decode(block)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_node_or_are_refused(block: bytes) -> None:
    for data in (block, message((2, GOOD_LINK), (1, block)), message((2, block), (1, b"\x08\x02"))):
        try:
            assert dagpb.decode(data).size < 2**200
        except BadNode as error:
            assert str(error).endswith(".")


def every(blocks: Blocks, cid: str) -> list[Callable[[], object]]:
    return [
        lambda: list(read_file(blocks.get_block, cid)),
        lambda: list(blocks_under(blocks.get_block, cid)),
    ]


@pytest.mark.parametrize("claimed", [1, 3, 5, 2**39])
def test_a_piece_that_is_longer_or_shorter_than_said(claimed: int) -> None:
    blocks = Blocks()
    for codec in (RAW, DAG_PB):
        piece = b"leaf" if codec == RAW else dagpb.encode([], b"leaf")
        under = link(blocks.keep(piece, codec), claimed)
        cid = blocks.keep(dagpb.encode([under]), DAG_PB)
        for call in every(blocks, cid):
            with pytest.raises(BadNode, match=f"4 bytes is said to have {claimed:,}"):
                call()


def chain(blocks: Blocks, depth: int, times: int) -> str:
    """A leaf under so many nodes, each of which has what is below it so many times."""
    cid, size = blocks.keep(b"leaf", RAW), 4
    for _ in range(depth):
        cid = blocks.keep(dagpb.encode([link(cid, size)] * times), DAG_PB)
        size *= times
    return cid


def test_a_deep_file_is_refused() -> None:
    blocks = Blocks()
    assert b"".join(read_file(blocks.get_block, chain(blocks, MAX_DEPTH, 1))) == b"leaf"
    for call in every(blocks, chain(blocks, MAX_DEPTH + 1, 1)):
        with pytest.raises(BadNode, match="more than 8 levels"):
            call()


def test_a_few_blocks_that_claim_to_be_endless() -> None:
    blocks = Blocks()
    bomb = chain(blocks, 4, 1000)  # four trillion bytes
    with pytest.raises(BadNode, match="nobody has so many"):
        size_of(blocks.get_block, bomb)
    assert len(list(blocks_under(blocks.get_block, bomb))) == 5
    smaller = chain(blocks, 3, 1000)  # four billion bytes in four blocks
    assert size_of(blocks.get_block, smaller) == 4 * 10**9
    blocks.asked.clear()
    assert len(list(blocks_under(blocks.get_block, smaller))) == len(blocks.asked) == 4
    assert b"".join(read_file(blocks.get_block, smaller, 10**9, 10**9 + 6)) == b"leafle"
    assert len(blocks.asked) < 12
    assert MAX_FILE == 2**40
