"""Uploads, the IPFS gateway, and blocks in bulk for other nodes."""
