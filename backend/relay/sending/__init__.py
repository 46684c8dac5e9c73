"""Queued actions on their way to the chain: batches, transactions, fees and costs."""
