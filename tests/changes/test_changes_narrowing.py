"""Reading less than all tells the same: that is held against reading all, on every case of `tests/reviews/`."""

from __future__ import annotations

from pathlib import Path

import pytest
import text_tree
from test_reviews import CASES, read

from keymock import changes
from keymock.catalog import load
from keymock.changes.narrowing import Narrowed, narrowed, paths_in
from keymock.changes.text import text
from keymock.layout import Layout

LAYOUT = Layout({name: f"projects/{name}" for name in ("shop", "crm", "other")})

OTHERS = {
    f"{space}/mocks/z/{name}.toml": f'[request]\npath = "{path}"\n[response]\nbody = "{name}"\n'
    for space in ("workspace", "projects/shop", "projects/other")
    for name, path in {
        "rest": "/users/*rest",
        "any": "/:one/:two",
        "orders": "/orders/:id/lines",
        "deep": "/x/y/z/:id",
        "fixed": "/users/me",
        "far": "/nothing/like/it",
    }.items()
}


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_what_is_told_is_the_same(file: Path) -> None:
    case = read(file)
    trees = [text_tree.TextTree({**OTHERS, **files}) for files in (case.before, case.after)]
    before = load(trees[0], actor=None, private=False)
    after = load(trees[1], actor=None, private=False, before=before)
    whole = changes.compare(before, after, accepted=case.accepted)
    same = narrowed(trees[0], trees[1], LAYOUT, few=0) or set()
    less = [Narrowed(tree, same) for tree in trees]
    before = load(less[0], actor=None, private=False)
    after = load(less[1], actor=None, private=False, before=before)
    assert text(changes.compare(before, after, accepted=case.accepted), "") == text(whole, "")


def without(before: dict[str, str], after: dict[str, str]) -> set[str] | None:
    return narrowed(text_tree.TextTree(before), text_tree.TextTree(after), LAYOUT, few=0)


USER = "projects/shop/mocks/user.toml"


def test_only_what_could_be_reached_as_well_is_read() -> None:
    before = {**OTHERS, USER: 'request.path = "/users/:id"\n'}
    after = {**OTHERS, USER: 'request.path = "/users/:id"\nresponse.status = 404\n'}
    found = without(before, after)
    assert found == {name for name in OTHERS if name.endswith(("orders.toml", "deep.toml", "far.toml"))}


def test_a_file_that_a_mock_names_is_part_of_it() -> None:
    far = "workspace/mocks/z/far.toml"
    named = {**OTHERS, far: OTHERS[far] + 'body_file = "x.json"\n'}
    found = without({**named, "workspace/mocks/z/x.json": "1"}, {**named, "workspace/mocks/z/x.json": "2"})
    assert found is not None
    assert far not in found
    body = without({**OTHERS, "workspace/mocks/z/far.late.body.txt": "1"}, OTHERS)
    assert body is not None
    assert far not in body


@pytest.mark.parametrize(
    "more",
    [
        {"keymock.toml": 'name = "x"\n'},
        {"projects/shop/mocks/_defaults.toml": "response.status = 1\n"},
        {"projects/shop/presets/a.toml": ""},
        {"projects/shop/openapi.yaml": ""},
        {"projects/shop/data/a.json": "[]"},
        {"workspace/mocks/users/{id}.GET.json": "{}"},
        {"workspace/mocks/data.toml": '[data]\nresource = "users"\n'},
        {"workspace/mocks/regex.toml": 'request.path = { regex = "^/x" }\n'},
    ],
)
def test_where_names_do_not_tell_all_is_read(more: dict[str, str]) -> None:
    assert without(OTHERS, {**OTHERS, **more}) is None


def test_few_files_are_read_at_once() -> None:
    assert narrowed(text_tree.TextTree(OTHERS), text_tree.TextTree(OTHERS), LAYOUT) is None


@pytest.mark.parametrize(
    ("mock", "paths"),
    [
        ('[request]\npath = "/a/:id"  # one\n', ["/a/:id"]),
        ("request.path = '/a'\n", ["/a"]),
        ('request = { path = "/a" }\n', []),
        ('[request]\npath = ["/a", "/b"]\n', []),
        ('[request]\npath = "/\\u0061"\n', []),
        ('[request]\npath = { regex = "a" }\n', []),
        ('[request]\n"path" = "/a"\n', ["/a"]),
        ('[data]\nresource = "a"\n', []),
        ("", []),
    ],
)
def test_only_what_is_plain_is_taken_for_a_path(mock: str, paths: list[str]) -> None:
    assert paths_in(mock.encode()) == paths
