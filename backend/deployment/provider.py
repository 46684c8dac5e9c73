"""web3's way to a node, over the client that all else here uses."""

import json
from typing import Any

from web3 import Web3
from web3.providers import JSONBaseProvider
from web3.types import RPCEndpoint, RPCResponse

from indexer.chain.rpc import Rpc, RpcError


class Provider(JSONBaseProvider):
    """Each request is sent once. What web3 asks may raise NodeUnreachable."""

    def __init__(self, rpc: Rpc) -> None:
        super().__init__()
        self.rpc = rpc

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        """The node's answer, a refusal too."""
        plain = json.loads(Web3.to_json(params))  # web3 has bytes and mappings of its own in it
        try:
            return {"jsonrpc": "2.0", "id": 1, "result": self.rpc.once(method, *plain)}
        except RpcError as error:
            said = {"code": error.code, "message": error.message}
            data = {} if error.data is None else {"data": error.data}
            return {"jsonrpc": "2.0", "id": 1, "error": {**said, **data}}  # type: ignore[typeddict-item]
