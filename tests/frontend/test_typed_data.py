"""EIP-712 beyond our own structs: 1,025 random ones of ethers.js against all that our code relies on."""

import gzip
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from eth_account.messages import encode_typed_data
from eth_utils.crypto import keccak

from indexer.protocol import actions
from indexer.protocol.kinds import KINDS, TYPES
from tests.frontend.conftest import Js

VECTORS = json.loads(
    gzip.decompress((Path(__file__).parents[1] / "vectors/ethers/eip712.json.gz").read_bytes())
)
DOMAIN = {
    "name": "string",
    "version": "string",
    "chainId": "uint256",
    "verifyingContract": "address",
    "salt": "bytes32",
}
WORD = r"u?int\d+|address|bool|bytes32"


def _typed(case: dict[str, Any]) -> dict[str, Any]:
    """What eth_signTypedData_v4 takes."""
    domain = [{"name": n, "type": t} for n, t in DOMAIN.items() if n in case["domain"]]
    return {
        "types": {"EIP712Domain": domain} | case["types"],
        "primaryType": case["primaryType"],
        "domain": case["domain"],
        "message": case["data"],
    }


def _like_ours(case: dict[str, Any], leaf: str) -> bool:
    """Whether its fields are as our actions' are: leaves, and arrays of leaves or of structs of leaves."""
    types = case["types"]

    def flat(fields: list[dict[str, str]]) -> bool:
        return all(re.fullmatch(leaf, field["type"]) for field in fields)

    def fits(field_type: str) -> bool:
        inner = field_type.removesuffix("[]")
        if inner in types:
            return inner != field_type and flat(types[inner])
        return re.fullmatch(leaf, inner) is not None

    return all(fits(field["type"]) for field in types[case["primaryType"]])


def _native(types: dict[str, Any], field_type: str, value: Any) -> Any:
    """Whole numbers as such, for what reads no decimal strings."""
    if array := re.fullmatch(r"(.*)\[\d*\]", field_type):
        return [_native(types, array[1], v) for v in value]
    if field_type in types:
        return {f["name"]: _native(types, f["type"], value[f["name"]]) for f in types[field_type]}
    return int(value) if "int" in field_type else value


def _bytes(field_type: str, value: Any) -> Any:
    if field_type.endswith("[]"):
        return [_bytes(field_type[:-2], v) for v in value]
    if isinstance(value, dict):
        return {n: _bytes(t, value[n]) for n, t in TYPES[field_type]}
    return bytes.fromhex(value[2:]) if field_type.startswith("bytes") else value


def test_all_of_them_are_here() -> None:
    assert len(VECTORS) == 1025


def test_eth_account() -> None:
    for case in VECTORS:
        typed = _typed(case)
        typed["message"] = _native(case["types"], case["primaryType"], case["data"])
        signable = encode_typed_data(full_message=typed)
        digest = keccak(b"\x19" + signable.version + signable.header + signable.body)
        assert "0x" + digest.hex() == case["digest"], case["name"]


def test_viem(js: Js) -> None:
    for case in VECTORS:
        assert js("viem", typed=_typed(case)) == case["digest"], case["name"]


def test_the_browser_where_the_types_are_such_as_ours(js: Js) -> None:
    ours = [case for case in VECTORS if _like_ours(case, f"{WORD}|string")]
    assert len(ours) == 241
    for case in ours:
        message = bytes.fromhex(js("message", typed=_typed(case))[2:])
        assert "0x" + keccak(message).hex() == case["digest"], case["name"]


def test_python_where_the_types_are_such_as_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = [case for case in VECTORS if _like_ours(case, rf"{WORD}|bytes\d+")]
    assert len(ours) == 269
    for case in ours:
        structs = {n: tuple((f["name"], f["type"]) for f in t) for n, t in case["types"].items()}
        name = case["primaryType"]
        kind = replace(KINDS["Vote"], name=name, fields=structs.pop(name))
        with monkeypatch.context() as patch:
            for struct, fields in structs.items():
                patch.setitem(TYPES, struct, fields)
            values = _native(case["types"], name, case["data"])
            action = actions.encode(kind, {n: _bytes(t, values[n]) for n, t in kind.fields})
            hashed = actions.message(b"", kind, action)[2:]
        assert hashed == keccak(bytes.fromhex(case["encoded"][2:])), case["name"]
