"""Calldata by function name: web3's own encoder takes longer than the chain does."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from indexer.protocol.artifacts import artifact


@dataclass(frozen=True)
class Function:
    selector: bytes
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]

    def call(self, *arguments: Any) -> str:
        """Calldata, in hex."""
        return "0x" + (self.selector + encode(self.inputs, arguments)).hex()


@cache
def function(contract: str, name: str) -> Function:
    """Of a contract in build/contracts.json, which has no two functions of that name."""
    (found,) = [
        e for e in artifact(contract)["abi"] if (e["type"], e.get("name")) == ("function", name)
    ]
    inputs, outputs = (tuple(map(_type, found[side])) for side in ("inputs", "outputs"))
    return Function(keccak(text=f"{name}({','.join(inputs)})")[:4], inputs, outputs)


def _type(parameter: Any) -> str:
    if not parameter["type"].startswith("tuple"):
        return str(parameter["type"])
    return f"({','.join(map(_type, parameter['components']))}){parameter['type'][5:]}"
