"""How fast the indexer is, compared with a raw download and other indexers: `python -m benchmarks.index`."""
