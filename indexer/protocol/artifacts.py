"""The compiled contracts: their ABI and bytecode, from build/contracts.json."""

import json
from functools import cache
from typing import Any

from indexer.errors import LaurelError
from indexer.settings import ROOT

BUILD = ROOT / "build" / "contracts.json"


class NotCompiled(LaurelError):
    """The contracts have not been compiled yet."""


@cache
def _read() -> dict[str, dict[str, Any]]:
    try:
        made: dict[str, dict[str, Any]] = json.loads(BUILD.read_text())
    except FileNotFoundError:
        raise NotCompiled("The contracts are not compiled. Run `laurel compile`.") from None
    return made


def artifact(contract: str) -> dict[str, Any]:
    """`abi`, `bytecode` (hex), `deployedBytecode` and its `immutables` of one contract. Raises NotCompiled.

    `immutables` has for each the list of [start, length], in bytes, where its value stands.
    """
    return _read()[contract]


def contracts() -> list[str]:
    """The names of all compiled contracts. Raises NotCompiled."""
    return list(_read())
