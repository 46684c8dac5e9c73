"""Calls of functions whose arguments are more than words (indexer/protocol/calls.py), encoded by eth_abi."""

from typing import Any

from eth_abi.abi import encode as abi_encode

from indexer.protocol.calls import call_data


def encoded(signature: str, *values: Any) -> bytes:
    """Calldata; the arguments may be of any types but structs."""
    types = signature[signature.index("(") + 1 : -1].split(",")
    return call_data(signature) + abi_encode(types, values)
