"""Copying a node from another."""
