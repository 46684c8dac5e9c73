"""Accounts: profiles, wallets and keys."""
