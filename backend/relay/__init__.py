"""Gasless actions: checked before paying, queued in SQL, sent in batches, followed to the end."""
