"""Direct calls, by a key itself, and what they are refused with."""

from typing import Any

from web3.exceptions import ContractCustomError, ContractLogicError, Web3RPCError

from tests.chain import DEV, Chain, error_names


def refused_by(chain: Chain, call: Any, sender: str = DEV) -> str | None:
    """Name of the error that the call would end in now; "" for one without a name; None when it would do."""
    try:
        call.call({"from": sender})
    except ContractCustomError as error:
        return error_names().get(bytes.fromhex(str(error.data)[2:10]), str(error.data))
    except (ContractLogicError, Web3RPCError):
        return ""
    return None
