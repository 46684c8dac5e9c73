"""Real posts of Steem, with their comments and votes, put on a local chain through the same relay as everybody's."""
