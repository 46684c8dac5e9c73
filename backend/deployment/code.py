"""Whether the code on a chain is what these sources compile to, except for the values of immutables."""

from eth_utils.address import to_checksum_address

from backend.chain.wire import Reverted, Wire
from backend.deployment.compile import settings_hash
from indexer.errors import LaurelError
from indexer.protocol.artifacts import artifact
from indexer.protocol.calls import call_data
from indexer.protocol.deployment import Deployment


class OtherCode(LaurelError):
    """The code on the chain is not what the sources compile to."""


def check_code(wire: Wire, deployment: Deployment) -> list[str]:
    """Compares the core, its extension, the graph and the token; returns a line about each.

    Raises OtherCode, ChainUnreachable.
    """
    names = {
        "LaurelCore": deployment.core,
        "LaurelCoreExtension": _extension(wire, deployment),
        "LaurelGraph": deployment.graph,
        "LaurelToken": deployment.token,
    }
    lines = []
    for contract, address in names.items():
        code = bytes.fromhex(wire.ask("eth_getCode", address, "latest")[2:])
        if wrong := difference(contract, code):
            older = deployment.settings_hash != settings_hash()
            reason = (
                "other compiler settings made it, it says" if older else "nobody should trust it"
            )
            raise OtherCode(
                f"The code at {address} is not what contracts/ makes of {contract}: {wrong}. Unless it is of "
                f"another release ({reason}), do not use these contracts, nor this node's word."
            )
        lines.append(f"{contract} at {address}: {len(code):,} bytes, as the sources make them")
    return lines


def difference(contract: str, code: bytes) -> str | None:
    """How runtime code differs from the compiled code, in words; None if it does not.

    An immutable may have any value, if it has the same at each of its places.
    """
    made = artifact(contract)
    compiled = bytes.fromhex(made["deployedBytecode"])
    if not code:
        return "there is none"
    if len(code) != len(compiled):
        return f"it has {len(code):,} bytes, not {len(compiled):,}"
    masked, expected = bytearray(code), bytearray(compiled)
    for places in made["immutables"]:
        if len({code[start : start + length] for start, length in places}) > 1:
            return "one of its constants has two values"
        for start, length in places:
            masked[start : start + length] = expected[start : start + length]
    differing = [i for i, (a, b) in enumerate(zip(masked, expected, strict=True)) if a != b]
    if differing:
        return f"{len(differing):,} bytes differ, the first at {differing[0]:,}"
    return None


def _extension(wire: Wire, deployment: Deployment) -> str:
    call = {"to": deployment.core, "data": "0x" + call_data("EXTENSION()").hex()}
    try:
        answer = wire.ask("eth_call", call, "latest")
        return to_checksum_address("0x" + answer[2:][24:64])
    except (Reverted, ValueError):
        raise OtherCode(
            f"What is at {deployment.core} is not the core: it names no extension. Restore the record of "
            f"chain {deployment.chain_id}, or give an --rpc of that chain."
        ) from None
