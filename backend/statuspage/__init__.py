"""How this server is, for everybody: its chain, its relay's queue and coin, what an action costs."""
