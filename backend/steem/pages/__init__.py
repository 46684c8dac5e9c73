"""The pages and API of a Steem replay: what was paid here, compared with what Steem paid."""
