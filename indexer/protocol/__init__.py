"""The contracts' interface in Python: events, packed words, signed actions, view calls, deployment records."""
