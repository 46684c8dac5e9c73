"""A node between: passes calls on to a real one, and says something else for some of them."""

import json
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@contextmanager
def lying(url: str, lies: Mapping[str, Any]) -> Iterator[str]:
    """The address of a node like the one at `url`. lies: method -> its answer ({"result": ...} or
    {"error": ...}), or None to hang up."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked = json.loads(body)
            if not isinstance(asked, list) and asked["method"] in lies:
                if lies[asked["method"]] is None:
                    return  # without an answer
                said = {"jsonrpc": "2.0", "id": asked["id"], **lies[asked["method"]]}
                answer = json.dumps(said).encode()
            else:
                request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
                answer = urllib.request.urlopen(request, timeout=30).read()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *words: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
