"""What every page and answer needs: the node, its database, settings, problems, limits, formats."""
