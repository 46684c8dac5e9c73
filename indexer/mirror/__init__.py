"""The mirror in its database: connections, reading and writing in bulk, the lease of its one writer."""
