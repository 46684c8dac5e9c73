"""Calls of the contracts' views as bytes: arguments and answers are words, so nothing needs an ABI."""

from functools import cache

from eth_utils.crypto import keccak

Word = bytes | int


@cache
def _selector(signature: str) -> bytes:
    assert signature.endswith(")"), f"{signature} names a function without its types"
    return keccak(text=signature)[:4]


def call_data(signature: str, *words: Word) -> bytes:
    """Calldata of a function whose arguments are static words; addresses and numbers as int, bytes32 as bytes."""
    return _selector(signature) + b"".join(
        w if isinstance(w, bytes) else w.to_bytes(32) for w in words
    )


def words_of(answer: str) -> list[int]:
    """The words that an eth_call returned, 0x-hex, as numbers."""
    data = bytes.fromhex(answer[2:])
    return [int.from_bytes(data[i : i + 32]) for i in range(0, len(data), 32)]
