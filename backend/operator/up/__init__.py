"""`laurel up`: a whole node on one machine, chain included, under one process that watches the others."""
