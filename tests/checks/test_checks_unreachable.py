from __future__ import annotations

from pathlib import Path

import pytest
from planting import codes, found, mock

from keymock.checks.unreachable import covers
from keymock.pattern import from_regex, parse

HIDDEN = "workspace/mocks/hidden.toml"
FIRST = "workspace/mocks/first.toml"


@pytest.mark.parametrize(
    ("first", "hidden"),
    [
        pytest.param('path = "/a"', 'path = "/a"', id="the same"),
        pytest.param('path = "/a"', 'path = "/a"\nquery.q = "1"', id="the same with a condition"),
        pytest.param('path = "/a/:x"\nquery.q = "1"', 'path = "/a/:y"\nquery.q = "1"\nheaders.h = "2"', id="a subset"),
        pytest.param('path = "/:x"\nparams.x = "1"', 'path = "/:y"\nparams.y = "1"\nquery.q = "1"', id="parameters"),
        pytest.param('path = "/:x"', 'path = "/users"', id="a wider path"),
        pytest.param('path = "/*rest"', 'path = "/a/:b<int>"', id="a rest"),
        pytest.param('path = "/a"\nmethod = "*"', 'path = "/a"\nmethod = ["POST", "PUT"]', id="every method"),
        pytest.param('path = ["/a", "/b"]', 'path = ["/b", "/a"]', id="all of its paths"),
    ],
)
def test_a_mock_behind_one_of_higher_priority(tmp_path: Path, first: str, hidden: str) -> None:
    [problem] = found(tmp_path, {FIRST: mock(first, "priority = 1"), HIDDEN: mock(hidden)})
    assert (problem.code, problem.severity, problem.path) == ("unreachable", "warning", HIDDEN)
    assert "can never answer: workspace/mocks/first.toml:2 always goes before it" in problem.message
    assert "`priority` of 1" in problem.hint


@pytest.mark.parametrize(
    ("first", "hidden"),
    [
        pytest.param('path = "/a"\nquery.q = "1"', 'path = "/a"', id="it has a condition of its own"),
        pytest.param('path = "/a"', 'path = "/a"\nmethod = ["GET", "POST"]', id="another method besides"),
        pytest.param('path = "/a"', 'path = ["/a", "/b"]', id="another path besides"),
        pytest.param('path = "/a/:x<int>"', 'path = "/a/:x"', id="a narrower path"),
        pytest.param('path = "/:x"', 'path = "/"', id="no parameter is empty"),
    ],
)
def test_a_mock_that_is_left_something(tmp_path: Path, first: str, hidden: str) -> None:
    assert codes(tmp_path, {FIRST: mock(first, "priority = 1"), HIDDEN: mock(hidden)}) == []


def test_a_switched_off_mock_is_no_problem_either_way(tmp_path: Path) -> None:
    off = "priority = 1\nenabled = false"
    assert codes(tmp_path, {FIRST: mock('path = "/a"', off), HIDDEN: mock('path = "/a"')}) == []
    assert (
        codes(tmp_path, {FIRST: mock('path = "/a"', "priority = 1"), HIDDEN: mock('path = "/a"', "enabled = false")})
        == []
    )


def test_the_workspaces_mock_answers_where_the_project_is_not(tmp_path: Path) -> None:
    files = {
        "workspace/mocks/a.toml": mock('path = "/a"\nquery.q = "1"'),
        "projects/shop/mocks/a.toml": mock('path = "/a"', "priority = 1"),
    }
    assert codes(tmp_path, files) == ["unreachable"]
    assert codes(tmp_path, files | {"projects/shop/project.toml": 'mount = "/shop"'}) == []


def test_a_mock_of_ones_own_may_hide_a_shared_one(tmp_path: Path) -> None:
    files = {
        "workspace/mocks/a.toml": mock('path = "/a"\nquery.q = "1"'),
        "private/ada/mocks/a.toml": mock('path = "/a"'),
    }
    assert codes(tmp_path, files, "ada") == []


@pytest.mark.parametrize(
    ("responses", "told"),
    [
        (['name="a"\nwhen.query.q="1"', 'name="b"\nwhen.query={q="1", r="2"}'], "`b` is never chosen: `a`, before it,"),
        (['when.query.q="1"', 'when.query.q="1"'], "number 2 is never chosen: number 1, before it,"),
        (["status=200", "status=200"], "number 2 is never chosen: number 1, before it,"),
        (['name="b"\nwhen.query={q="1", r="2"}', 'name="a"\nwhen.query.q="1"'], ""),
        (["status=200", "status=404"], ""),
        (['name="ok"', 'name="other"'], ""),
        (["times=2", "status=200"], ""),
        (['name="ok"', 'name="a"\nwhen.query.q="1"'], ""),
    ],
)
def test_a_variant_after_one_whose_conditions_it_repeats(tmp_path: Path, responses: list[str], told: str) -> None:
    text = '[request]\npath = "/a"\n' + "".join(f"[[responses]]\n{response}\n" for response in responses)
    problems = found(tmp_path, {"workspace/mocks/a.toml": text})
    assert [problem.code for problem in problems] == ["unreachable-response"] * bool(told)
    assert told in "".join(problem.message for problem in problems)


@pytest.mark.parametrize(
    ("wide", "narrow", "covered"),
    [
        ("/:x", "/a", True), ("/:x", "/", False), ("/:x", "/:y<int>", True), ("/:x", "/v{y}", True),
        ("/a", "/b", False),
        ("/:x<int>", "/1", False), ("/:x", "/a/b", False), ("/:x/:y", "/a/:b", True), ("/a/b", "/a", False),
        ("/*r", "/a/b", True), ("/*r", "/", False), ("/*r?", "/", True), ("/a/*r", "/a", False), ("/a/*r?", "/a", True),
        ("/a/*r", "/a/", False), ("/a/*r", "/a/*s", True), ("/a/*r", "/a/*s?", False), ("/a/*r?", "/a/*s", True),
        ("/*r", "/a/*s?", True), ("/*r", "//*s?", False), ("/*r", "//*s", True), ("/:x", "/*r", False),
    ],
)  # fmt: skip
def test_what_a_path_covers(wide: str, narrow: str, covered: bool) -> None:
    assert covers(parse(wide)[0], parse(narrow)[0]) is covered


def test_a_regex_covers_itself_alone() -> None:
    assert covers(from_regex("/a.*"), from_regex("/a.*"))
    assert not covers(from_regex("/.*"), parse("/a")[0])


def test_answers_that_take_turns_repeat_one_another(tmp_path: Path) -> None:
    text = 'select = "sequence"\n[request]\npath = "/a"\n[[responses]]\n[[responses]]\n'
    assert codes(tmp_path, {"workspace/mocks/a.toml": text}) == []


def test_a_mock_whose_answers_end_leaves_the_rest_to_others(tmp_path: Path) -> None:
    first = (
        'priority = 1\nselect = "sequence"\nat_end = "no-match"\n[request]\npath = "/a"\n[[responses]]\nname = "once"\n'
    )
    assert codes(tmp_path, {FIRST: first, HIDDEN: mock('path = "/a"')}) == []
