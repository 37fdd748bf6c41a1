"""Two changes of one mock: what is put together, and what stays for people to settle."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keymock.document import parse
from keymock.document.text import conflict
from keymock.document.write import write
from keymock.merging import merge

BASE = """\
# the mock
[request]
path = "/a"
headers.A = "1"  # one

[response]
status = 200
headers.X = "x"
json = { id = 1 }
"""
TWO = """\
request.path = "/a"
[[responses]]
name = "ok"
[[responses]]
name = "no"
status = 404
"""
BACKWARDS = 'request.path = "/a"\n[[responses]]\nname = "no"\nstatus = 404\n[[responses]]\nname = "ok"\n'


def merged(base: str, ours: str, theirs: str) -> str:
    done = merge(base, ours, theirs)
    assert done is not None
    assert done.conflicts == ()
    assert conflict(done.text, "") is None
    return done.text


def test_a_header_on_each_side_in_the_same_place() -> None:
    ours = BASE.replace('headers.A = "1"  # one', 'headers.A = "1"  # one\nheaders.B = "2"')
    theirs = BASE.replace('headers.A = "1"  # one', 'headers.A = "1"\nheaders.C = "3"')
    assert merged(BASE, ours, theirs) == ours.replace('headers.B = "2"\n', 'headers.B = "2"\nheaders.C = "3"\n')


def test_a_variant_on_each_side_by_name() -> None:
    ours = TWO + '[[responses]]\nname = "mine"\nstatus = 500\n'
    theirs = TWO.replace("404", "410") + '[[responses]]\nname = "yours"\nstatus = 503\n'
    text = merged(TWO, ours, theirs)
    tables = parse(text.encode(), "", dict).tables
    assert [(one["name"], one.get("status")) for one in tables["responses"]] == [
        ("ok", None),
        ("no", 410),
        ("mine", 500),
        ("yours", 503),
    ]


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        (BASE.replace("200", "201"), BASE.replace('"x"', '"y"'), BASE.replace("200", "201").replace('"x"', '"y"')),
        (BASE, BASE.replace("200", "404"), BASE.replace("200", "404")),
        (BASE.replace("200", "404"), BASE, BASE.replace("200", "404")),
        (BASE.replace("200", "404"), BASE.replace("200", "404"), BASE.replace("200", "404")),
        (
            BASE.replace("# the mock", "# our mock"),
            BASE.replace("# the mock", "# their mock"),
            BASE.replace("the", "our"),
        ),
        (BASE, BASE.replace('headers.X = "x"\n', ""), BASE.replace('headers.X = "x"\n', "")),
    ],
)
def test_what_one_side_changed_is_so(ours: str, theirs: str, expected: str) -> None:
    assert merged(BASE, ours, theirs) == expected


def test_a_variant_that_goes_and_another_that_changes() -> None:
    text = merged(TWO, TWO.replace("404", "410"), TWO.replace('[[responses]]\nname = "ok"\n', ""))
    assert text == TWO.replace("404", "410").replace('[[responses]]\nname = "ok"\n', "")


def test_only_what_is_in_dispute_stands_between_markers() -> None:
    ours = BASE.replace("200", "201").replace("# one", '# one\nheaders.B = "2"')
    theirs = BASE.replace("200", "404").replace('"x"', '"y"')
    done = merge(BASE, ours, theirs, ("main", "topic"), 9)
    assert done is not None
    assert done.conflicts == ("response.status",)
    wanted = ours.replace('"x"', '"y"')
    dispute = f"{'<' * 9} main\nstatus = 201\n{'=' * 9}\nstatus = 404\n{'>' * 9} topic\n"
    assert done.text == wanted.replace("status = 201\n", dispute)


def test_a_variant_that_one_side_took_away_and_the_other_changed() -> None:
    done = merge(TWO, TWO.replace('[[responses]]\nname = "no"\nstatus = 404\n', ""), TWO.replace("404", "410"))
    assert done is not None
    assert done.conflicts == ("responses.no",)
    assert "status = 410" in done.text


def test_two_kinds_of_body_are_a_dispute() -> None:
    plain = 'request.path = "/a"\n[response]\nstatus = 200\n'
    done = merge(plain, plain + 'body = "x"\n', plain + "json = { a = 1 }\n")
    assert done is not None
    assert sorted(done.conflicts) == ["response.body", "response.json"]
    assert 'body = "x"\n=======\njson = { a = 1 }\n' in done.text


def test_true_is_not_one() -> None:
    done = merge("a = 0\n", "a = 1\n", "a = true\n")
    assert done is not None
    assert done.conflicts == ("a",)


@pytest.mark.parametrize(
    ("base", "ours", "theirs"),
    [
        (BASE, "[request\n", BASE),
        (BASE, BASE, "[request\n"),
        ("<<<<<<< a\n", BASE, BASE + "# x\n"),
        (
            TWO,
            TWO.replace("404", "410"),
            'request.path = "/a"\n[[responses]]\nname = "no"\nstatus = 404\n[[responses]]\nname = "ok"\n',
        ),
    ],
)
def test_what_only_lines_can_tell_is_left_to_lines(base: str, ours: str, theirs: str) -> None:
    assert merge(base, ours, theirs) is None


VALUES = st.integers(0, 2) | st.booleans() | st.sampled_from(["a", "b"]) | st.lists(st.integers(0, 1), max_size=2)
TABLES = st.dictionaries(
    st.sampled_from("abc"), VALUES | st.dictionaries(st.sampled_from("xy"), VALUES, max_size=2), max_size=3
)


def toml(table: dict[str, object]) -> str:
    return write(table)


@given(TABLES, TABLES, TABLES)
def test_where_nothing_is_in_dispute_both_changes_are_there(
    base: dict[str, object], ours: dict[str, object], theirs: dict[str, object]
) -> None:
    done = merge(toml(base), toml(ours), toml(theirs))
    if done is None or done.conflicts:
        return
    tables = parse(done.text.encode(), "", dict).tables
    for key in {*base, *ours, *theirs}:
        values = [repr(side.get(key)) for side in (base, ours, theirs)]
        if values[0] == values[1]:
            assert repr(tables.get(key)) == values[2] or isinstance(tables.get(key), dict)
        elif values[0] == values[2]:
            assert repr(tables.get(key)) == values[1] or isinstance(tables.get(key), dict)


@given(TABLES, TABLES)
def test_a_side_that_changed_nothing_has_no_say(base: dict[str, object], other: dict[str, object]) -> None:
    assert merge(toml(base), toml(base), toml(base)) == (toml(base), ())
    assert merge(toml(base), toml(other), toml(base)) == (toml(other), ())
