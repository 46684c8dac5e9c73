"""Content that is missing: whom to ask, when, and what to do with the answer."""
