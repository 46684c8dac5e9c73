"""Content in and out: uploads, the IPFS gateway, and blocks in bulk for other nodes."""
