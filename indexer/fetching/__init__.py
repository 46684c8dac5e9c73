"""Fetching missing content: which servers to ask, when, and what to do with their answers."""
