"""`laurel index`, `verify`, `rebuild`, `content` and `sync`."""
