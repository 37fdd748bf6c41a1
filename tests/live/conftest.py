"""Fixtures of the live tests; what they hand out is in `live_server`."""

from live_server import serve, tree

__all__ = ["serve", "tree"]
