"""The raw CID, against identifiers that other implementations made."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.content.cid import (
    DAG_PB,
    RAW,
    BadCid,
    binary,
    cid_of,
    digest,
    digest_of,
    from_binary,
    parse,
)

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "content-cid.json").read_text())


@pytest.mark.parametrize("vector", VECTORS["good"], ids=lambda v: v["cid"][-8:])
def test_known_blocks(vector: dict[str, str]) -> None:
    assert cid_of(digest(vector["text"].encode())) == vector["cid"]
    assert digest_of(vector["cid"]).hex() == vector["sha256"]


@pytest.mark.parametrize("cid", VECTORS["bad"])
def test_every_other_form_is_refused(cid: str) -> None:
    with pytest.raises(BadCid):
        digest_of(cid)


@settings(derandomize=True, deadline=None)
@given(st.binary(min_size=32, max_size=32))
def test_there_and_back(data: bytes) -> None:
    assert digest_of(cid_of(data)) == data


@settings(derandomize=True, deadline=None)
@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz234567", min_size=52, max_size=52))
def test_a_digest_has_one_spelling(tail: str) -> None:
    cid = "bafkrei" + tail
    with suppress(BadCid):
        assert cid_of(digest_of(cid)) == cid


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_digest_has_32_bytes(size: int) -> None:
    with pytest.raises(BadCid, match="32 bytes"):
        cid_of(bytes(size))


@settings(derandomize=True, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.sampled_from([RAW, DAG_PB]))
def test_both_codecs_in_both_forms(data: bytes, codec: int) -> None:
    cid = cid_of(data, codec)
    assert cid.startswith({RAW: "bafkrei", DAG_PB: "bafybei"}[codec])
    assert parse(cid) == from_binary(binary(cid)) == (codec, data)


def test_a_document_is_no_dag() -> None:
    with pytest.raises(BadCid, match="raw block"):
        digest_of(cid_of(bytes(32), DAG_PB))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x12\x20" + bytes(32),  # version 0
        b"\x01\x71\x12\x20" + bytes(32),  # dag-cbor
        b"\x01\x55\x13\x20" + bytes(32),  # another hash
        b"\x01\x55\x00\x20" + bytes(32),  # no hash at all
        b"\x01\x55\x12\x20" + bytes(31),
        b"\x01\x55\x12\x20" + bytes(33),
    ],
)
def test_other_binary_forms_are_refused(data: bytes) -> None:
    with pytest.raises(BadCid, match="not a CIDv1"):
        from_binary(data)
