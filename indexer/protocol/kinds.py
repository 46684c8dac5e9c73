"""The kinds of signed action, as contracts/actions.json has them. Data alone: no ABI, no cryptography.

contracts/README.md says what each key of the file means.
"""

import json
import re
from dataclasses import dataclass
from typing import Any, Literal

from indexer.settings import ROOT

ACTIONS: dict[str, Any] = json.loads((ROOT / "contracts" / "actions.json").read_text())

Contract = Literal["core", "graph"]
Role = Literal["new", "posting", "active", "owner", "recovery"]
"""Whose signature a kind takes: the owner key that it registers; a key of the account with this role or a higher
one; an owner key of the account's recovery account."""
Guard = Literal["handle", "key", "revocation", "post", "removal", "vote", "votes", "nonce"]
"""The replay guard: what a kind uses up on the chain, so that it can happen only once."""

Fields = tuple[tuple[str, str], ...]
"""(name, EIP-712 type) of each field."""

TYPES: dict[str, Fields] = {
    name: tuple((n, t) for n, t in fields) for name, fields in ACTIONS["types"].items()
}
"""Structs that are elements of an array."""

FREQUENT: tuple[str, ...] = tuple(ACTIONS["frequent"])
"""The kinds that the contracts check first."""


@dataclass(frozen=True)
class Gas:
    """Gas reserved for an action: `base`, and `per_byte` for each of its bytes, of which at most `max_bytes` count.

    typical: gas that one takes, about, in a full batch (benchmarks/gas.py); of Votes, gas of one ballot.
    """

    base: int
    per_byte: int
    max_bytes: int
    typical: int

    def reserved(self, size: int) -> int:
        """Gas that `relay` gives the inner call for an action of `size` bytes (`gasOf` in Solidity)."""
        return self.base + self.per_byte * min(size, self.max_bytes)


@dataclass(frozen=True)
class Kind:
    """One kind of signed action.

    contract: which one takes it; number: its `kind` in `Signed`; proofs: how many signatures follow its fields;
    guard: makes a second time impossible; role: of the key that signs it; title: its name for people.
    """

    name: str
    contract: Contract
    number: int
    proofs: int
    fields: Fields
    gas: Gas
    guard: Guard
    role: Role
    title: str

    @property
    def type_string(self) -> str:
        """EIP-712 encodeType, for example `RevokeKey(uint40 account,address key,uint40 deadline)`."""
        structs = [(self.name, self.fields), *((n, TYPES[n]) for n in self.nested)]
        return "".join(struct_string(name, fields) for name, fields in structs)

    @property
    def nested(self) -> list[str]:
        """Names of the structs in its arrays, sorted."""
        return sorted({t[:-2] for _, t in self.fields if t.endswith("[]")} & TYPES.keys())

    @property
    def constant(self) -> str:
        """Its name in Solidity: REVOKE_KEY."""
        return constant(self.name)

    @property
    def dynamic(self) -> bool:
        """Whether an array is among the fields, so that `action` is more than a row of words."""
        return any(t.endswith("[]") for _, t in self.fields)

    @property
    def size(self) -> int:
        """Bytes of the fields in `Signed.action` when all are static; proofs may follow them."""
        return 32 * len(self.fields)


def constant(name: str) -> str:
    """RevokeKey as REVOKE_KEY."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper()


def struct_string(name: str, fields: Fields) -> str:
    """encodeType of a struct without those in it, for example `Ballot(bytes32 post,int16 weight)`."""
    return f"{name}({','.join(f'{t} {n}' for n, t in fields)})"


def _gas(said: dict[str, int]) -> Gas:
    return Gas(said["base"], said.get("perByte", 0), said.get("maxBytes", 0), said["typical"])


KINDS = {
    name: Kind(
        name,
        k["contract"],
        k["kind"],
        k["proofs"],
        tuple((n, t) for n, t in k["fields"]),
        _gas(k["gas"]),
        k["guard"],
        k["role"],
        k["title"],
    )
    for name, k in ACTIONS["kinds"].items()
}
KINDS_BY_NUMBER = {kind.number: kind for kind in KINDS.values()}

SIGNING = {
    "domains": ACTIONS["domains"],
    "types": ACTIONS["types"],
    "kinds": {
        name: {key: k[key] for key in ("contract", "kind", "proofs", "fields")}
        for name, k in ACTIONS["kinds"].items()
    },
}
"""The part of contracts/actions.json that signing needs."""
