"""Documents: what is accepted, and that every other input has an error of its own, with a code."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.content.cid import digest
from indexer.content.documents import (
    BreaksSchema,
    NotCanonical,
    NotJson,
    TooLarge,
    WrongDigest,
    WrongParent,
    canonical,
    check_digest,
    check_parent,
    parse,
    parse_profile,
    schema,
)
from indexer.content.errors import ContentError

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "content-documents.json").read_text())
POST: dict[str, Any] = {
    "v": 1,
    "type": "post",
    "title": "Ünïcode",
    "body": "Some *words*.",
    "tags": ["laurel"],
    "parent": None,
    "published": 1_700_000_000,
}
PARENT = "0x" + "ab" * 32
COMMENT = {"v": 1, "type": "comment", "body": "Yes.", "parent": PARENT, "published": 5}


def raw(post: str) -> bytes:
    """POST's bytes with `"published":1700000000` replaced by `post`."""
    return canonical(POST).replace(b'"published":1700000000', post.encode())


@pytest.mark.parametrize(("name", "doc"), VECTORS["good"], ids=lambda v: str(v)[:30])
def test_good_documents(name: str, doc: dict[str, Any]) -> None:
    found = parse(canonical(doc))
    assert (found.title, found.body, list(found.tags)) == (
        doc.get("title", ""),
        doc["body"],
        doc.get("tags", []),
    )
    assert (found.parent, found.published) == (doc["parent"], doc["published"])


@pytest.mark.parametrize(("name", "doc", "path"), VECTORS["bad"], ids=lambda v: str(v)[:30])
def test_documents_that_break_the_schema(name: str, doc: dict[str, Any], path: str) -> None:
    with pytest.raises(BreaksSchema) as caught:
        parse(canonical(doc))
    assert str(caught.value).startswith(path + ":")
    assert len(str(caught.value)) < 300


def test_canonical_bytes_are_sorted_tight_and_nfc() -> None:
    assert (
        canonical({"b": "e\u0301", "a": [1, None, True]}) == '{"a":[1,null,true],"b":"é"}'.encode()
    )


def test_brackets_in_strings_are_no_depth() -> None:
    assert parse(canonical({**POST, "body": '\\"[[{' * 9000})).body == '\\"[[{' * 9000


def test_unknown_keys_stay_in_the_bytes() -> None:
    data = canonical({**POST, "zzz": {"kept": 1}})
    assert b'"zzz":{"kept":1}' in data
    assert parse(data) == parse(canonical(POST))


def test_javascript_writes_the_same_bytes() -> None:
    odd = {"title": 'q"\\/\u007f \U0001f600 é', "body": "\b\f\n\r\t\u0001\u2028"}
    doc = {**POST, **odd, "\uffee": 1, "\U0001f600": 2, "Z": 3, "_": 4}
    program = """
      const order = v => Array.isArray(v) ? v.map(order) : v && typeof v === 'object'
        ? Object.fromEntries(Object.keys(v).sort().map(k => [k.normalize('NFC'), order(v[k])]))
        : typeof v === 'string' ? v.normalize('NFC') : v;
      process.stdout.write(JSON.stringify(order(JSON.parse(process.argv[1]))));
    """
    args = ["node", "-e", program, json.dumps(doc)]
    assert subprocess.run(args, capture_output=True, check=True).stdout == canonical(doc)


NOT_JSON = {
    "empty": b"",
    "not utf-8": b'{"v":"\xff"}',
    "utf-16": '{"v":1}'.encode("utf-16"),
    "byte order mark": b"\xef\xbb\xbf{}",
    "cut off": canonical(POST)[:-3],
    "something after it": canonical(POST) + b"{}",
    "an array": b"[1]",
    "a string": b'"post"',
    "null": b"null",
    "the same key twice": raw('"published":1,"published":2'),
    "the same key twice, inside": raw('"published":1,"x":{"a":1,"a":1}'),
    "two keys that NFC makes one": raw('"published":1,"x":{"\u00e9":1,"e\u0301":1}'),
    "half a surrogate pair": raw('"published":1,"x":"\\ud800"'),
    "half a surrogate pair as key": raw('"published":1,"\\udc00":1'),
    "U+0000": raw('"published":1,"title":"a\\u0000b"'),
    "U+0000 in a member that nobody knows": raw('"published":1,"x":[{"y":"\\u0000"}]'),
    "U+0000 in a key": raw('"published":1,"\\u0000":1'),
    "a fraction": raw('"published":1.0'),
    "an exponent": raw('"published":1e3'),
    "NaN": raw('"published":NaN'),
    "infinity": raw('"published":-Infinity'),
    "a number beyond 2^53": raw('"published":9007199254740992'),
    "a number of 200,000 digits": raw('"published":' + "9" * 200_000),
    "100,000 open arrays": b"[" * 100_000,
    "40,000 objects in each other": b'{"a":' * 40_000 + b"1" + b"}" * 40_000,
    "brackets after an open string": raw('"published":1,"x":"\\\\\\"' + "[" * 9000),
    "quotes that are escaped nowhere": b'{"' + b'\\"' * 130_000,
    "33 deep": raw('"published":1,"x":' + "[" * 33 + "]" * 33),
}


