"""What anyone may do for everyone: closing days, settling posts, claiming rewards; on a local chain, the faucet."""
