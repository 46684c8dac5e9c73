"""What anyone may do for everyone: closing, settling, claiming; on a local chain, the faucet."""
