"""The browser's, the indexer's, eth-account's and viem's hashes of the same actions are the same."""

import json
from typing import Any

import pytest
from eth_abi.abi import encode
from eth_account.messages import encode_typed_data
from eth_utils.crypto import keccak

from backend.deployment.compile import compile_contracts
from indexer.protocol import actions
from indexer.protocol.artifacts import artifact
from indexer.protocol.kinds import KINDS, SIGNING
from indexer.settings import ROOT
from tests.frontend.conftest import Js, JsError
from tests.frontend.vectors import FILE, completed, native

VECTORS = json.loads(FILE.read_text())
CASES = pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["kind"])


def _chain(case: dict[str, Any]) -> dict[str, Any]:
    """What the site tells the browser, as far as signing needs it."""
    addresses = {contract: VECTORS[contract] for contract in ("core", "graph")}
    return {"chainId": case["chainId"], "actions": SIGNING, **addresses}


def _hex(data: bytes) -> str:
    return "0x" + data.hex()


def test_every_kind_has_vectors_and_each_array_has_none_one_and_many() -> None:
    sizes: dict[str, set[int]] = {kind: set() for kind in KINDS}
    for case in VECTORS["cases"]:
        lists = [v for v in case["values"].values() if isinstance(v, list)]
        sizes[case["kind"]] |= {len(v) for v in lists} or {-1}
    for name, kind in KINDS.items():
        assert sizes[name] == {-1} or {0, 1, 2} <= {min(n, 2) for n in sizes[name]}, name
        assert kind.dynamic == (sizes[name] != {-1})


@CASES
def test_the_vector_is_what_its_command_makes(case: dict[str, Any]) -> None:
    assert completed(case, VECTORS[KINDS[case["kind"]].contract]) == case


@CASES
def test_python_agrees_with_the_vector(case: dict[str, Any]) -> None:
    kind = KINDS[case["kind"]]
    values = native(case["kind"], case["values"])
    action = actions.encode(kind, values)
    domain = actions.domain_separator(case["chainId"], VECTORS[kind.contract], kind.contract)
    assert _hex(action) == case["action"]
    assert _hex(actions.message(domain, kind, action)) == case["message"]
    assert actions.decode(kind, action) == values


@CASES
def test_the_browser_agrees_with_the_vector(js: Js, case: dict[str, Any]) -> None:
    made = js("action", chain=_chain(case), kind=case["kind"], values=case["values"])
    assert made["action"] == case["action"]
    assert made["message"] == case["message"]


@CASES
def test_what_a_wallet_is_given_hashes_the_same(js: Js, case: dict[str, Any]) -> None:
    typed = js("action", chain=_chain(case), kind=case["kind"], values=case["values"])["typed"]
    assert js("viem", typed=typed) == case["hash"]
    typed["message"] = native(case["kind"], typed["message"])
    signable = encode_typed_data(full_message=typed)
    message = b"\x19" + signable.version + signable.header + signable.body
    assert _hex(message) == case["message"]


def test_a_wallet_is_given_what_is_signed_and_no_more(js: Js) -> None:
    case = next(case for case in VECTORS["cases"] if case["kind"] == "Vote")
    values = case["values"] | {"nonce": "1", "deadline": 2}
    typed = js("action", chain=_chain(case), kind="Vote", values=values)["typed"]
    assert typed["message"] == case["values"]
    assert set(typed["types"]) == {"EIP712Domain", "Vote"}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("uint40", 2**40 - 1),
        ("uint256", 2**256 - 1),
        ("uint8", 0),
        ("int16", -32768),
        ("int16", 32767),
        ("int16", -1),
        ("bytes32", "0x" + "0f" * 32),
        ("address", "0x00000000000000000000000000000000000000ff"),
        ("bool", True),
        ("bool", False),
    ],
)
def test_words_are_those_of_eth_abi(js: Js, kind: str, value: int | str) -> None:
    native = bytes.fromhex(str(value)[2:]) if kind == "bytes32" else value
    text = value if kind in ("bytes32", "bool") else str(value)
    assert js("word", type=kind, value=text) == _hex(encode([kind], [native]))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("uint40", str(2**40)),
        ("uint8", "-1"),
        ("int16", "32768"),
        ("int16", "-32769"),
        ("address", "0x01" + "00" * 20),
        ("string", "x" * 33),
        ("bytes32", "0x" + "00" * 33),
        ("uint256", "undefined"),
        ("bool", "2"),
    ],
)
def test_what_does_not_fit_is_refused(js: Js, kind: str, value: str) -> None:
    with pytest.raises(JsError):
        js("word", type=kind, value=value)


@pytest.mark.parametrize("size", [0, 1, 31, 66, 134, 135, 136, 137, 271, 272, 273, 1000])
def test_keccak(js: Js, size: int) -> None:
    data = bytes(i * 7 % 256 for i in range(size))
    assert js("keccak", data=_hex(data)) == _hex(keccak(data))


ADDRESS = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"


@pytest.mark.parametrize(
    ("contract", "call", "values"),
    [
        ("LaurelToken", "approve(address,uint256)", [ADDRESS, str(7 * 10**18)]),
        ("LaurelCore", "deposit(uint40,uint256)", ["12", str(10**27)]),
    ],
)
def test_what_a_wallet_sends_is_the_contracts_call(
    js: Js, contract: str, call: str, values: list[str]
) -> None:
    compile_contracts()
    ours, of_viem = js("calldata", call=call, values=values, abi=artifact(contract)["abi"])
    assert ours == of_viem
    source = (ROOT / "frontend" / "js" / "wallet-page.js").read_text()
    assert f"calldata('{call}'" in source


@pytest.mark.parametrize("sizes", [(0, 0), (1, 64), (160, 65), (3392, 128)])
def test_what_a_wallet_relays_is_the_contracts_call(js: Js, sizes: tuple[int, int]) -> None:
    compile_contracts()
    action, signature = ("0x" + "5a" * size for size in sizes)
    item = {"kind": 5, "action": action, "signature": signature}
    ours, of_viem = js("relayed", item=item, abi=artifact("LaurelCore")["abi"])
    assert ours == of_viem
