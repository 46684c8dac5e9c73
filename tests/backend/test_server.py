"""The site as it is run, a process of its own: what one request must not be able to end."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError, URLError

import pytest

from tests.backend.conftest import Site
from tests.chain import free_port

DEEP = [
    ("/api/laurel/v1/session/challenge", 4_000),
    ("/api/laurel/v1/session", 1_000_000),
    ("/api/laurel/v1/render", 390_000),
    ("/api/laurel/v1/relay", 4_000),
    ("/api/laurel/v1/documents", 250_000),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`laurel site` with one worker and an empty mirror, on a port of the system's choosing."""
    port = free_port()
    home = tmp_path_factory.mktemp("server")
    nowhere = f"http://127.0.0.1:{free_port()}"
    process = subprocess.Popen(
        [sys.executable, "-m", "backend", "site", "--port", str(port)],
        env=os.environ | {"LAUREL_HOME": str(home), "LAUREL_RPC": nowhere},
        cwd=Path(__file__).parents[2],
    )
    url = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + 180
        while status(url + "/about") != 200:
            assert process.poll() is None and time.monotonic() < until
            time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(30)


def status(url: str, data: bytes | None = None) -> int:
    """0 if nobody answered, or if the answer broke off."""
    sent = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(sent, timeout=120) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code
    except (URLError, OSError):
        return 0


@pytest.mark.parametrize(("path", "depth"), DEEP)
@pytest.mark.parametrize("start", [b"[", b'{"body":[', b'{"a":'])
def test_brackets_without_end_are_a_mistake_and_no_more(server: str, path, depth: int, start):
    body = (start * depth)[:depth] if start != b'{"body":[' else start + b"[" * depth
    assert status(server + path, body) in (400, 413)


def test_moving_the_clock_with_brackets(site: Site) -> None:
    answer = site.post(
        "/api/laurel/v1/chain/forward", b'{"days":' + b"[" * 4000, Content_Type="application/json"
    )
    assert (answer.status, answer.json["code"]) == (400, "bad_json")


def test_a_database_that_is_away(tmp_path: Path) -> None:
    """The site says so and ends, for systemd to start again; the relay says so and waits."""
    away = f"postgresql://laurel@127.0.0.1:{free_port()}/laurel"
    (tmp_path / "relayer.key").write_text("11" * 32)
    env = os.environ | {"LAUREL_HOME": str(tmp_path), "LAUREL_DATABASE": away}
    command = [sys.executable, "-m", "backend"]
    home = Path(__file__).parents[2]
    site = subprocess.run([*command, "site"], env=env, cwd=home, capture_output=True, text=True)
    assert site.returncode == 1
    assert "cannot be used" in site.stderr and "Start its server" in site.stderr
    assert "Traceback" not in site.stderr
    relay = subprocess.Popen([*command, "relay"], env=env, cwd=home, stderr=subprocess.PIPE)
    try:
        assert relay.stderr and b"waiting" in relay.stderr.readline()
        assert relay.poll() is None
    finally:
        relay.terminate()
        assert relay.wait(60) == 0
        relay.stderr.close()
