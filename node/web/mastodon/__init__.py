"""Mastodon's client API, for the programs that people already have. docs/client-api.md lists what is there."""
