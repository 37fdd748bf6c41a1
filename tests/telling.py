"""What is told of two trees that are written down in a test: one line a detail, the severity first."""

from __future__ import annotations

from collections.abc import Mapping

import text_tree

from keymock import changes
from keymock.catalog import Catalog
from keymock.index import Route

MOCK = "workspace/mocks/a.toml"


def compared(before: Mapping[str, bytes | str], after: Mapping[str, bytes | str]) -> changes.Comparison:
    return changes.compare(*text_tree.catalogs(before, after))


def told(before: Mapping[str, bytes | str], after: Mapping[str, bytes | str]) -> list[str]:
    """`breaking: the status is 404, was 200`"""
    return [f"{one.severity}: {one.says}" for change in compared(before, after).changes for one in change.details]


def of_mock(before: str, after: str) -> list[str]:
    """The same of one mock: two texts of its file."""
    return told({MOCK: before}, {MOCK: after})


def route(text: str, file: str = MOCK) -> Route:
    """A mock made ready."""
    (found,) = text_tree.catalogs({file: text}, {})[0].routes.values()
    return found


def catalog(files: Mapping[str, bytes | str]) -> Catalog:
    return text_tree.catalogs(files, {})[0]
