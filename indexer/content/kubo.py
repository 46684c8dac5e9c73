"""The block store with a Kubo daemon behind it.

The embedded store stays in front as a cache, so reading needs no daemon; what is put is pushed to
the daemon and pinned there, so that other IPFS nodes can fetch it. Every CID that the daemon
returns is compared with ours, and every block is hashed.
"""

from collections.abc import Iterable

from indexer.content.batches import batches
from indexer.content.cid import parse
from indexer.content.daemon import Daemon
from indexer.content.embedded import EmbeddedStore
from indexer.content.store import Corrupt, Missing


class KuboStore:
    """`Store` in a Kubo daemon at the multiaddress `api`, with `cache` in front.

    The constructor makes no call; each call that needs the daemon raises `StoreUnavailable`
    while it is away. `delete` lets the daemon's garbage collection take the block.
    """

    def __init__(self, cache: EmbeddedStore, api: str, timeout: float | None = None) -> None:
        self._cache = cache
        self._daemon = Daemon(api, timeout)

    def put(self, data: bytes, *, pin: bool = True) -> str:
        cid = self._cache.put(data, pin=pin)
        self._daemon.put(cid, data)
        if pin:
            self._daemon.pin([cid])
        return cid

    def put_many(self, blocks: Iterable[bytes], *, pin: bool = True) -> list[str]:
        held = list(blocks)
        cids = self._cache.put_many(held, pin=pin)
        for batch in batches(zip(cids, held, strict=True)):
            self._daemon.put_many(batch)
        if pin:
            self._daemon.pin(cids)
        return cids

    def get(self, cid: str) -> bytes:
        try:
            return self._cache.get(cid)
        except (Missing, Corrupt):
            data = self._daemon.get(cid)
        self._cache.put(data, pin=False)
        return data

    def has(self, cid: str) -> bool:
        return self._cache.has(cid) or self._daemon.has(cid)

    def pin(self, cid: str) -> None:
        data = self.get(cid)
        if not self._daemon.has(cid):
            self._daemon.put(cid, data)
        self._daemon.pin([cid])
        self._cache.pin(cid)

    def unpin(self, cid: str) -> None:
        parse(cid)
        self._daemon.unpin(cid)
        self._cache.unpin(cid)

    def delete(self, cid: str) -> None:
        self._cache.delete(cid)

    def close(self) -> None:
        self._cache.close()
