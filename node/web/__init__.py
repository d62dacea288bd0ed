"""The doors: each asks who wants what, calls one use case, and writes the answer."""
