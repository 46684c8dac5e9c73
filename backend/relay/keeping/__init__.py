"""What the node does by itself: close days, settle posts, pay rewards out, and give the faucet's stake."""
