"""What every page and answer stands on: the node, its database, settings, problems, limits, formats."""
