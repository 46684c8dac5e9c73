"""What a contract says to signed actions."""

from eth_abi.abi import decode as abi_decode
from eth_utils.address import to_checksum_address
from web3.exceptions import ContractCustomError

from indexer.protocol.actions import Signed
from indexer.protocol.kinds import KINDS_BY_NUMBER
from tests.chain import DEV, Chain, error_names

ABOUT_AN_ADDRESS = {
    "UnknownKey",
    "RoleTooLow",
    "NotPossessed",
    "NotFormerOwner",
    "MissingPrecompile",
}


def verdict(chain: Chain, item: Signed) -> tuple[str, str] | None:
    """Without a transaction: name of the error that a signed action would end in now, and its first argument where
    that is an address, else "". None if it would be done.

    The error of a signer that nobody knows has the signer's address, whatever the key.
    """
    graph = KINDS_BY_NUMBER[item.kind].contract == "graph"
    contract = chain.graph if graph else chain.core
    call = contract.functions.perform(item.kind, item.action, item.signature, DEV)
    try:
        call.call({"from": contract.address})
    except ContractCustomError as error:
        data = bytes.fromhex(str(error.data)[2:])
        name = error_names()[data[:4]]
        if name not in ABOUT_AN_ADDRESS:
            return name, ""
        return name, to_checksum_address(abi_decode(["address"], data[4:36])[0])
    return None


def refused(chain: Chain, *batch: Signed) -> list[str | None]:
    """Relays a batch; name of the error of each that was skipped, None for one that was done."""
    skipped = chain.skipped(chain.relay(*batch))
    return [skipped.get(i) for i in range(len(batch))]
