from __future__ import annotations

import pytest
from files import reader

from keymock.contract.library import Library, Unresolved, beside


def _library() -> Library:
    return Library(
        reader({
            "api/a.yaml": "one: {$ref: 'parts/b.yaml#/x~1y'}\nanchor: {$ref: '#here'}\nx: {$anchor: here, v: 1}\n"
            "loop: {$ref: '#/pool'}\npool: {$ref: '#/loop'}\nlist: [{v: 2}]\n",
            "api/parts/b.yaml": "x/y: {$ref: '../a.yaml#/list/0'}\n",
        })
    )  # fmt: skip


def test_references_lead_through_files_lists_and_anchors() -> None:
    library = _library()
    root = library.root("api/a.yaml")
    found = library.follow(root.child("one"))
    assert (found.file, found.pointer, found.value) == ("api/a.yaml", ("list", "0"), {"v": 2})
    assert library.follow(root.child("anchor")).value["v"] == 1
    assert list(library.trees) == ["api/a.yaml", "api/parts/b.yaml"]
    assert library.line("api/a.yaml", ("list", "0")) == 6


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("#/nowhere", "leads to nothing"),
        ("#gone", "leads to nothing"),
        ("missing.yaml", "no file api/missing.yaml"),
        ("#/loop", "back to itself"),
        ("https://example.com/a.yaml", "network"),
        ("//example.com/a.yaml", "network"),
        ("file:///etc/passwd", "network"),
        ("../../etc/passwd", "out of the workspace"),
        ("/etc/passwd", "out of the workspace"),
        ("..\\secret", "out of the workspace"),
        ("%2e%2e/%2e%2e/x", "out of the workspace"),
    ],
)
def test_what_leads_nowhere_is_told(reference: str, said: str) -> None:
    library = _library()
    library.root("api/a.yaml")
    with pytest.raises(Unresolved, match=said):
        library.follow(library.at(reference, "api/a.yaml"))


def test_a_reference_is_relative_to_its_file() -> None:
    assert beside("../common.yaml", "api/v1/a.yaml") == "api/common.yaml"
    assert beside("./b.yaml", "a.yaml") == "b.yaml"
