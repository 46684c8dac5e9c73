"""Fetches one document by its digest, from the local store or from other servers.

A source may be anyone's server and is not trusted: at most `MAX_DOCUMENT` bytes of its answer are read,
until a deadline, and they are kept only if they hash to the digest.
"""

from collections.abc import Sequence
from hashlib import sha256

import httpx

from indexer.content.cid import cid_of
from indexer.content.documents import MAX_DOCUMENT
from indexer.content.errors import ContentError
from indexer.content.store import Corrupt, Missing, Store, StoreUnavailable
from indexer.fetching.deadline import Deadline, TimeUp
from indexer.fetching.hosts import HostBusy, Hosts

DEADLINE_SECONDS = 10.0
"""For one source: from connecting, over redirects, to the last byte."""
MAX_REDIRECTS = 2
FIRST_WAIT_SECONDS = 5
LONGEST_WAIT_SECONDS = 3600

_HAS_NOT = (404, 410, 451)
_HEADERS = {
    "Accept": "application/vnd.ipld.raw",
    "Accept-Encoding": "identity",
    "Connection": "close",  # each request has a connection of its own, which can be cut
}


class NotFound(ContentError):
    """No source has the document. reasons: (source, why) in the order of asking, the local store first;
    asked: how many sources got a request, without those that rest."""

    code = "content_not_found"

    def __init__(self, cid: str, reasons: Sequence[tuple[str, str]], asked: int) -> None:
        self.reasons = tuple(reasons)
        self.asked = asked
        told = "; ".join(f"{who}: {why}" for who, why in reasons)
        super().__init__(f"Nobody asked has {cid} ({told}).")


class _Refused(Exception):
    """Why one source's answer is not used."""


class _Lacking(_Refused):
    """The source says that it has no such document, which is no failure of the source."""


def fetch(
    digest: bytes,
    store: Store,
    sources: Sequence[str],
    client: httpx.Client,
    deadline: float = DEADLINE_SECONDS,
    hosts: Hosts | None = None,
) -> bytes:
    """The document whose sha-256 is `digest` (32 bytes), from the store or the first source that has it.

    `sources` are base URLs of nodes and gateways, asked in order as `{base}/ipfs/{cid}?format=raw`,
    each for at most `deadline` seconds, except those that `hosts` says not to ask now. What is found is put
    into the store (pinned). No address is refused here: the caller decides which ones may be asked.
    Raises `NotFound`, and what `store.put` raises.
    """
    hosts = hosts or Hosts()
    cid = cid_of(digest)
    reasons: list[tuple[str, str]] = []
    try:
        return store.get(cid)
    except (Missing, Corrupt, StoreUnavailable) as error:
        reasons.append(("local store", str(error)))
    asked = 0
    for base in sources:
        try:
            with hosts.ask(base) as asking:
                asked += 1
                try:
                    data = _ask(base, cid, client, deadline)
                except _Refused as refusal:
                    asking.failed = not isinstance(refusal, _Lacking)
                    raise
        except (_Refused, HostBusy) as refusal:
            reasons.append((base, str(refusal)))
            continue
        store.put(data)
        return data
    raise NotFound(cid, reasons, asked)


def backoff(tries: int) -> int:
    """Seconds to wait after the `tries`-th failure (from 1): 5, 10, 20 … and at most an hour."""
    return min(FIRST_WAIT_SECONDS << min(max(tries - 1, 0), 20), LONGEST_WAIT_SECONDS)


def _ask(base: str, cid: str, client: httpx.Client, deadline: float) -> bytes:
    """The verified block from one source. Raises `_Refused`."""
    clock = Deadline(deadline)
    try:
        request: httpx.Request | None = client.build_request(
            "GET",
            f"{base.rstrip('/')}/ipfs/{cid}",
            params={"format": "raw"},
            headers=_HEADERS,
            timeout=deadline,
            extensions={"trace": clock.trace},
        )
        for _ in range(MAX_REDIRECTS + 1):
            assert request is not None
            response = client.send(request, stream=True, follow_redirects=False)
            try:
                request = response.next_request
                if request is None:
                    return _read(response, cid, clock)
            finally:
                response.close()
            clock.check()
        raise _Refused(f"more than {MAX_REDIRECTS} redirects")
    except httpx.InvalidURL as error:
        raise _Refused(f"not an address: {error}") from error
    except (httpx.HTTPError, UnicodeError) as error:  # UnicodeError: a name that DNS cannot hold
        raise _Refused(clock.why() or f"{type(error).__name__}: {error}") from error
    except TimeUp as error:
        raise _Refused(str(error)) from error
    finally:
        clock.stop()


def _read(response: httpx.Response, cid: str, clock: Deadline) -> bytes:
    if response.status_code in _HAS_NOT:
        raise _Lacking(f"status {response.status_code}")
    if response.status_code != 200:
        raise _Refused(f"status {response.status_code}")
    data = bytearray()
    for chunk in response.iter_raw():  # raw: a compressed answer must not unfold in memory
        data += chunk
        if len(data) > MAX_DOCUMENT:
            raise _Refused(f"more than {MAX_DOCUMENT // 1024} KiB")
    found = cid_of(sha256(data).digest())
    if found != cid:
        clock.check()  # without Content-Length, an answer that was cut looks complete
        raise _Refused(f"other bytes ({found})")
    return bytes(data)
