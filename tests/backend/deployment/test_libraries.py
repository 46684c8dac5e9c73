"""Kinds.sol and GraphKinds.sol are what `laurel kinds` makes of contracts/actions.json."""

from dataclasses import replace

import pytest

from backend.deployment.kinds import FILES, library
from indexer.protocol.kinds import KINDS, Contract, Gas


@pytest.mark.parametrize("contract", FILES)
def test_they_are_as_the_command_writes_them(contract: Contract) -> None:
    file = FILES[contract]
    stale = f"{file.name} is not what contracts/actions.json says: run `laurel kinds`"
    assert file.read_text() == library(contract), stale


def gas_lines(*changed: tuple[str, Gas]) -> list[str]:
    """Of the core's gasOf, with kinds that differ from today's in their gas."""
    kinds = KINDS | {name: replace(KINDS[name], gas=gas) for name, gas in changed}
    source = library("core", tuple(kinds.values()))
    return [line.strip() for line in source.splitlines() if " return " in line and "_" in line]


def test_gas_is_asked_for_the_frequent_kinds_first_and_then_by_number() -> None:
    assert gas_lines() == [
        "if (kind == VOTE) return 130_000;",
        "if (kind == POST) return 100_000;",
        "if (kind == VOTES) return 60_000 + 1_200 * Math.min(size, 3_328);",
        "if (kind == POST_WITH_OPTIONS) return 300_000;",
        "if (kind == REGISTER) return 260_000;",
        "return 400_000;",
    ]
    edit, add_key = Gas(90_000, 0, 0, 1), Gas(70_000, 8, 2_000, 1)
    assert gas_lines(("Edit", edit), ("AddKey", add_key))[4:] == [
        "if (kind == REGISTER) return 260_000;",
        "if (kind == ADD_KEY) return 70_000 + 8 * Math.min(size, 2_000);",
        "if (kind == EDIT) return 90_000;",
        "return 400_000;",
    ]


def test_another_kind_has_its_number_and_its_hash() -> None:
    pin = replace(KINDS["Remove"], name="PinPost", number=19)
    source = library("core", (*KINDS.values(), pin))
    assert "    uint8 internal constant PIN_POST = 19;\n" in source
    assert '"PinPost(uint40 account,bytes32 post,uint40 deadline)"' in source
    assert "PIN_POST) return" not in source  # most kinds take what it takes
    assert library("graph", (*KINDS.values(), pin)) == library("graph")
