"""Blocks in bulk, for another node that wants to have what this one has."""
