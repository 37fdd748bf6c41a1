"""Fixtures shared by folders of tests. Lying here, this also puts `tests/` on the import path of every test."""

from clone import clone, glass
from hypothesis import HealthCheck, settings
from live_server import serve, tree
from prompt import served, shell, shop

__all__ = ["clone", "glass", "serve", "served", "shell", "shop", "tree"]

# How fast examples are drawn depends on what else the machine does, and is no property of keymock.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")
