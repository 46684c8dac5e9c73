"""Calldata with arguments of any type, by eth_abi; indexer/protocol/calls.py encodes those of one word each."""

from functools import cache
from typing import Any

from eth_abi.abi import encode as abi_encode
from eth_abi.grammar import parse

from indexer.protocol.calls import call_data

RELAY_CALL = "relay((uint8,bytes,bytes)[])"  # of the core and of the graph


@cache
def _types(signature: str) -> list[str]:
    """The types of a function's arguments: its signature without the name reads as a tuple's type."""
    arguments: Any = parse(signature[signature.index("(") :])
    return [each.to_type_str() for each in arguments.components]


def encoded(signature: str, *values: Any) -> bytes:
    """Calldata of a function such as "relay((uint8,bytes,bytes)[])"; the arguments may be of any types."""
    return call_data(signature) + abi_encode(_types(signature), values)
