"""The site as the public finds it: names, certificate, proxy, headers."""

import socket
import ssl
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

import httpx
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from backend.operator.doctor.findings import PATIENCE, Findings, Setup, ok, problem, warning
from indexer.content.cid import cid_of
from indexer.errors import LaurelError
from indexer.monitoring.status import reading
from indexer.schema import Content

DAY = 86_400
RENEWED_DAYS = 20
"""Certificates are renewed 30 days before they end: one that ends sooner than this was not renewed."""
WANTED = ("Strict-Transport-Security", "Content-Security-Policy")
GATEWAY = {"X-Content-Type-Options": "nosniff", "Access-Control-Allow-Origin": "*"}


def page(setup: Setup) -> Findings:
    """Whether the site answers to its name, over HTTPS, with its headers."""
    if setup.url is None:
        yield ok("The site is for this machine alone: LAUREL_HOSTS names no other.")
        return
    if not setup.url.startswith("https://"):
        yield problem(
            f"{setup.url} is not encrypted: put nginx or Caddy with a certificate before it."
        )
        return
    try:
        answer = httpx.get(f"{setup.url}/about", timeout=PATIENCE, verify=_trusting())
    except httpx.HTTPError as error:
        said = str(error) or type(error).__name__
        yield problem(
            f"{setup.url} does not answer ({said}): see the proxy, the firewall and the DNS."
        )
        return
    if answer.status_code == 400:
        yield problem(f"The site does not go by the name of {setup.url}: put it into LAUREL_HOSTS.")
    elif answer.status_code != 200:
        yield problem(
            f"{setup.url}/about answers with status {answer.status_code}: see that `laurel site` runs, and that "
            "the proxy passes requests to its port."
        )
    elif lacking := [name for name in WANTED if name not in answer.headers]:
        yield warning(
            f"{setup.url} lacks {' and '.join(lacking)}: compare the proxy with docs/operations."
        )
    else:
        yield ok(f"{setup.url} answers, with its headers.")


def certificate(setup: Setup) -> Findings:
    """For how many more days the certificate is valid."""
    if setup.url is None or not setup.url.startswith("https://"):
        return
    parts = urlsplit(setup.url)
    host, port = parts.hostname or "", parts.port or 443
    try:
        with (
            socket.create_connection((host, port), PATIENCE) as plain,
            _trusting().wrap_socket(plain, server_hostname=host) as secure,
        ):
            ends = ssl.cert_time_to_seconds(str((secure.getpeercert() or {})["notAfter"]))
    except ssl.SSLCertVerificationError as error:
        yield problem(f"The certificate of {host} is not good: {error.verify_message}. Renew it.")
        return
    except OSError as error:
        yield problem(f"No certificate can be had of {host}:{port} ({error}).")
        return
    days = int((ends - time.time()) / DAY)
    if days < RENEWED_DAYS:
        yield warning(f"The certificate of {host} ends in {days} days: see why it is not renewed.")
    else:
        yield ok(f"The certificate of {host} is good for {days} days.")


def unencrypted(setup: Setup, port: int = 80) -> Findings:
    """Whether HTTP redirects to HTTPS. `port`: where HTTP is served."""
    if setup.url is None or urlsplit(setup.url).port not in (None, 443) and port == 80:
        return
    host = urlsplit(setup.url).hostname
    try:
        answer = httpx.get(f"http://{host}:{port}/about", timeout=PATIENCE)
    except httpx.HTTPError:
        yield warning(
            f"Nobody answers at http://{host}: who types the name alone may not get here."
        )
        return
    if answer.is_redirect and answer.headers.get("Location", "").startswith("https://"):
        yield ok(f"http://{host} leads to https.")
    else:
        yield problem(f"http://{host} serves pages without encryption: let the proxy redirect it.")


def inside(setup: Setup) -> Findings:
    """Whether /health and /metrics are closed to the public."""
    if setup.url is None:
        return
    for path in ("/health", "/metrics"):
        try:
            answer = httpx.get(setup.url + path, timeout=PATIENCE, verify=_trusting())
        except httpx.HTTPError:
            return  # said already
        if "lag_blocks" in answer.text or "laurel_index" in answer.text:
            yield warning(f"{setup.url}{path} is open to everybody: close it in the proxy.")
            return
    yield ok("/health and /metrics are closed to the public.")


def gateway(setup: Setup) -> Findings:
    """Whether a document comes through the proxy with its status and headers."""
    if setup.url is None:
        return
    try:
        with reading(setup.settings.database) as connection:
            some = connection.scalar(
                select(Content.digest).where(Content.state == "ready").limit(1)
            )
        if some is None:
            return
        url = f"{setup.url}/ipfs/{cid_of(some)}"
        answer = httpx.get(url, timeout=PATIENCE, verify=_trusting())
    except (LaurelError, DatabaseError, httpx.HTTPError):
        return  # said already
    if answer.status_code != 200:
        yield problem(
            f"{url} answers with status {answer.status_code}: `laurel content status` says more."
        )
    elif wrong := _other(answer.headers):
        yield warning(
            f"{url} comes with other {' and '.join(wrong)}: compare the proxy with docs/operations."
        )
    else:
        yield ok("Documents come through the proxy as they should.")


def _other(headers: Mapping[str, str]) -> list[str]:
    wrong = [name for name, value in GATEWAY.items() if headers.get(name) != value]
    return wrong + [name for name in ("ETag", "X-Ipfs-Path") if name not in headers]


def contact(setup: Setup) -> Findings:
    if setup.site.contact:
        yield ok(f"Whoever runs this site is reached at {setup.site.contact}.")
    elif setup.url:
        yield warning(
            "Nobody can tell you what should not be shown: set LAUREL_CONTACT to a mail address or a page."
        )


def _trusting() -> ssl.SSLContext:
    """Checks certificates as browsers do (SSL_CERT_FILE names other authorities)."""
    return ssl.create_default_context()
