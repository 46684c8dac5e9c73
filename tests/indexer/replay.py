"""A node that replays a made-up chain: JSON-RPC over HTTP with logs, blooms and forks, and no EVM."""

import json
import pickle
import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from eth_utils.crypto import keccak

from indexer.protocol.deployment import Deployment
from tests.indexer.histories import KINDS, Step, World
from tests.indexer.logs import CORE, GRAPH, bloom_of, log_of

CHAIN_ID = 31337
START = 1_700_000_000  # the first block's time
BLOCK_SECONDS = 3
WORLDS = 200  # blocks back to which a chain can fork
TREASURY, CURVE, SEED, FEE = 0x7E, 10**12, 10**30, 10**17
DEPLOYMENT = Deployment(
    chain_id=CHAIN_ID,
    core=CORE,
    graph=GRAPH,
    token="0x" + "70" * 20,
    block=1,
    parameters={
        "treasury": f"0x{TREASURY:040x}",
        "day": 86_400,
        "curveConstant": CURVE,
        "seed": SEED,
        "handleFee": FEE,
    },
    settings_hash="",
)
_VIEWS = {
    "settings()": (int(DEPLOYMENT.token, 16), TREASURY, DEPLOYMENT.day, 0, CURVE, SEED, FEE),
    "CORE()": (int(CORE, 16),),
}
# What the indexer asks the contracts for before it begins.
VIEWS = {
    "0x" + keccak(text=view)[:4].hex(): "0x" + "".join(f"{word:064x}" for word in words)
    for view, words in _VIEWS.items()
}

# Votes and posts more than the rest, and people first.
_WEIGHTS = {"vote": 30, "post": 8, "reply": 6, "edit": 6, "claim": 4, "settle": 3, "close": 1}


def happenings(seed: int, most: int = 6) -> Iterator[list[Step]]:
    """What happens in each block of an endless random history: up to `most` things."""
    rng = random.Random(seed)
    weights = [_WEIGHTS.get(kind, 2) for kind in KINDS]
    yield [("register", n, n, 0) for n in range(4)]
    while True:
        kinds = rng.choices(KINDS, weights, k=rng.randint(0, most))
        yield [
            (kind, rng.randint(0, 19), rng.randint(0, 19), rng.randint(-(10**9), 10**9))
            for kind in kinds
        ]


@dataclass(frozen=True)
class Block:
    """One block: its header as eth_getBlockByNumber gives it, and its logs."""

    header: dict[str, Any]
    logs: list[dict[str, Any]]

    @property
    def hash(self) -> str:
        return str(self.header["hash"])


class NoAnswer(Exception):
    """The node refuses a call: JSON-RPC's code and message."""


