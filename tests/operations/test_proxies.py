"""The site behind the shipped nginx.conf and Caddyfile: real servers, real TLS, the real `laurel site`."""

import http.client
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from backend.app import MAX_REQUEST
from indexer.content import open_store
from indexer.content.pictures import MAX_BYTES
from indexer.settings import ROOT
from tests.chain import free_port
from tests.operations.proxies import OPERATIONS, caddy, nginx, program, running

BLOCK = bytes(range(256)) * 4 * 1024  # 1 MiB
CLIENT = "127.0.0.5"  # not the proxy's own address
HEADERS_SECONDS = 10.0  # that a client has to say what it wants, in both files


@dataclass(frozen=True)
class Server:
    """The proxy's ports, the site's own, and what the site wrote down."""

    kind: str
    plain: int
    secure: int
    inside: int
    home: Path
    cid: str
    trusting: ssl.SSLContext
    slow: socket.socket  # a client that began a request when the proxy started
    began: float

    def ask(
        self,
        path: str,
        method: str = "GET",
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """One request over HTTPS, from CLIENT."""
        connection = http.client.HTTPSConnection(
            "localhost",
            self.secure,
            timeout=30,
            source_address=(CLIENT, 0),
            context=self.trusting,
        )
        with closing(connection):
            sent = {"Host": f"localhost:{self.secure}"} | (headers or {})
            with suppress(ConnectionError, ssl.SSLError):  # an answer may come before all was sent
                connection.request(method, path, body, sent)
            answer = connection.getresponse()
            return answer, answer.read()

    def counted(self) -> set[str]:
        """Whom the site's limits counted."""
        engine = create_engine(f"sqlite:///{self.home / 'laurel.db'}")
        with engine.connect() as connection:
            found = connection.exec_driver_sql("SELECT bucket FROM relay_uses").scalars()
            return set(found)


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("home")
    with closing(open_store(home / "content")) as store:
        cid = store.put(BLOCK)
    inside = free_port()
    nowhere = f"http://127.0.0.1:{free_port()}"
    env = {
        "LAUREL_HOME": str(home),
        "LAUREL_RPC": nowhere,
        "LAUREL_DATABASE": f"sqlite:///{home / 'laurel.db'}",
        "LAUREL_TRUSTED_PROXIES": "1",
    }
    site = [sys.executable, "-m", "backend", "site", "--port", str(inside)]
    with (
        (nginx if request.param == "nginx" else caddy)(home / "proxy", inside) as (plain, secure),
        socket.create_connection(("127.0.0.1", plain), 30) as slow,
    ):
        slow.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-")
        began = time.monotonic()
        with running(site, inside, os.environ | env):
            trusting = ssl.create_default_context(cafile=str(home / "proxy/tls.pem"))
            yield Server(request.param, plain, secure, inside, home, cid, trusting, slow, began)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")
def test_pages_come_over_https_alone(server: Server) -> None:
    answer, page = server.ask("/about")
    assert answer.status == 200 and b"About Laurel" in page
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert answer.headers["Content-Security-Policy"]
    with closing(http.client.HTTPConnection("127.0.0.1", server.plain, 30)) as connection:
        connection.request("GET", "/new?after=1", headers={"Host": "localhost"})
        moved = connection.getresponse()
    assert moved.status == 308
    assert re.fullmatch(r"https://localhost(:\d+)?/new\?after=1", moved.headers["Location"])
    with pytest.raises(ssl.SSLError), ssl_of(server, ssl.TLSVersion.TLSv1_1):
        pass


def ssl_of(server: Server, version: ssl.TLSVersion) -> ssl.SSLSocket:
    context = ssl.create_default_context(cafile=str(server.home / "proxy/tls.pem"))
    context.set_ciphers("ALL:@SECLEVEL=0")  # else it is this side that refuses
    context.minimum_version = context.maximum_version = version
    plain = socket.create_connection(("127.0.0.1", server.secure), 30)
    return context.wrap_socket(plain, server_hostname="localhost")


def test_who_asks_is_whom_the_limits_count(server: Server) -> None:
    """The address that the proxy sees, whatever the client says of itself; and the site knows that it is HTTPS."""
    forged = {
        "Content-Type": "application/json",
        "X-Forwarded-For": "203.0.113.9",
        "X-Real-IP": "203.0.113.9",
        "Forwarded": "for=203.0.113.9;host=evil.example",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "http",
        "Origin": f"https://localhost:{server.secure}",
    }
    answer, _ = server.ask("/api/laurel/v1/render", "POST", b'{"body": "x"}', forged)
    assert answer.status == 200
    assert server.counted() == {f"preview:{CLIENT}"}
    foreign = forged | {"Origin": f"http://localhost:{server.secure}".replace("local", "evil")}
    assert server.ask("/api/laurel/v1/render", "POST", b'{"body": "x"}', foreign)[0].status == 403


def test_what_is_for_those_inside_stays_inside(server: Server) -> None:
    for path in ("/health", "/metrics", "/%68ealth", "//health", "/./health"):
        assert server.ask(path)[0].status in (301, 308, 400, 404), path
    assert server.ask("/about", headers={"PATH_INFO": "/health"})[1] != b""
    said = server.ask("/nothing", headers={"PATH_INFO": "/health", "Path-Info": "/health"})
    assert said[0].status == 404
    with closing(http.client.HTTPConnection("127.0.0.1", server.inside, 30)) as connection:
        connection.request("GET", "/health")
        assert json.load(connection.getresponse())["reason"]


def test_an_upload_is_refused_in_the_sites_own_words(server: Server) -> None:
    """A picture of 10 MiB reaches the site; one byte more is its refusal; the proxy's comes at the site's limit."""
    headers = {"Content-Type": "image/png"}
    answer, said = server.ask("/api/laurel/v1/media", "POST", bytes(MAX_BYTES), headers)
    assert (answer.status, json.loads(said)["code"]) == (400, "not_a_picture")
    answer, said = server.ask("/api/laurel/v1/media", "POST", bytes(MAX_BYTES + 1), headers)
    assert (answer.status, json.loads(said)["code"]) == (413, "picture_too_large")
    limit = f"{MAX_REQUEST // 1024**2}"
    shipped = (OPERATIONS / ("nginx.conf" if server.kind == "nginx" else "Caddyfile")).read_text()
    assert re.search(rf"client_max_body_size {limit}m;|max_size {limit}MiB\n", shipped)
    assert (
        server.ask("/api/laurel/v1/media", "POST", bytes(MAX_REQUEST + 1), headers)[0].status == 413
    )


def test_blocks_come_whole_in_part_and_not_twice(server: Server) -> None:
    path = f"/ipfs/{server.cid}"
    answer, data = server.ask(path)
    assert (answer.status, data) == (200, BLOCK)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    again, _ = server.ask(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status == 304
    part, data = server.ask(path, headers={"Range": "bytes=1000-1999"})
    assert (part.status, data) == (206, BLOCK[1000:2000])
    archive, data = server.ask(f"{path}?format=car")
    assert archive.status == 200 and BLOCK in data


def test_styles_may_be_kept_for_ever(server: Server) -> None:
    page = server.ask("/about")[1].decode()
    path = page.split('<link rel="stylesheet" href="')[1].split('"')[0]
    packed = [server.ask(path, headers={"Accept-Encoding": "gzip"}) for _ in range(2)]
    plain, css = server.ask(path)
    assert b"@layer" in css and packed[0][1][:2] == packed[1][1][:2] == b"\x1f\x8b"
    for answer in (plain, packed[0][0], packed[1][0]):
        assert "immutable" in answer.headers["Cache-Control"]
        assert (
            answer.headers["Strict-Transport-Security"]
            and answer.headers["Content-Security-Policy"]
        )
    if server.kind == "nginx":
        assert [a.headers["X-Cache-Status"] for a, _ in packed] == ["MISS", "HIT"]


def test_requests_that_are_too_large_or_too_slow_end(server: Server) -> None:
    assert server.ask("/about", headers={"X-Long": "x" * 60_000})[0].status in (400, 431)
    assert server.ask("/" + "x" * 60_000)[0].status in (400, 414, 431)
    server.slow.settimeout(HEADERS_SECONDS * 2)
    received = server.slow.recv(4096)
    assert received == b"" or received.split()[1] in (b"400", b"408")
    assert time.monotonic() - server.began < HEADERS_SECONDS * 2


def test_the_files_are_taken_as_they_are_shipped(tmp_path: Path) -> None:
    """Caddy reads its own file; nginx's is read with the certificate alone replaced."""
    command = [program("caddy"), "validate", "--adapter", "caddyfile", "--config"]
    made = subprocess.run(
        [*command, str(OPERATIONS / "Caddyfile")],
        env={"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert "Valid configuration" in made.stderr + made.stdout
    assert made.returncode == 0
