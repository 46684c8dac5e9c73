"""Pictures in, and blocks out under /ipfs/."""
