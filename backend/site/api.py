"""The path of our own API. `/api/v1` and `/api/v2` are left free, where Mastodon's apps look for theirs."""

API = "/api/laurel/v1"
