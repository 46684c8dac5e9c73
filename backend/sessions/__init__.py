"""Signing in: a text to sign, and the session that the signature opens."""
