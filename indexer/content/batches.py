"""Blocks in batches that fit one call, and memory."""

from collections.abc import Iterable, Iterator

BLOCKS = 256
BYTES = 8 * 1024 * 1024
"""A batch is full at so many bytes; its last block may go beyond."""


def batches(blocks: Iterable[tuple[str, bytes]]) -> Iterator[list[tuple[str, bytes]]]:
    """`blocks`, each a CID and its bytes, in their order: up to BLOCKS in a list, of some BYTES."""
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
