"""Watching the indexer: status, health, metrics, log lines and progress."""
