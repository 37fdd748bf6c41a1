"""Fixtures that start a real server. Lying here, this also puts `tests/` on the import path of every test below it."""

from live_server import serve, tree

__all__ = ["serve", "tree"]
