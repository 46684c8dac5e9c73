"""The chain as the node uses it: one connection, the core's contract, what its errors mean."""
