"""The pages and API of a Steem replay: what became of it beside what Steem paid."""
