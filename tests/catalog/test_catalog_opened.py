from __future__ import annotations

from keymock.catalog.opened import Named, Opened, by_space


def test_contracts_are_found_by_their_space() -> None:
    one, two, three = (
        Opened(Named(name, "p", space, name), (), lambda: None)
        for name, space in (("a", "projects/p"), ("b", "projects/p"), ("c", "projects/q"))
    )
    assert by_space([one, two, three]) == {"projects/p": (one, two), "projects/q": (three,)}
