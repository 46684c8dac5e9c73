"""Compares the mirror with the contracts, row by row."""
