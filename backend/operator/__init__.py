"""For whoever runs a node: start it (`up`), examine it (`doctor`), see how it is (`status`)."""
