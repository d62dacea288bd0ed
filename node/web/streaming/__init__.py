"""Streams: what happens, told to programs as it happens, over WebSocket and server-sent events (Mastodon's streaming API)."""
