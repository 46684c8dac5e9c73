"""A provider between the indexer and a real anvil: it has limits, is slow, or is away for a while."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.request import Request, urlopen


@dataclass
class Provider:
    """`longest`: blocks of eth_getLogs at most; `delay`: seconds before each answer; `statuses`: HTTP
    errors for the next requests; `strip_times`: leave the time out of logs."""

    url: str = ""
    longest: int = 10**9
    delay: float = 0.0
    statuses: list[int] = field(default_factory=list)
    strip_times: bool = False
    ranges: list[int] = field(default_factory=list)  # lengths asked for

    def answer(self, call: dict[str, Any], result: dict[str, Any]) -> dict[str, Any]:
        if call["method"] != "eth_getLogs":
            return result
        asked = call["params"][0]
        length = int(asked["toBlock"], 16) - int(asked["fromBlock"], 16) + 1
        self.ranges.append(length)
        if length > self.longest:
            error = {"code": -32005, "message": f"block range is limited to {self.longest}"}
            return {"jsonrpc": "2.0", "id": call["id"], "error": error}
        if self.strip_times and "result" in result:
            for log in result["result"]:
                log.pop("blockTimestamp", None)
        return result


@contextmanager
def provider(behind: str, **limits: Any) -> Iterator[Provider]:
    """A provider in front of the node at `behind`."""
    state = Provider(**limits)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            time.sleep(state.delay)
            if state.statuses:
                self._send(state.statuses.pop(0), b"")
                return
            request = Request(behind, body, {"Content-Type": "application/json"})
            with urlopen(request, timeout=30) as response:
                results = json.load(response)
            calls = json.loads(body)
            answers = [state.answer(c, r) for c, r in zip(calls, results, strict=True)]
            self._send(200, json.dumps(answers).encode())

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
