"""nginx and Caddy with the configuration files that are shipped, only that ports and files are the test's own."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from indexer.settings import ROOT
from tests.certificates import certificate
from tests.chain import free_port

OPERATIONS = ROOT / "docs" / "operations"
SERVERS = ROOT / "build" / "servers"  # where `make` unpacks what this machine lacks

MAIN = """
{user}
daemon off;
pid {folder}/nginx.pid;
error_log stderr;
events {{ worker_connections 256; }}
http {{
    access_log off;
    default_type application/octet-stream;
    {temporary}
    {site}
}}
"""
"""What stands around a site's file in Debian's nginx.conf, as far as it matters here."""


def program(name: str) -> str:
    """A server's binary. Fails if there is none."""
    path = ":".join(map(str, (SERVERS / "usr/sbin", SERVERS / "usr/bin", "/usr/sbin", "/usr/bin")))
    found = shutil.which(name) or shutil.which(name, path=path)
    assert found, f"The tests need {name}. Install Debian's package {name}, or run `make servers`."
    return found


def replaced(text: str, **by: str) -> str:
    """The file with each of its words replaced; every one must be there."""
    for old, new in by.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


@contextmanager
def nginx(folder: Path, site: int) -> Iterator[tuple[int, int]]:
    """The ports for HTTP and HTTPS of an nginx before the site's port; the certificate is folder/tls.pem."""
    folder.mkdir()
    plain, secure = free_port(), free_port()
    pem = str(certificate(folder))
    changed = {
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "    listen [::]:80;\n": "",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{secure} ssl http2;",
        "    listen [::]:443 ssl http2;\n": "",
        "server_name laurel.example": "server_name localhost",
        "/etc/letsencrypt/live/laurel.example/fullchain.pem": pem,
        "/etc/letsencrypt/live/laurel.example/privkey.pem": pem,
        "/var/cache/nginx/laurel": str(folder / "cache"),
        "/var/www/html": str(folder / "www"),
        "127.0.0.1:8000": f"127.0.0.1:{site}",
    }
    shipped = replaced((OPERATIONS / "nginx.conf").read_text(), **changed)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "\n".join(f"    {kind}_temp_path {folder}/{kind};" for kind in kinds)
    user = "user root;" if os.geteuid() == 0 else ""  # to whom alone a test's folder is open
    whole = MAIN.format(user=user, folder=folder, temporary=temporary, site=shipped)
    (folder / "nginx.conf").write_text(whole)
    challenge = folder / "www/.well-known/acme-challenge"
    challenge.mkdir(parents=True)
    (challenge / "token").write_text("proof")
    command = [
        program("nginx"),
        "-p",
        str(folder),
        "-c",
        str(folder / "nginx.conf"),
        "-e",
        "stderr",
    ]
    with running(command, secure):
        yield plain, secure


@contextmanager
def caddy(folder: Path, site: int) -> Iterator[tuple[int, int]]:
    """As `nginx`, by Caddy."""
    folder.mkdir()
    plain, secure = free_port(), free_port()
    pem = str(certificate(folder))
    # The certificate is the test's, as none is to be had for localhost; the administration listens nowhere.
    ours = f"\tadmin off\n\thttp_port {plain}\n\thttps_port {secure}\n\tdefault_bind 127.0.0.1\n"
    changed = {
        "{\n\tservers {": f"{{\n{ours}\tservers {{",
        "http://laurel.example {\n\tredir https://laurel.example": f"http://localhost:{plain} {{\n\tredir https://localhost",
        "\nlaurel.example {": f"\nlocalhost {{\n\ttls {pem} {pem}\n",
        "127.0.0.1:8000 {": f"127.0.0.1:{site} {{",
    }
    file = folder / "Caddyfile"
    file.write_text(replaced((OPERATIONS / "Caddyfile").read_text(), **changed))
    home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    command = [program("caddy"), "run", "--adapter", "caddyfile", "--config", str(file)]
    with running(command, secure, home, signal.SIGKILL):  # it would wait for open connections
        yield plain, secure


@contextmanager
def running(
    command: list[str],
    port: int,
    env: dict[str, str] | None = None,
    stop: signal.Signals = signal.SIGTERM,
) -> Iterator[subprocess.Popen[bytes]]:
    """A server, from when it answers at the port until the end of the block."""
    process = subprocess.Popen(command, env=env)
    try:
        end = time.monotonic() + 180  # that it may take on a busy machine
        while True:
            assert process.poll() is None and time.monotonic() < end, command
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield process
    finally:
        process.send_signal(stop)
        process.wait(20)
