"""Serves the mirror as pages and API, relays signed actions, and keeps the reward pool going."""
