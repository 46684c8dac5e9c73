"""A node that serves a history and nothing else: what an indexer asks of one, from a process of its own.

Answers to eth_getLogs are put together from blocks made once, so that the server costs little beside who asks.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from benchmarks.index.history import CHAIN_ID, History, hash_of, time_of

KEPT = 4000  # blocks whose logs are kept: a whole history of 400,000 events
NONE = "0x" + "00" * 32


class _Node:
    def __init__(self, history: History) -> None:
        self.history = history
        self.logs = lru_cache(KEPT)(history.logs)

    def answer(self, call: dict[str, Any]) -> bytes:
        return b'{"jsonrpc":"2.0","id":%s,"result":%s}' % (
            json.dumps(call["id"]).encode(),
            self._result(call["method"], call.get("params", [])),
        )

    def _result(self, method: str, params: list[Any]) -> bytes:
        head = self.history.blocks
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
                return json.dumps(self._block(number)).encode() if number <= head else b"null"
            case "eth_getLogs":
                return self._logs(params[0])
        return b"null"

    def _logs(self, asked: dict[str, Any]) -> bytes:
        """All logs of a range. Whoever asks is taken to want both contracts."""
        first, last = (int(asked[name], 16) for name in ("fromBlock", "toBlock"))
        blocks = (self.logs(n) for n in range(first, min(last, self.history.blocks) + 1))
        return b"[" + b",".join(filter(None, blocks)) + b"]"

    def _block(self, number: int) -> dict[str, Any]:
        return {
            "number": hex(number),
            "hash": "0x" + hash_of(number).hex(),
            "parentHash": "0x" + hash_of(number - 1).hex(),
            "timestamp": hex(time_of(number)),
            "logsBloom": "0x" + "ff" * 256,  # which may hold anything
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
            "transactions": [],
            "uncles": [],
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
            if isinstance(calls, list):
                body = b"[" + b",".join(map(node.answer, calls)) + b"]"
            else:
                body = node.answer(calls)
            head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
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
