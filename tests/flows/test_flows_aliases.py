"""`[[node.body.x]]` of imported flows."""

from __future__ import annotations

from keymock.flows.aliases import understood


def test_references_become_our_own_and_lists_stay() -> None:
    assert understood({
        "a": "[[login.body.token]]", "b": "x [[ node-1.body.items[0].id ]] y", "c": "[[1, 2]]", "d": "[[alone]]",
        "e": ["[[n.headers.etag]]", 1], "f": {"g": "[[n.status]]"},
    }) == {
        "a": "{{ login.body.token }}", "b": "x {{ node_1.body.items[0].id }} y", "c": "[[1, 2]]", "d": "[[alone]]",
        "e": ["{{ n.headers.etag }}", 1], "f": {"g": "{{ n.status }}"},
    }  # fmt: skip
