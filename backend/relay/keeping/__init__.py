"""What nobody signs: closing days, settling posts, paying rewards out, the faucet."""
