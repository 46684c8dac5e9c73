"""Compiling the contracts and putting them on a chain."""
