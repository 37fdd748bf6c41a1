from __future__ import annotations

import pytest

from keymock.problems import Problem, Stop, did_you_mean, error, nearest, printable, render, warning


@pytest.mark.parametrize(
    ("line", "column", "place"),
    [(0, 0, "a.toml"), (3, 0, "a.toml:3"), (3, 7, "a.toml:3:7")],
)
def test_a_place_says_as_much_as_is_known(line: int, column: int, place: str) -> None:
    assert error("a.toml", "x", "no", line=line, column=column).place == place


def test_what_keeps_from_serving_and_what_does_not() -> None:
    assert (error("a", "x", "no").severity, warning("a", "x", "hm").severity) == ("error", "warning")


def test_problems_stand_in_the_order_of_files_and_lines() -> None:
    given = [error("b", "x", "1"), error("a", "x", "2", line=10), error("a", "x", "3", line=9)]
    assert [problem.message for problem in sorted(given)] == ["3", "2", "1"]


def test_a_stop_says_everything() -> None:
    stop = Stop(error("a", "x", "one"), error("b", "x", "two"))
    assert (str(stop), stop.exit_code, len(stop.problems)) == ("one; two", 2, 2)


@pytest.mark.parametrize(
    ("word", "choices", "expected"),
    [
        ("staus", ("status", "headers"), "status"),
        ("STATUS", ("status",), "status"),
        ("zzz", ("status",), None),
        ("a", (), None),
    ],
)
def test_the_nearest_word(word: str, choices: tuple[str, ...], expected: str | None) -> None:
    assert nearest(word, choices) == expected
    assert did_you_mean(word, choices) == (f"did you mean `{expected}`?" if expected else "")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("café 日本", "café 日本"),
        ("a\nb", "a\\x0ab"),
        ("\33[2J", "\\x1b[2J"),
        ("a\u202eb", "a\\u202eb"),
        ("a\u00a0b", "a\\xa0b"),
        ("a  b", "a  b"),
    ],
)
def test_nothing_invisible_reaches_a_terminal(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_a_problem_as_people_read_it() -> None:
    problem = Problem("a.toml", 2, 5, "unknown-key", "error", "unknown key `staus`", "did you…", "    staus = 1")
    assert render(problem).split("\n") == [
        "a.toml:2:5: error: unknown key `staus` [unknown-key]",
        "      staus = 1",
        "      ^",
        "  did you…",
    ]


def test_less_is_shown_where_less_is_known() -> None:
    assert render(error("a.toml", "x", "no")) == "a.toml: error: no [x]"
    assert render(warning("a.toml", "x", "no", hint="do this")) == "a.toml: warning: no [x]\n  do this"


@pytest.mark.parametrize("column", [1, 60, 150, 200])
def test_the_caret_stands_under_its_character_in_a_long_line(column: int) -> None:
    line = "".join(chr(ord("a") + number % 26) for number in range(200))
    _, shown, caret = render(Problem("a", 1, column, "x", "error", "no", "", line)).split("\n")
    assert shown[caret.index("^")] == line[column - 1]
    assert len(shown) <= 98


def test_colour_is_asked_for_and_files_cannot_bring_their_own() -> None:
    problem = error("a\33[0m", "x", "no\33[31m")
    assert "\33" not in render(problem)
    assert render(problem, color=True).count("\33[31m") == 1
