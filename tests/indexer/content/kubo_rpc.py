"""A loopback server that speaks a few RPC calls of Kubo, for what a real daemon cannot be made to do.

It lies, answers nonsense, and knows no CARs, as before go-ipfs 0.5. Paths, parameters, multipart
body, answers and error texts were copied from what a js-ipfs 0.18.1 daemon and Kubo's own source
say. It makes its CIDs with code of its own (no import from indexer), so that agreement on a CID
means something.
"""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class KuboRpc(ThreadingHTTPServer):
    """Holds blocks by CID; the switches make it lie or answer nonsense."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.blocks: dict[str, bytes] = {}
        self.pins: set[str] = set()
        self.lies = False
        self.garbage = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Quiet: a client that gave up waiting has closed the connection."""

    @property
    def address(self) -> str:
        return f"/ip4/127.0.0.1/tcp/{self.server_address[1]}"


@contextmanager
def kubo_rpc() -> Iterator[KuboRpc]:
    server = KuboRpc()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: KuboRpc

    def do_POST(self) -> None:
        url = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        body = self._body()
        call = url.path.removeprefix("/api/v0/")
        if self.server.garbage:
            self._answer(200, b"<html>not an IPFS daemon</html>")
        elif call == "version":
            self._json({"Version": "0.39.0", "Commit": "", "Repo": "18"})
        elif call == "block/put":
            self._put(body, query)
        elif call in ("block/get", "block/stat", "pin/add", "pin/rm"):
            self._known(call, query["arg"], query)
        else:
            self._answer(404, b"404 page not found")

    def do_GET(self) -> None:
        self._answer(405, b"405 - Method Not Allowed")

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""

    def _put(self, body: bytes, query: dict[str, str]) -> None:
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        parts = message_from_bytes(head + body).get_payload()
        data = parts[0].get_payload(decode=True)  # type: ignore[union-attr, index]
        assert isinstance(data, bytes)
        if (query.get("format"), query.get("mhtype", "sha2-256")) != ("raw", "sha2-256"):
            self._json({"Message": "only raw sha2-256 here", "Code": 0, "Type": "error"}, 500)
            return
        named = data + b"!" if self.server.lies else data
        multihash = b"\x12\x20" + hashlib.sha256(named).digest()
        cid = "b" + base64.b32encode(b"\x01\x55" + multihash).decode().lower().rstrip("=")
        self.server.blocks[cid] = data
        self._json({"Key": cid, "Size": len(data)})

    def _known(self, call: str, cid: str, query: dict[str, str]) -> None:
        data = self.server.blocks.get(cid)
        if call == "pin/rm" and cid not in self.server.pins:
            self._error("not pinned or pinned indirectly")
        elif data is None and query.get("offline") != "true":
            time.sleep(60)  # searches the network
        elif data is None:
            self._error(f"block was not found locally (offline): ipld: could not find {cid}")
        elif call == "block/get":
            self._answer(200, data[:-1] + b"~" if self.server.lies else data)
        elif call == "block/stat":
            self._json({"Key": cid, "Size": len(data)})
        else:
            (self.server.pins.add if call == "pin/add" else self.server.pins.discard)(cid)
            self._json({"Pins": [cid]})

    def _error(self, message: str) -> None:
        self._json({"Message": message, "Code": 0, "Type": "error"}, 500)

    def _json(self, value: object, status: int = 200) -> None:
        self._answer(status, json.dumps(value).encode(), "application/json")

    def _answer(self, status: int, data: bytes, kind: str = "text/plain") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        chunks = []
        while size := int(self.rfile.readline(), 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)
