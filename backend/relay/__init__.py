"""Gasless actions: checked before anything is paid, queued in SQL, sent in batches, followed to their end."""
