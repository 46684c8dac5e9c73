"""What only a chain on one's own machine has: anvil or Hardhat, its clock, test coin, the faucet and samples."""
