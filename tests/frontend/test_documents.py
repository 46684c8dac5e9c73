"""A document that the browser writes has the bytes, and so the digest, that the indexer expects."""

import json
from pathlib import Path
from typing import Any

import pytest

from indexer.content.documents import NotJson, canonical, parse
from indexer.protocol.actions import post_id, sha256
from tests.frontend.conftest import Js

GOOD = json.loads((Path(__file__).parent.parent / "vectors" / "content-documents.json").read_text())


@pytest.mark.parametrize("name_and_document", GOOD["good"], ids=lambda case: case[0])
def test_bytes_are_the_same(js: Js, name_and_document: list[Any]) -> None:
    document = name_and_document[1]
    data = bytes.fromhex(js("canonical", document=document)[2:])
    assert data == canonical(document)
    parse(data)


def test_awkward_text(js: Js) -> None:
    body = 'e\u0301 \u212b "\\ \b\f\n\r\t\x00\x1f\x7f \u2028 \ud55c 🌱 </script> '
    document = {"v": 1, "type": "post", "title": "a\u0308", "body": body, "parent": None}
    document["published"] = 2**53 - 1
    assert bytes.fromhex(js("canonical", document=document)[2:]) == canonical(
        document | {"body": body.replace("\0", "")}
    )


def test_half_a_surrogate_pair_is_refused_as_the_browser_writes_it(js: Js) -> None:
    with pytest.raises(NotJson, match="half of a surrogate pair"):
        parse(bytes.fromhex(js("canonical", document={"body": "\ud83c"})[2:]))


def test_ids(js: Js) -> None:
    digest = sha256(b"x")
    for account in (1, 255, 2**40 - 1):
        expected = "0x" + post_id(account, digest).hex()
        assert js("postId", account=account, digest="0x" + digest.hex()) == expected
