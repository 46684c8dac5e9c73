"""Processes: one at a time, and how one ends."""
