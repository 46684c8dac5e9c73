"""The Solidity libraries Kinds and GraphKinds, made from contracts/actions.json. Pure; `laurel kinds` writes them."""

import json
from collections import Counter
from collections.abc import Sequence

from backend.deployment.compile import CONTRACTS, SOLC_JSON
from indexer.protocol.kinds import (
    FREQUENT,
    KINDS,
    TYPES,
    Contract,
    Gas,
    Kind,
    constant,
    struct_string,
)

LIBRARIES: dict[Contract, str] = {"core": "Kinds", "graph": "GraphKinds"}
FILES = {contract: CONTRACTS / "libraries" / f"{name}.sol" for contract, name in LIBRARIES.items()}
WIDTH = 100  # columns, as .prettierrc.json has it


def library(contract: Contract, kinds: Sequence[Kind] = tuple(KINDS.values())) -> str:
    """The source of a contract's library: numbers, type hashes and `gasOf`, as prettier-solidity formats it."""
    own = sorted((k for k in kinds if k.contract == contract), key=lambda kind: kind.number)
    numbers = [f"    uint8 internal constant {k.constant} = {k.number};\n" for k in own]
    structs = [name for name in TYPES if any(name in kind.nested for kind in own)]
    hashes = [_typehash(kind.constant, kind.type_string) for kind in own]
    hashes += [_typehash(constant(name), struct_string(name, TYPES[name])) for name in structs]
    return f"""\
// SPDX-License-Identifier: MIT
// Made from contracts/actions.json by `laurel kinds`; do not edit.
pragma solidity {json.loads(SOLC_JSON.read_text())["version"]};

import {{Math}} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @notice The kinds of signed action of the {contract}.
library {LIBRARIES[contract]} {{
{"".join(numbers)}
{"".join(hashes)}
    /// @param size bytes of the action
    /// @return gas that an action needs at the most, in the inner call
    function gasOf(uint8 kind, uint256 size) internal pure returns (uint256) {{
{_gas_of(own)}    }}
}}
"""


def _typehash(name: str, type_string: str) -> str:
    head, text = f"    bytes32 internal constant {name}_TYPEHASH = keccak256(", f'"{type_string}"'
    line = f"{head}{text});\n"
    return line if len(line) <= WIDTH + 1 else f"{head}\n        {text}\n    );\n"


def _gas_of(own: Sequence[Kind]) -> str:
    """The body of `gasOf`: it compares frequent kinds first, and returns the commonest amount without comparing."""
    ((most, _),) = Counter(map(_formula, (kind.gas for kind in own))).most_common(1)
    ranked = sorted(own, key=lambda kind: (_rank(kind.name), kind.number))
    lines = [
        f"        if (kind == {kind.constant}) return {_formula(kind.gas)};\n"
        for kind in ranked
        if _formula(kind.gas) != most
    ]
    return "".join([*lines, f"        return {most};\n"])


def _rank(name: str) -> int:
    return FREQUENT.index(name) if name in FREQUENT else len(FREQUENT)


def _formula(gas: Gas) -> str:
    if not gas.per_byte:
        return f"{gas.base:_}"
    return f"{gas.base:_} + {gas.per_byte:_} * Math.min(size, {gas.max_bytes:_})"
