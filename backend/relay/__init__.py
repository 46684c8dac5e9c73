"""Signed actions whose gas the node pays: checked first, queued in SQL, sent in batches, followed to the end."""
