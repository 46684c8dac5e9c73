"""Checks before anything is sent to a chain: whether it is the one meant, and whether it verifies P-256."""

from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256

from backend.chain.wire import Refused, Reverted, Wire
from indexer.errors import LaurelError
from indexer.protocol.actions import sha256

P256 = "0x0000000000000000000000000000000000000100"  # EIP-7951
TELL_CHAIN_ID = "0x4660005260206000f3"  # CHAINID, PUSH1 0, MSTORE, PUSH1 32, PUSH1 0, RETURN


class WrongChain(LaurelError):
    """The node is on another chain than it says, or than the user means."""


def chain_id_of(wire: Wire, meant: int | None = None) -> int:
    """The id of the chain that a node is on. The node must report the id that code which it runs sees.

    meant: the id that the user expects. Raises WrongChain, ChainUnreachable.
    """
    url = wire.rpc.url
    said = wire.number("eth_chainId")
    if meant is not None and said != meant:
        raise WrongChain(
            f"The node at {url} is on chain {said}, not on chain {meant}, which --chain-id names. Nothing "
            "was sent. Give an --rpc of that chain, or correct --chain-id."
        )
    seen = _seen_by_code(wire)
    if seen not in (None, said):
        raise WrongChain(
            f"The node at {url} says that it is on chain {said}, but code that it runs is on chain {seen}. "
            "Nothing was sent. Use another node."
        )
    network = int(wire.ask("net_version"))
    if seen is None and meant is None and network != said:
        raise WrongChain(
            f"The node at {url} says that it is on chain {said} and in network {network}, which on most "
            f"chains is the same number. If chain {said} is meant, say so with --chain-id {said}."
        )
    return said


def has_p256(wire: Wire) -> bool:
    """Whether the chain checks P-256 signatures, which keys made in a page give. Raises ChainUnreachable."""
    key = ec.generate_private_key(ec.SECP256R1())
    digest = sha256(b"laurel")
    signature = key.sign(digest, ec.ECDSA(utils.Prehashed(SHA256())))
    public = key.public_key().public_numbers()
    words = (*utils.decode_dss_signature(signature), public.x, public.y)
    data = digest + b"".join(word.to_bytes(32) for word in words)
    try:
        answer = wire.ask("eth_call", {"to": P256, "data": "0x" + data.hex()}, "latest")
    except (Refused, Reverted):
        return False
    return bytes.fromhex(answer[2:]) == (1).to_bytes(32)


def _seen_by_code(wire: Wire) -> int | None:
    """What the opcode CHAINID returns there; None if the node runs no code without an address."""
    try:
        answer = wire.ask("eth_call", {"data": TELL_CHAIN_ID}, "latest")
    except (Refused, Reverted):
        return None
    return int(answer, 16) if len(answer) == 66 else None