@dataclass
class Replay:
    """A chain that grows and forks, and the node in front of it.

    `highest`: its latest block ever.
    `longest`: blocks of eth_getLogs at most; `delay`: seconds before each answer; `asked`: called with
    the number of each request before it is answered.
    """

    url: str = ""
    longest: int = 10**9
    delay: float = 0.0
    asked: Callable[[int], None] | None = None
    requests: int = 0
    highest: int = 0
    blocks: list[Block] = field(default_factory=list)
    deployment: Deployment = DEPLOYMENT
    _worlds: dict[int, bytes] = field(default_factory=dict)  # pickled: far quicker than deepcopy
    _forks: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._worlds[0] = pickle.dumps(World())
        self.blocks.append(self._block(0, "0x" + "00" * 32, []))

    @property
    def head(self) -> int:
        return len(self.blocks) - 1

    def extend(self, blocks: Iterable[Sequence[Step]]) -> None:
        """Puts blocks in which these things happen onto the chain."""
        with self._lock:
            self._extend(blocks)

    def fork(self, depth: int, blocks: Iterable[Sequence[Step]]) -> None:
        """Others take the place of the last `depth` blocks, at one stroke."""
        with self._lock:
            self._forks += 1
            del self.blocks[len(self.blocks) - depth :]
            for number in [n for n in self._worlds if n > self.head]:
                del self._worlds[number]
            self._extend(blocks)

    def _extend(self, blocks: Iterable[Sequence[Step]]) -> None:
        for happenings in blocks:
            number = self.head + 1
            self.highest = max(self.highest, number)
            world = pickle.loads(self._worlds[self.head])
            # A fork's blocks have other times, and its transactions other hashes.
            moment = START + BLOCK_SECONDS * number + self._forks % BLOCK_SECONDS
            transaction = sha256(b"transaction %d %d" % (number, self._forks)).digest()
            events = world.block(number, list(happenings), moment, transaction)
            hash_ = "0x" + sha256(self.blocks[-1].hash.encode() + transaction).hexdigest()
            logs = [log_of(event, hash_) for event in events]
            self.blocks.append(self._block(number, self.blocks[-1].hash, logs, hash_, moment))
            self._worlds[number] = pickle.dumps(world)
            self._worlds.pop(number - WORLDS, None)

    @staticmethod
    def _block(
        number: int,
        parent: str,
        logs: list[dict[str, Any]],
        hash_: str = "0x" + "be" * 32,
        moment: int = START,
    ) -> Block:
        header = {
            "number": hex(number),
            "hash": hash_,
            "parentHash": parent,
            "timestamp": hex(moment),
            "logsBloom": bloom_of(logs),
            "transactions": sorted({log["transactionHash"] for log in logs}),
        }
        return Block(header, logs)

    # ------------------------------------------------------------ the node

    def answer(self, method: str, params: Sequence[Any]) -> Any:
        """The result of one call. Raises NoAnswer."""
        match method, params:
            case "eth_chainId", _:
                return hex(CHAIN_ID)
            case "eth_blockNumber", _:
                return hex(self.head)
            case "eth_syncing", _:
                return False
            case "eth_getCode", [address, tag]:
                block = self._numbered(tag)
                ours = address.lower() in (CORE, GRAPH)
                # After the record's first block, which may be early: no genesis is made up.
                there = block is not None and int(block.header["number"], 16) > DEPLOYMENT.block
                return "0x60" if ours and there else "0x"
            case "eth_call", [{"data": data}, _] if data in VIEWS:
                return VIEWS[data]
            case "eth_getBlockByNumber", [tag, _]:
                block = self._numbered(tag)
                return block and block.header
            case "eth_getBlockByHash", [hash_, _]:
                block = self._hashed(hash_)
                return block and block.header
            case "eth_getBlockReceipts", [tag]:
                block = self._hashed(tag) if len(tag) == 66 else self._numbered(tag)
                return block and self._receipts(block)
            case "eth_getLogs", [wanted]:
                return self._logs(wanted)
        raise NoAnswer(-32601, f"the method {method} does not exist/is not available")

    def _numbered(self, tag: str) -> Block | None:
        if tag == "earliest":
            return self.blocks[0]
        number = int(tag, 16) if tag.startswith("0x") else self.head
        return self.blocks[number] if number <= self.head else None

    def _hashed(self, hash_: str) -> Block | None:
        return next((block for block in reversed(self.blocks) if block.hash == hash_), None)

    def _receipts(self, block: Block) -> list[dict[str, Any]]:
        return [
            {
                "transactionHash": transaction,
                "blockHash": block.hash,
                "blockNumber": block.header["number"],
                "status": "0x1",
                "logs": block.logs,
                "logsBloom": block.header["logsBloom"],
            }
            for transaction in block.header["transactions"]
        ]

    def _logs(self, wanted: dict[str, Any]) -> list[dict[str, Any]]:
        if "blockHash" in wanted:
            block = self._hashed(wanted["blockHash"])
            if block is None:
                raise NoAnswer(-32000, "unknown block")
            blocks = [block]
        else:
            first, last = (
                self._numbered(wanted.get(end, "latest")) for end in ("fromBlock", "toBlock")
            )
            if first is None or last is None:
                raise NoAnswer(-32602, "block range extends beyond current head block")
            first_, last_ = (int(block.header["number"], 16) for block in (first, last))
            if last_ - first_ + 1 > self.longest:
                raise NoAnswer(-32005, f"block range is limited to {self.longest}")
            blocks = self.blocks[first_ : last_ + 1]
        addresses = wanted.get("address", [CORE, GRAPH])
        asked = {a.lower() for a in ([addresses] if isinstance(addresses, str) else addresses)}
        return [log for block in blocks for log in block.logs if log["address"] in asked]

    def handle(self, body: bytes) -> bytes:
        """The answer to an HTTP body: a call or a batch of them, all of one state of the chain."""
        time.sleep(self.delay)
        calls = json.loads(body)
        with self._lock:
            self.requests += 1
            number = self.requests
            answers = [
                self._answered(call) for call in (calls if isinstance(calls, list) else [calls])
            ]
        if self.asked:
            self.asked(number)
        return json.dumps(answers if isinstance(calls, list) else answers[0]).encode()

    def _answered(self, call: dict[str, Any]) -> dict[str, Any]:
        head = {"jsonrpc": "2.0", "id": call.get("id")}
        try:
            return head | {"result": self.answer(call["method"], call.get("params", []))}
        except NoAnswer as refusal:
            code, message = refusal.args
            return head | {"error": {"code": code, "message": message}}


@contextmanager
def replaying(replay: Replay | None = None) -> Iterator[Replay]:
    """A chain with a node in front of it for the length of the block."""
    chain = replay or Replay()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1  # head and body leave together

        def do_POST(self) -> None:
            body = chain.handle(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that was killed in the middle of an answer is nothing to talk about."""

    server = Server(("127.0.0.1", 0), Handler)
    chain.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield chain
    finally:
        server.shutdown()
        server.server_close()
