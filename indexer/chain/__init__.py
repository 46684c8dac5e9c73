"""Reading the chain: JSON-RPC, several nodes, blocks and logs, and checks of what the nodes answer."""
