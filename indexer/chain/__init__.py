"""A node's word, and how far it is believed: JSON-RPC, several nodes, blocks, logs and the evidence for them."""
