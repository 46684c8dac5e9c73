"""What only a chain on one's own machine has: anvil, its clock, test coin, the faucet's account and samples."""
