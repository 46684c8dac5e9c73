"""For whom this node pays gas, and how much."""
