"""Calls of the contracts' functions as bytes. Most arguments and all answers are words: they need no ABI."""

from functools import cache
from typing import Any

from eth_abi.abi import encode as abi_encode
from eth_utils.crypto import keccak

Word = bytes | int


@cache
def _selector(signature: str) -> bytes:
    return keccak(text=signature)[:4]


def call_data(signature: str, *words: Word) -> bytes:
    """Calldata of a function whose arguments are static words; addresses and numbers as int, bytes32 as bytes."""
    return _selector(signature) + b"".join(
        w if isinstance(w, bytes) else w.to_bytes(32) for w in words
    )


def encoded(signature: str, *values: Any) -> bytes:
    """Calldata of a function whose arguments are of any types but structs, as eth_abi takes them."""
    types = signature[signature.index("(") + 1 : -1].split(",")
    return _selector(signature) + abi_encode(types, values)


def words_of(answer: str) -> list[int]:
    """The words that an eth_call returned, 0x-hex, as numbers."""
    data = bytes.fromhex(answer[2:])
    return [int.from_bytes(data[i : i + 32]) for i in range(0, len(data), 32)]
