"""All checks together: the table of them, their order, what they are told to look at."""

from __future__ import annotations

from pathlib import Path

from tree_answers import load, mock, plant

from keymock import checks

FILES = {
    "workspace/mocks/b.toml": mock("/a/:x"),
    "workspace/mocks/a.toml": mock("/a/:y"),
}


def test_what_all_of_them_find_once_and_in_order(tmp_path: Path) -> None:
    found = checks.run(load(plant(tmp_path, FILES)))
    assert "ambiguous" in {problem.code for problem in found}
    assert list(found) == sorted(set(found))


def test_only_what_the_reader_may_see_is_looked_at(tmp_path: Path) -> None:
    loaded = load(plant(tmp_path, FILES))
    seen = [route for route in loaded.routes.values() if route.id != "workspace/mocks/b"]
    assert "ambiguous" not in {problem.code for problem in checks.run(loaded, seen)}
    assert checks.run(loaded, []) == ()


def test_a_tree_without_a_fault(tmp_path: Path) -> None:
    assert checks.run(load(plant(tmp_path, {"workspace/mocks/a.toml": mock("/a")}))) == ()


def test_each_check_is_in_the_table() -> None:
    folder = Path(checks.__file__).parent
    others = {
        "aligned",
        "breaking",
        "covering",
        "saved",
        "unfilled",
        "unheard",
    }  # these look at more than routes, or are asked for by name
    files = {file.stem for file in folder.glob("*.py")} - {"__init__", "served"} - others
    assert {check.__module__.rpartition(".")[2] for check in checks.CHECKS} == files
