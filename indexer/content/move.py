"""Moving all blocks from the embedded store to a Kubo daemon, or back, while the node runs.

The target tells what has arrived, so a move that was interrupted goes on, and a repeated one copies only
what is left. A block is pinned in the daemon after it was read back from there and its hash checked: so a
pin says that the block was moved. Nothing is deleted where it was.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from indexer.content.batches import batches
from indexer.content.cid import cid_of
from indexer.content.daemon import Daemon
from indexer.content.embedded import EmbeddedStore
from indexer.content.store import Corrupt, Missing

_TOGETHER = 1000  # entries looked at in one go


@dataclass
class Progress:
    """How far a move is. `damaged`: CIDs of blocks that cannot be copied, because they are damaged."""

    total: int = 0
    there: int = 0  # before this move
    moved: int = 0
    bytes: int = 0
    damaged: tuple[str, ...] = ()
    finished: bool = False


Told = Callable[[Progress], None]


def to_daemon(
    store: EmbeddedStore, daemon: Daemon, told: Told, stop: threading.Event | None = None
) -> Progress:
    """Copies every block into the daemon, and pins there those that are pinned here.

    What is stored meanwhile is copied too. Ends early after `stop`. Raises StoreUnavailable, and
    Corrupt if the daemon does not give back what it got.
    """
    progress = Progress()
    there = daemon.pinned()
    last = 0
    while entries := store.listed(last, _TOGETHER):
        last = entries[-1].row
        progress.total = max(store.count(), progress.total)
        new = [e for e in entries if e.digest not in there]
        # A block without a pin gets none there, so only the daemon knows whether it has arrived.
        new = [e for e in new if e.pinned or not daemon.has(cid_of(e.digest))]
        progress.there += len(entries) - len(new)
        told(progress)
        pinned = {cid_of(e.digest) for e in new if e.pinned}
        for batch in batches(_read(store, [cid_of(e.digest) for e in new], progress)):
            if stop is not None and stop.is_set():
                return progress
            daemon.put_many(batch)
            for cid, _ in batch:
                daemon.get_held(cid)
            daemon.pin([cid for cid, _ in batch if cid in pinned])
            progress.moved += len(batch)
            progress.bytes += sum(len(data) for _, data in batch)
            told(progress)
    progress.finished = True
    return progress


def to_embedded(
    daemon: Daemon, store: EmbeddedStore, told: Told, stop: threading.Event | None = None
) -> Progress:
    """Copies every block that a node pinned in the daemon into the store, pinned.

    What is pinned meanwhile is copied too. Ends early after `stop`. Raises StoreUnavailable,
    StoreFull.
    """
    progress = Progress()
    done: set[bytes] = set()
    kept = _pinned(store)
    while new := daemon.pinned() - done:
        progress.total += len(new)
        done |= new
        lacking = [
            cid for cid in map(cid_of, sorted(new)) if not (cid in kept and _whole(store, cid))
        ]
        progress.there += len(new) - len(lacking)
        told(progress)
        for batch in batches(_fetched(daemon, lacking, progress)):
            if stop is not None and stop.is_set():
                return progress
            store.put_many(data for _, data in batch)
            progress.moved += len(batch)
            progress.bytes += sum(len(data) for _, data in batch)
            told(progress)
    progress.finished = True
    return progress


def _read(store: EmbeddedStore, cids: list[str], progress: Progress) -> Iterator[tuple[str, bytes]]:
    for cid in cids:
        try:
            yield cid, store.get(cid)
        except (Missing, Corrupt):
            progress.damaged += (cid,)


def _fetched(daemon: Daemon, cids: list[str], progress: Progress) -> Iterator[tuple[str, bytes]]:
    for cid in cids:
        try:
            yield cid, daemon.get_held(cid)
        except Corrupt:
            progress.damaged += (cid,)


def _pinned(store: EmbeddedStore) -> set[str]:
    found: set[str] = set()
    last = 0
    while entries := store.listed(last, _TOGETHER):
        last = entries[-1].row
        found |= {cid_of(entry.digest) for entry in entries if entry.pinned}
    return found


def _whole(store: EmbeddedStore, cid: str) -> bool:
    try:
        store.get(cid)
    except (Missing, Corrupt):
        return False
    return True
