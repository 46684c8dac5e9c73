"""contracts/actions.json is whole, and agrees with itself."""

import re
from typing import get_args

import pytest

from indexer.protocol.kinds import (
    ACTIONS,
    FREQUENT,
    KINDS,
    SIGNING,
    TYPES,
    Contract,
    Guard,
    Kind,
    Role,
)

PLAIN_TYPES = {"address", "bool", "bytes32", "string", "int16"} | {
    f"uint{bits}" for bits in (8, 16, 40, 64, 96, 256)
}
NUMBERS = {"core": range(1, 32), "graph": range(32, 64)}
MOST = 50  # elements of an array: SignedActions.sol
GUARDED_BY: dict[str, dict[str, str]] = {
    "handle": {"handle": "string"},
    "key": {"account": "uint40"},  # and the new key, as `key` with `role`, or as `newOwner`
    "revocation": {"account": "uint40", "key": "address"},
    "post": {"account": "uint40", "digest": "bytes32"},
    "removal": {"post": "bytes32"},
    "vote": {"account": "uint40", "post": "bytes32", "weight": "int16", "at": "uint40"},
    "votes": {"account": "uint40", "votes": "Ballot[]", "at": "uint40"},
    "nonce": {"nonce": "uint256", "deadline": "uint40"},
}
"""What the relay reads of a kind's fields to see whether it was done."""

of_each = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


@of_each
def test_what_is_said_of_it(kind: Kind) -> None:
    said = ACTIONS["kinds"][kind.name]
    keys = ["contract", "kind", "title", "role", "guard", "gas", "proofs", "fields"]
    assert list(said) == keys, f"{kind.name} in contracts/actions.json has {keys}, in this order"
    assert kind.contract in get_args(Contract)
    assert kind.role in get_args(Role)
    assert kind.guard in get_args(Guard)
    assert kind.number in NUMBERS[kind.contract]
    assert kind.proofs in (0, 1, 2)
    assert re.fullmatch("[A-Z][A-Za-z]+", kind.name)
    assert re.fullmatch("[A-Z][A-Za-z ]+", kind.title)


@of_each
def test_its_gas(kind: Kind) -> None:
    said = ACTIONS["kinds"][kind.name]["gas"]
    assert list(said) in (["base", "typical"], ["base", "perByte", "maxBytes", "typical"])
    assert all(isinstance(n, int) and n > 0 for n in said.values())
    assert kind.gas.typical < kind.gas.reserved(kind.size)
    if kind.dynamic and kind.gas.per_byte:
        (element,) = (t[:-2] for _, t in kind.fields if t.endswith("[]"))
        words = len(TYPES.get(element, "1"))
        assert kind.gas.max_bytes == kind.size + 32 + MOST * 32 * words


@of_each
def test_its_fields(kind: Kind) -> None:
    assert ACTIONS["kinds"][kind.name]["fields"] == [list(field) for field in kind.fields]
    names = [name for name, _ in kind.fields]
    assert len(set(names)) == len(names)
    types = {field_type.removesuffix("[]") for _, field_type in kind.fields}
    assert types <= PLAIN_TYPES | TYPES.keys()
    assert sum(field_type.endswith("[]") for _, field_type in kind.fields) <= 1
    # The contracts find a deadline in the last word, and a nonce in the last but one.
    assert names[-1] in ("deadline", "at")
    assert ("nonce" in names) == (kind.guard == "nonce")
    assert kind.guard != "nonce" or names[-2:] == ["nonce", "deadline"]
    assert GUARDED_BY[kind.guard].items() <= dict(kind.fields).items()
    assert kind.guard != "key" or {"newOwner"} & {*names} or {"key", "role"} <= {*names}


def test_no_two_are_called_the_same() -> None:
    assert len({kind.number for kind in KINDS.values()}) == len(KINDS)
    assert len({kind.title for kind in KINDS.values()}) == len(KINDS)
    assert len({kind.constant for kind in KINDS.values()} | TYPES.keys()) == len(KINDS) + len(TYPES)


def test_the_rest() -> None:
    assert list(ACTIONS) == ["domains", "frequent", "types", "kinds"]
    assert ACTIONS["domains"].keys() == {*get_args(Contract)}
    assert {*FREQUENT} <= KINDS.keys()
    assert {t for fields in TYPES.values() for _, t in fields} <= PLAIN_TYPES


def test_whoever_signs_is_told_what_is_signed_and_no_more() -> None:
    vote = {
        "contract": "core",
        "kind": 5,
        "proofs": 0,
        "fields": ACTIONS["kinds"]["Vote"]["fields"],
    }
    assert SIGNING["kinds"]["Vote"] == vote
    assert SIGNING["kinds"].keys() == KINDS.keys()
