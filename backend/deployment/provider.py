"""web3's provider, over the JSON-RPC client that everything else here uses."""

import json
from typing import Any

from web3 import Web3
from web3.providers import JSONBaseProvider
from web3.types import RPCEndpoint, RPCResponse

from indexer.chain.rpc import Rpc, RpcError


class Provider(JSONBaseProvider):
    """Sends each request once. Any call through web3 may raise NodeUnreachable."""

    def __init__(self, rpc: Rpc) -> None:
        super().__init__()
        self.rpc = rpc

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        """The node's answer, which may be a refusal."""
        plain = json.loads(Web3.to_json(params))  # for web3's bytes and mappings in params
        try:
            return {"jsonrpc": "2.0", "id": 1, "result": self.rpc.once(method, *plain)}
        except RpcError as error:
            said = {"code": error.code, "message": error.message}
            data = {} if error.data is None else {"data": error.data}
            return {"jsonrpc": "2.0", "id": 1, "error": {**said, **data}}  # type: ignore[typeddict-item]
