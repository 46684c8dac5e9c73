"""The chain as the node's processes use it: one connection, the core's contract, and what its errors mean."""
