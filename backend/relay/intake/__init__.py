"""Signed actions on their way in: parsed, checked against replay, tried, and queued."""
