"""Servers on loopback that answer as the test says, well or badly."""

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = Callable[[BaseHTTPRequestHandler], None]
HEAD = b"HTTP/1.0 200 OK\r\n"


@contextmanager
def serving(answer: Answer, tls: ssl.SSLContext | None = None) -> Iterator[tuple[str, list[str]]]:
    """A server that answers every GET and POST with `answer`; its base URL and the paths it was asked.

    The body of a POST is in the handler's `body`.
    """
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        body = b""

        def do_POST(self) -> None:
            self.body = self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def do_GET(self) -> None:
            asked.append(self.path)
            try:
                answer(self)
            except OSError:  # the client has cut the connection
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http{'s' if tls else ''}://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def answering(data: bytes, status: int = 200, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(data)

    return answer


def dripping(part: bytes, before: bytes = b"") -> Answer:
    """Sends `before`, then `part` again and again: never done, never silent."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(before)
        end = time.monotonic() + 20
        while time.monotonic() < end:
            handler.wfile.write(part)
            handler.wfile.flush()
            time.sleep(0.05)

    return answer
