from __future__ import annotations

import text_tree

from keymock import changes

FILES = {
    "projects/shop/mocks/a.toml": 'request.path = "/a"\n',
    "projects/secret/mocks/b.toml": 'request.path = "/b"\n',
}
LATER = {name: text + "response.status = 404\n" for name, text in FILES.items()}


def test_the_gravest_come_first_and_settings_before_mocks() -> None:
    after = {
        **LATER,
        "projects/shop/mocks/z.toml": 'request.path = "/z"\n',
        "projects/shop/project.toml": 'mount = "/s"\n',
    }
    found = changes.compare(*text_tree.catalogs(FILES, after))
    assert [change.about or change.route for change in found.changes] == [
        "projects/shop", "GET /b", "GET /a", "GET /z",
    ]  # fmt: skip


def test_what_somebody_may_not_see_is_counted_and_not_told() -> None:
    before, after = text_tree.catalogs(FILES, LATER)
    hides = lambda name: "secret" not in name  # noqa: E731
    found = changes.compare(before, after, sees_before=hides, sees_after=hides)
    assert [change.mock for change in found.changes] == ["projects/shop/mocks/a"]
    assert found.withheld == 1


def test_a_break_may_be_meant_by_route_by_mock_or_by_setting() -> None:
    before, after = text_tree.catalogs(FILES, LATER)
    for name in ("GET /a", "projects/shop/mocks/a"):
        found = changes.compare(before, after, accepted={name: "agreed", "GET /b": ""})
        assert [change.accepted for change in found.changes] == ["meant so", "agreed"]
        assert not found.breaking
    assert changes.compare(before, after, accepted={"POST /a": "no"}).breaking


def test_the_old_path_names_a_break_too() -> None:
    trees = text_tree.catalogs({"workspace/mocks/a.toml": 'request.path = "/a/:x"\n'},
                               {"workspace/mocks/a.toml": 'request.path = "/b/:x"\n'})  # fmt: skip
    assert not changes.compare(*trees, accepted={"GET /a/:id": "moved"}).breaking


def test_the_same_tree_twice_has_no_change() -> None:
    before, after = text_tree.catalogs(FILES, dict(FILES))
    assert changes.compare(before, after).changes == ()
