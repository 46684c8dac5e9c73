"""The block store with a Kubo daemon behind it, reached over its RPC.

The embedded store stays in front as a cache, so reading needs no daemon; what is put is pushed to
the daemon and pinned there, so that other IPFS nodes can fetch it. Every CID the daemon says is
compared with ours, and every block it gives is hashed.

`ipfshttpclient` has no maintainer: only its block put/get/stat and pin calls are used, and nothing
outside this module sees it. `Client(addr)` and not `connect()`, which refuses current daemons by
their version number.
"""

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import ipfshttpclient
from ipfshttpclient import exceptions

from indexer.content.cid import parse
from indexer.content.embedded import EmbeddedStore
from indexer.content.store import Corrupt, Missing, StoreUnavailable, checked

TIMEOUT_SECONDS = 5.0
"""For connecting, and for each read: the daemon is near, and pages wait for it."""

# `format` and not `cid-codec`: all of Kubo and js-ipfs understand it.
_RAW = {"format": "raw", "mhtype": "sha2-256"}


class KuboStore:
    """`Store` in a Kubo daemon at the multiaddress `api`, with `cache` in front.

    The constructor asks nothing of the daemon; each call that needs it raises `StoreUnavailable`
    while it is away. `delete` lets the daemon's garbage collection take the block: the RPC calls
    used here cannot remove one.
    """

    def __init__(self, cache: EmbeddedStore, api: str, timeout: float = TIMEOUT_SECONDS) -> None:
        self._cache = cache
        self._api = api
        with self._clear_errors():
            self._client: Any = ipfshttpclient.Client(api, timeout=timeout)

    def put(self, data: bytes, *, pin: bool = True) -> str:
        cid = self._cache.put(data, pin=pin)
        self._push(cid, data, pin)
        return cid

    def put_many(self, blocks: Iterable[bytes], *, pin: bool = True) -> list[str]:
        held = list(blocks)
        cids = self._cache.put_many(held, pin=pin)
        for cid, data in zip(cids, held, strict=True):
            self._push(cid, data, pin)
        return cids

    def get(self, cid: str) -> bytes:
        try:
            return self._cache.get(cid)
        except (Missing, Corrupt):
            data = self._fetch(cid)
        self._cache.put(data, pin=False)
        return data

    def has(self, cid: str) -> bool:
        return self._cache.has(cid) or self._held(cid)

    def pin(self, cid: str) -> None:
        data = self.get(cid)  # a pin on what the daemon lacks would make it search the network
        if not self._held(cid):
            self._push(cid, data, pin=False)
        with self._clear_errors():
            self._client.pin.add(cid)
        self._cache.pin(cid)

    def unpin(self, cid: str) -> None:
        parse(cid)
        with self._clear_errors():
            try:
                self._client.pin.rm(cid)
            except exceptions.ErrorResponse as error:
                if "not pinned" not in str(error):
                    raise
        self._cache.unpin(cid)

    def delete(self, cid: str) -> None:
        self._cache.delete(cid)

    def close(self) -> None:
        self._cache.close()

    def _push(self, cid: str, data: bytes, pin: bool) -> None:
        with self._clear_errors():
            found = self._client.block.put(io.BytesIO(data), opts=_RAW)["Key"]
            if found != cid:
                raise Corrupt(f"The IPFS daemon calls the block {cid} {found!r:.100}.")
            if pin:
                self._client.pin.add(cid)

    def _fetch(self, cid: str) -> bytes:
        parse(cid)
        if not self._held(cid):
            raise Missing(f"Neither the store nor the IPFS daemon holds the block {cid}.")
        with self._clear_errors():
            return checked(self._client.block.get(cid, offline=True), cid)

    def _held(self, cid: str) -> bool:
        parse(cid)
        # `offline`: what the daemon does not hold is missing; else it would search the network.
        with self._clear_errors():
            try:
                self._client.block.stat(cid, offline=True)
            except exceptions.ErrorResponse as error:
                if "not found" in str(error) or "could not find" in str(error):
                    return False
                raise
        return True

    @contextmanager
    def _clear_errors(self) -> Iterator[None]:
        try:
            yield
        except exceptions.Error as error:
            raise StoreUnavailable(f"The IPFS daemon at {self._api} failed: {error}.") from error
