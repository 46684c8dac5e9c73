"""Reads the chain into the mirror, and keeps the content that the chain names by digest."""
