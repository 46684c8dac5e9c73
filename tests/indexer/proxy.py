"""A provider between the indexer and a real anvil: it has limits, is slow, is away for a while, or lies."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.request import Request, urlopen

from tests.indexer.faults import Answer, Fault, lied

SLOW_SECONDS = 0.4
PAGE = b"<html><body><h1>Nobody here</h1></body></html>"
STATUSES = {Fault.PAGE_403: 403, Fault.PAGE_502: 502, Fault.PAGE_503: 503, Fault.PAGE_504: 504}


@dataclass
class Provider:
    """`longest`: blocks of eth_getLogs at most; `delay`: seconds before each answer; `statuses`: HTTP
    errors for the next requests; `retry_after`: that header, with those; `strip_times`: leave the time
    out of logs; `faults`: for the next requests, one each; `lies`: by method, what becomes of its answers.
    """

    url: str = ""
    longest: int = 10**9
    delay: float = 0.0
    statuses: list[int] = field(default_factory=list)
    retry_after: str = "0.01"
    strip_times: bool = False
    faults: list[Fault | None] = field(default_factory=list)
    lies: dict[str, Callable[[Answer, Answer], Answer]] = field(default_factory=dict)
    ranges: list[int] = field(default_factory=list)  # lengths asked for
    asked: Counter[str] = field(default_factory=Counter)  # methods
    last: bytes = b"[]"  # the body before this one
    waiting: int = 0  # requests that wait out a delay

    def answer(self, call: Answer, result: Answer) -> Answer:
        self.asked[call["method"]] += 1
        if lie := self.lies.get(call["method"]):
            result = lie(call, result)
        if call["method"] != "eth_getLogs" or "fromBlock" not in call["params"][0]:
            return result
        asked = call["params"][0]
        length = int(asked["toBlock"], 16) - int(asked["fromBlock"], 16) + 1
        self.ranges.append(length)
        if length > self.longest:
            return refusal(call, -32005, f"block range is limited to {self.longest}")
        if self.strip_times and "result" in result:
            for log in result["result"]:
                log.pop("blockTimestamp", None)
        return result


def refusal(call: Answer, code: int, message: str) -> Answer:
    error = {"code": code, "message": message}
    return {"jsonrpc": "2.0", "id": call["id"], "error": error}


@contextmanager
def provider(behind: str, **limits: Any) -> Iterator[Provider]:
    """A provider in front of the node at `behind`."""
    state = Provider(**limits)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if state.delay:
                state.waiting += 1
                time.sleep(state.delay)
                state.waiting -= 1
            if state.statuses:
                self._send(state.statuses.pop(0), PAGE, state.retry_after)
                return
            fault = state.faults.pop(0) if state.faults else None
            if fault in STATUSES:
                self._send(STATUSES[fault], PAGE)
            elif fault is Fault.PAGE_200:
                self._send(200, PAGE)
            elif fault is Fault.BUSY:
                self._send(429, b"", state.retry_after)
            elif fault is Fault.DROPPED:
                self.close_connection = True
            else:
                self._answer(body, fault)

        def _answer(self, body: bytes, fault: Fault | None) -> None:
            request = Request(behind, body, {"Content-Type": "application/json"})
            with urlopen(request, timeout=30) as response:
                results = json.load(response)
            calls = json.loads(body)
            answers = [state.answer(c, r) for c, r in zip(calls, results, strict=True)]
            said = json.dumps(answers).encode()
            if fault is Fault.SLOW:
                time.sleep(SLOW_SECONDS)
            elif fault is Fault.REPLAYED:
                said, state.last = state.last, said
            elif fault is not None:
                said = lied(fault, calls, answers)
            if fault is Fault.TRUNCATED:
                self.close_connection = True
                self._send(200, said, cut=len(said) // 2)
            else:
                self._send(200, said)
            state.last = said

        def _send(
            self, status: int, body: bytes, retry_after: str = "", cut: int | None = None
        ) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if retry_after:
                self.send_header("Retry-After", retry_after)
            self.end_headers()
            self.wfile.write(body[:cut])

        def handle(self) -> None:
            try:
                super().handle()
            except (BrokenPipeError, ConnectionResetError):  # nobody waited for the answer
                self.close_connection = True

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