@pytest.mark.parametrize("data", NOT_JSON.values(), ids=NOT_JSON.keys())
def test_not_json(data: bytes) -> None:
    with pytest.raises(NotJson):
        parse(data)


NOT_CANONICAL = {
    "spaces": json.dumps(POST, ensure_ascii=False, sort_keys=True).encode(),
    "ASCII escapes": json.dumps(POST, sort_keys=True, separators=(",", ":")).encode(),
    "keys not sorted": b'{"v":1,"type":"post"}',
    "newline at the end": canonical(POST) + b"\n",
    "string not in NFC": canonical(POST).replace("Ü".encode(), "U\u0308".encode()),
    "escaped slash": canonical(POST).replace(b"Some", b"\\/"),
    "minus zero": raw('"published":-0'),
}


@pytest.mark.parametrize("data", NOT_CANONICAL.values(), ids=NOT_CANONICAL.keys())
def test_not_canonical(data: bytes) -> None:
    with pytest.raises(NotCanonical, match="sorted keys"):
        parse(data)


@pytest.mark.parametrize("value", [1.5, float("nan"), b"x", {1: 2}, "\ud800", "\0", 2**53, {3}])
def test_what_has_no_canonical_form(value: object) -> None:
    with pytest.raises(NotJson):
        canonical({"x": value})


def test_limits_of_size() -> None:
    parse(canonical({**POST, "body": "a" * 65536}))
    with pytest.raises(TooLarge, match="body"):
        parse(canonical({**POST, "body": "ü" * 32769}))
    with pytest.raises(TooLarge, match="document"):
        parse(canonical({**POST, "extra": "x" * 262144}))


def test_parent_must_be_the_events() -> None:
    check_parent(parse(canonical(POST)), None)
    check_parent(parse(canonical(COMMENT)), PARENT.upper().replace("0X", "0x"))
    for doc, parent in ((POST, PARENT), (COMMENT, None), (COMMENT, "0x" + "cd" * 32)):
        with pytest.raises(WrongParent):
            check_parent(parse(canonical(doc)), parent)


def test_digest_must_be_the_chains() -> None:
    data = canonical(POST)
    check_digest(data, digest(data))
    with pytest.raises(WrongDigest, match="bafkrei"):
        check_digest(data + b" ", digest(data))


def test_codes_are_stable() -> None:
    kinds = (TooLarge, NotJson, NotCanonical, BreaksSchema, WrongParent, WrongDigest)
    assert [kind.code for kind in kinds] == [
        "document_too_large",
        "document_not_json",
        "document_not_canonical",
        "document_breaks_schema",
        "document_wrong_parent",
        "document_wrong_digest",
    ]


def test_profiles() -> None:
    doc = {"v": 1, "type": "profile", "name": "Ada", "about": "Hello.", "other": [1]}
    found = parse_profile(canonical(doc))
    assert (found.name, found.about, found.website) == ("Ada", "Hello.", None)
    with pytest.raises(BreaksSchema, match=r"\$\.website"):
        parse_profile(canonical({**doc, "website": "javascript:alert(1)"}))
    with pytest.raises(BreaksSchema):
        parse_profile(canonical(POST))


def test_schemas_are_served_as_they_are_used() -> None:
    assert json.loads(schema("post"))["properties"]["v"] == {"const": 1}
    assert json.loads(schema("profile"))["properties"]["type"] == {"const": "profile"}
    with pytest.raises(KeyError):
        schema("../post")


STEADY = settings(derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@STEADY
@given(st.dictionaries(st.sampled_from([*POST, "media", "lang", "x"]), JSON))
def test_any_object_is_parsed_or_refused_with_a_code(changes: dict[str, Any]) -> None:
    try:
        parse(canonical({**POST, **changes}))
    except ContentError as error:
        assert error.code.startswith("document_")


@STEADY
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_parsed_or_refused(data: bytes) -> None:
    with pytest.raises(ContentError):
        parse(data)


@STEADY
@given(st.dictionaries(st.text(), st.none() | st.booleans() | st.text() | st.integers(-9, 9)))
def test_canonical_is_a_fixed_point(doc: dict[str, Any]) -> None:
    try:
        data = canonical(doc)
    except NotJson:  # U+0000, or two keys that NFC makes one
        return
    assert canonical(json.loads(data)) == data
