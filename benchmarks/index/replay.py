"""A node in a process of its own, which serves a history and answers only what an indexer asks.

Answers to eth_getLogs are joined from blocks made once, so that the server takes little time beside the indexer.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from benchmarks.index.history import CHAIN_ID, CORE, EVENTS, History, hash_of, time_of, tx_of

BEYOND = "/beyond"  # the URL path at which EMPTY more blocks follow the history
EMPTY = 64  # so that indexers that tell finality by depth take the whole history as final
KEPT = 4000  # blocks whose logs are kept: a whole history of 400,000 events
NONE = "0x" + "00" * 32


class _Node:
    def __init__(self, history: History) -> None:
        self.history = history
        self.logs = lru_cache(KEPT)(history.logs)

    def answer(self, call: dict[str, Any], head: int) -> bytes:
        return b'{"jsonrpc":"2.0","id":%s,"result":%s}' % (
            json.dumps(call["id"]).encode(),
            self._result(call["method"], call.get("params", []), head),
        )

    def _result(self, method: str, params: list[Any], head: int) -> bytes:
        match method:
            case "eth_chainId":
                return b'"%#x"' % CHAIN_ID
            case "net_version":
                return b'"%d"' % CHAIN_ID
            case "eth_blockNumber":
                return b'"%#x"' % head
            case "eth_getCode":
                return b'"0x00"'
            case "eth_getBlockByNumber":
                tags = {"earliest": 0, "latest": head, "safe": head, "finalized": head}
                tag = params[0]
                number = tags[tag] if tag in tags else int(tag, 16)
                if number > head:
                    return b"null"
                return json.dumps(self._block(number, full=params[1])).encode()
            case "eth_getLogs":
                return self._logs(params[0])
        return b"null"

    def _logs(self, asked: dict[str, Any]) -> bytes:
        """All logs of a range, of both contracts, whatever addresses are asked for."""
        first, last = (int(asked[name], 16) for name in ("fromBlock", "toBlock"))
        blocks = (self.logs(n) for n in range(first, min(last, self.history.blocks) + 1))
        return b"[" + b",".join(filter(None, blocks)) + b"]"

    def _block(self, number: int, full: bool) -> dict[str, Any]:
        """Transactions are in it only if they are asked for in full."""
        count = EVENTS // 10 if full and 1 <= number <= self.history.blocks else 0
        return {
            "number": hex(number),
            "hash": "0x" + hash_of(number).hex(),
            "parentHash": "0x" + hash_of(number - 1).hex(),
            "timestamp": hex(time_of(number)),
            "logsBloom": "0x" + "ff" * 256,  # all bits set: it tells nothing
            "nonce": "0x" + "00" * 8,
            "sha3Uncles": NONE,
            "transactionsRoot": NONE,
            "stateRoot": NONE,
            "receiptsRoot": NONE,
            "mixHash": NONE,
            "miner": "0x" + "00" * 20,
            "difficulty": "0x0",
            "totalDifficulty": "0x0",
            "extraData": "0x",
            "size": "0x400",
            "gasLimit": "0x1c9c380",
            "gasUsed": "0x0",
            "baseFeePerGas": "0x1",
            "transactions": [_transaction(number, index) for index in range(count)],
            "uncles": [],
        }


def _transaction(number: int, index: int) -> dict[str, Any]:
    """A transaction without its calldata, which no measured indexer uses."""
    return {
        "hash": "0x" + tx_of(number, index * 10).hex(),
        "blockHash": "0x" + hash_of(number).hex(),
        "blockNumber": hex(number),
        "transactionIndex": hex(index),
        "from": "0x" + "11" * 20,
        "to": CORE,
        "input": "0x",
        "value": "0x0",
        "nonce": "0x0",
        "gas": "0xf4240",
        "gasPrice": "0x1",
        "type": "0x0",
        "v": "0x1b",
        "r": "0x1",
        "s": "0x1",
    }


def _serve(history: History, ready: Connection) -> None:
    node = _Node(history)
    if history.blocks <= KEPT:
        for number in range(1, history.blocks + 1):
            node.logs(number)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            calls = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            last = history.blocks + (EMPTY if self.path == BEYOND else 0)
            if isinstance(calls, list):
                body = b"[" + b",".join(node.answer(call, last) for call in calls) + b"]"
            else:
                body = node.answer(calls, last)
            head = (
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            )
            self.wfile.write(head % len(body) + body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    ready.send(server.server_port)
    server.serve_forever()


@contextmanager
def replayed(history: History) -> Iterator[str]:
    """The URL of a node with that history, for the length of the block."""
    context = get_context("spawn")
    ready, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_serve, args=(history, theirs), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ready.recv()}"
    finally:
        process.terminate()
        process.join()
