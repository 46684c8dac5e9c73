"""Blocks a handful at a time: as many as one call takes, and as memory holds with ease."""

from collections.abc import Iterable, Iterator

BLOCKS = 256
BYTES = 8 * 1024 * 1024
"""After so many a batch is full; its last block may go beyond."""


def batches(blocks: Iterable[tuple[str, bytes]]) -> Iterator[list[tuple[str, bytes]]]:
    """`blocks`, each a CID and its bytes, in their order."""
    batch: list[tuple[str, bytes]] = []
    size = 0
    for cid, data in blocks:
        batch.append((cid, data))
        size += len(data)
        if len(batch) >= BLOCKS or size >= BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
