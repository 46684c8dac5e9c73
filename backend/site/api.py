"""Where our own API lives. `/api/v1` and `/api/v2` are left free: Mastodon's apps look there for theirs."""

API = "/api/laurel/v1"
