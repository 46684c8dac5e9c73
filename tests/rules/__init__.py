"""The contracts' rules as a model in Python: what each action does to accounts, posts, votes and the pool.

Tests drive it in lockstep with the contracts. Stake, mana, rshares and curation weight are micro-vests; amounts are
wei; times are seconds.
"""
