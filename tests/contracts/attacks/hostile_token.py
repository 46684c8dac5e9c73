"""HostileToken.sol, compiled and put on a chain."""

import json
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import Any

import solcx
from web3.contract import Contract

from backend.deployment.compile import SOLC_JSON, WRAPPER
from tests.chain import Chain

SOURCE = Path(__file__).with_name("HostileToken.sol")


class Mode(IntEnum):
    """As the source has them."""

    HONEST = 0
    TAKES_FEE = 1
    SAYS_NOTHING = 2
    SAYS_FALSE = 3
    TAKES_NOTHING = 4
    CALLS_BACK = 5
    BURNS_GAS = 6
    REVERTS_LONG = 7


@cache
def _compiled() -> dict[str, Any]:
    output = solcx.compile_standard(
        {
            "language": "Solidity",
            "sources": {SOURCE.name: {"content": SOURCE.read_text()}},
            "settings": {
                "evmVersion": json.loads(SOLC_JSON.read_text())["settings"]["evmVersion"],
                "outputSelection": {"*": {"*": ["abi", "evm.bytecode.object"]}},
            },
        },
        solc_binary=WRAPPER,
    )
    return output["contracts"][SOURCE.name]["HostileToken"]


def hostile_token(chain: Chain, mode: Mode = Mode.HONEST) -> Contract:
    made = _compiled()
    factory = chain.w3.eth.contract(abi=made["abi"], bytecode=made["evm"]["bytecode"]["object"])
    receipt = chain.send(factory.constructor())
    token = chain.w3.eth.contract(receipt["contractAddress"], abi=made["abi"])
    chain.send(token.functions.behave(mode))
    return token
