"""How the indexer is: status, health, metrics, log lines and progress."""
