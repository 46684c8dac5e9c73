"""What came of a replayed history of Steem: its figures, as charts with tables and as JSON."""
