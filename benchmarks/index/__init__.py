"""How fast the indexer is: `python -m benchmarks.index`, beside the limit and its peers."""
