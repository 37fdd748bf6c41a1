"""Fixtures shared by folders of tests. Lying here, this also puts `tests/` on the import path of every test."""

from clone import clone, glass
from live_server import serve, tree
from prompt import served, shell, shop

__all__ = ["clone", "glass", "serve", "served", "shell", "shop", "tree"]
