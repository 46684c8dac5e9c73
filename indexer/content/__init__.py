"""Content named by its digest: documents, the block store, files, rendering and pictures."""

from pathlib import Path

from indexer.content.store import Store


def open_store(path: str | Path, ipfs_api: str | None = None) -> Store:
    """The block store in the folder `path`, backed by a Kubo daemon if `ipfs_api` names one.

    `ipfs_api` is a multiaddress such as `/ip4/127.0.0.1/tcp/5001`. Raises `StoreUnavailable`.
    """
    from indexer.content.embedded import EmbeddedStore

    cache = EmbeddedStore(path)
    if not ipfs_api:
        return cache
    # A slow import that most nodes never need.
    from indexer.content.kubo import KuboStore

    return KuboStore(cache, ipfs_api)
