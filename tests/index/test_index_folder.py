"""Where a folder answers, and what it asks for."""

from __future__ import annotations

from keymock.exchange import Request, split_path
from keymock.index.folder import mounted, of_files
from keymock.index.report import Noting
from keymock.index.route import File, Folder
from keymock.match import compile as compile_condition
from keymock.match import explain
from keymock.pattern import match, parse


def nothing(*_: object, **__: object) -> None:
    raise AssertionError("no report was expected")


def reached(path: str, *asked: bytes) -> list[bool]:
    patterns = mounted(parse(path), Noting(nothing))
    return [any(match(pattern)(split_path(raw)) is not None for pattern in patterns) for raw in asked]


def test_it_answers_at_its_path_and_beneath() -> None:
    assert reached("/site", b"/site", b"/site/", b"/site/a/b/", b"/sites", b"/") == [True, True, True, False, False]
    assert reached("/", b"/", b"/a", b"/a/b/") == [True, True, True]
    assert reached("/site/", b"/site", b"/site/") == [True, True]
    assert reached("/:tenant/site", b"/t/site/", b"/site/") == [True, False]


def test_only_what_is_there_is_answered() -> None:
    (condition,) = of_files(Folder({name: File(b"", "", "") for name in ("a.txt", "b/c.txt", "b/", "")}))
    holds = compile_condition(condition)

    def asked(path: str) -> Request:
        request = Request("GET", b"/site/" + path.encode(), b"", [], b"")
        request.params = {"path": path}
        return request

    assert [holds(asked(path)) for path in ("a.txt", "b", "b/", "b/c.txt", "", "c", "a.txt/")] == [True] * 5 + [
        False
    ] * 2
    seen = explain(condition, asked("c"))
    assert seen is not None
    assert (seen.expected, seen.actual) == ("a file of the folder", "`c`")
    assert of_files(None) == ()
