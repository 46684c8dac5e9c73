"""What the compiler made of contracts/: build/contracts.json, read by whoever needs an ABI or bytecode."""

import json
from functools import cache
from typing import Any

from indexer.errors import LaurelError
from indexer.settings import ROOT

BUILD = ROOT / "build" / "contracts.json"


class NotCompiled(LaurelError):
    """The contracts have not been compiled yet."""


@cache
def artifact(contract: str) -> dict[str, Any]:
    """`abi`, `bytecode` (hex with link references), `linkReferences` and `deployedBytecode` of one contract."""
    try:
        contracts: dict[str, dict[str, Any]] = json.loads(BUILD.read_text())
    except FileNotFoundError:
        raise NotCompiled("The contracts are not compiled. Run `laurel compile`.") from None
    return contracts[contract]
