"""The mirror against the contracts, row by row."""
