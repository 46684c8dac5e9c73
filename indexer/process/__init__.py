"""Locks that one process at a time holds, and ending a process when asked to."""
