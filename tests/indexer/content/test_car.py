"""CAR streams: there and back, as others write them, cut anywhere, and hostile."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.content.car import MAX_HEADER, BadCar, CutCar, read_car, write_car
from indexer.content.cid import DAG_PB, RAW, BadCid, binary, cid_of, digest
from indexer.content.store import MAX_BLOCK


def named(data: bytes, codec: int = RAW) -> tuple[str, bytes]:
    return cid_of(digest(data), codec), data


A, B = named(b"a document"), named(b"which pieces make a file", DAG_PB)
CAR = b"".join(write_car([B[0]], [A, B]))
HEADER = len(b"".join(write_car([B[0]], [])))


@given(
    blocks=st.lists(st.tuples(st.binary(max_size=300), st.sampled_from([RAW, DAG_PB])), max_size=9),
    cuts=st.lists(st.integers(0, 3000), max_size=9),
)
def test_there_and_back(blocks: list[tuple[bytes, int]], cuts: list[int]) -> None:
    """However the stream is cut into chunks."""
    wanted = [named(*block) for block in blocks]
    car = b"".join(write_car([cid for cid, _ in wanted], wanted))
    edges = [0, *sorted(cut for cut in cuts if cut < len(car)), len(car)]
    assert list(read_car(car[a:b] for a, b in pairwise(edges))) == wanted


def test_the_bytes_are_those_of_the_specification() -> None:
    header = b"\xa2\x65roots\x81\xd8\x2a\x58\x25\x00" + binary(B[0]) + b"\x67version\x01"
    sections = [bytes([36 + len(data)]) + binary(cid) + data for cid, data in (A, B)]
    assert bytes([len(header)]) + header + b"".join(sections) == CAR


def test_a_block_as_long_as_a_block_may_be() -> None:
    largest = named(bytes(MAX_BLOCK))
    assert list(read_car(write_car([], [largest]))) == [largest]


def test_a_cut_stream_gives_what_is_whole_and_says_so() -> None:
    ends = [HEADER, HEADER + 37 + len(A[1]), len(CAR)]  # where a stream may end
    for size in range(len(CAR)):
        blocks = read_car([CAR[:size]])
        whole = sum(size >= end for end in ends[1:])
        assert [next(blocks) for _ in range(whole)] == [A, B][:whole]
        if size in ends:
            assert list(blocks) == []
        else:
            with pytest.raises(CutCar, match="cut short"):
                next(blocks)


def test_any_other_byte_is_found_out() -> None:
    """A changed byte never yields another block than those that were written."""
    for place in range(len(CAR)):
        changed = CAR[:place] + bytes([CAR[place] ^ 1]) + CAR[place + 1 :]
        try:
            found = dict(read_car([changed]))
        except (BadCar, CutCar):
            continue
        # The name of a root, or the codec of a block: its bytes are those of its digest.
        assert {digest(data) for data in found.values()} == {digest(A[1]), digest(B[1])}


def header(cbor: bytes) -> bytes:
    return bytes([len(cbor)]) + cbor


GOOD = header(b"\xa2\x65roots\x80\x67version\x01")


@pytest.mark.parametrize(
    ("stream", "said"),
    [
        (b"<html>not found</html>" * 9, "not dag-cbor"),
        (b"\x00", "not dag-cbor"),
        (header(b"\xa1\x67version\x02"), "version 1, but of 2"),  # how a CARv2 begins
        (header(b"\x81\x01"), "version 1"),
        (header(b"\x81" * 100), "not dag-cbor"),
        (header(b"\x9b" + b"\x7f" * 8), "not dag-cbor"),
        (b"\xff" * 20, "no number"),
        (b"\xff" * 8 + b"\x7f", "at most 65,536"),
        (GOOD + b"\xff" * 8 + b"\x7f", "at most 2,097,188"),
        (GOOD + b"\x00", "cannot be checked"),
        (GOOD + b"\x02\x01\x55", "cannot be checked"),
        (GOOD + b"\x22\x12\x20" + bytes(32), "cannot be checked"),  # CIDv0
        (GOOD + b"\x06\x01\x55\x00\x02hi", "cannot be checked"),  # the identity "hash"
        (GOOD + b"\x25" + binary(A[0]) + b"!", "other bytes under the name of " + A[0]),
    ],
)
def test_hostile_streams(stream: bytes, said: str) -> None:
    with pytest.raises(BadCar, match=said):
        list(read_car([stream]))


def test_a_long_header_is_not_read() -> None:
    asked = 0

    def endless() -> Iterator[bytes]:
        nonlocal asked
        yield b"\x80\x80\x80\x01"  # 2 MiB
        while True:
            asked += 1
            yield bytes(MAX_HEADER)

    with pytest.raises(BadCar, match="at most 65,536"):
        list(read_car(endless()))
    assert asked == 0


def test_only_names_of_blocks_can_be_written() -> None:
    with pytest.raises(BadCid):
        list(write_car(["QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKvvqA"], []))
