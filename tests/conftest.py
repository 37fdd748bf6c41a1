"""Fixtures shared by folders of tests. Lying here, this also puts `tests/` on the import path of every test."""

from live_server import serve, tree
from prompt import served, shell, shop

__all__ = ["serve", "served", "shell", "shop", "tree"]
