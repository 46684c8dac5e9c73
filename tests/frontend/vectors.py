"""tests/vectors/eip712.json: `python -m tests.frontend.vectors` completes its new cases.

A new case has kind, chainId and values; eth_account gives it its message and hash, eth_abi its action. A case that
has these keeps them.
"""

import json
from pathlib import Path
from typing import Any

from eth_account.messages import encode_typed_data
from eth_utils.crypto import keccak

from indexer.protocol.actions import encode
from indexer.protocol.kinds import KINDS, SIGNING, TYPES, Fields

FILE = Path(__file__).parents[1] / "vectors" / "eip712.json"
DOMAIN = (
    ("name", "string"),
    ("version", "string"),
    ("chainId", "uint256"),
    ("verifyingContract", "address"),
)


def native(kind: str, values: dict[str, Any]) -> dict[str, Any]:
    """A case's values as Python has them: whole numbers, bytes."""
    return {name: _value(t, values[name]) for name, t in KINDS[kind].fields}


def completed(case: dict[str, Any], contract: str) -> dict[str, Any]:
    """The case with its action, message and hash, 0x-hex. contract: the address that takes its kind."""
    kind = KINDS[case["kind"]]
    values = native(kind.name, case["values"])
    structs = {"EIP712Domain": DOMAIN, kind.name: kind.fields} | {n: TYPES[n] for n in kind.nested}
    place = {"chainId": case["chainId"], "verifyingContract": contract}
    signable = encode_typed_data(
        full_message={
            "types": {name: _described(fields) for name, fields in structs.items()},
            "primaryType": kind.name,
            "domain": SIGNING["domains"][kind.contract] | place,
            "message": values,
        }
    )
    message = b"\x19" + signable.version + signable.header + signable.body
    made = {"action": encode(kind, values), "message": message, "hash": keccak(message)}
    return case | {name: "0x" + data.hex() for name, data in made.items()}


def main() -> None:
    vectors = json.loads(FILE.read_text())
    for n, case in enumerate(vectors["cases"]):
        if "hash" not in case:
            vectors["cases"][n] = completed(case, vectors[KINDS[case["kind"]].contract])
    FILE.write_text(json.dumps(vectors, indent=1) + "\n")


def _value(field_type: str, value: Any) -> Any:
    if field_type.endswith("[]"):
        return [_value(field_type[:-2], v) for v in value]
    if field_type in TYPES:
        return {name: _value(t, value[name]) for name, t in TYPES[field_type]}
    if field_type == "bytes32":
        return bytes.fromhex(value[2:])
    return int(value) if "int" in field_type else value


def _described(fields: Fields) -> list[dict[str, str]]:
    return [{"name": name, "type": field_type} for name, field_type in fields]


if __name__ == "__main__":
    main()
