from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any, Literal, cast, get_args, get_origin

import msgspec
import pytest

from keymock import document, spec, units
from keymock.document.shape import _branches, _container, fields_of
from keymock.match.values import Table

KINDS = (spec.Mock, spec.Workspace, spec.Project, spec.Defaults)


def annotated(kind: Any) -> Iterator[tuple[str, Any]]:
    """Every annotation in a kind of file, by the Struct and the key it stands at, and those inside of it."""
    waiting, seen = [("", kind)], set()
    while waiting:
        place, annotation = waiting.pop()
        yield place, annotation
        for branch in _branches(annotation):
            if isinstance(branch.bare, type) and issubclass(branch.bare, msgspec.Struct) and branch.bare not in seen:
                seen.add(branch.bare)
                waiting += [
                    (f"{branch.bare.__name__}.{name}", one.type) for name, one in fields_of(branch.bare).items()
                ]
            elif get_origin(branch.bare) is not Literal:
                waiting += [(place, inner) for inner in get_args(branch.bare)]


@pytest.mark.parametrize("kind", KINDS)
def test_no_text_with_a_pattern_stands_beside_a_list_or_a_table_of_names(kind: type) -> None:
    """msgspec 0.22 forgets to count such types, and the process dies when their memory is collected."""
    found = [
        place
        for place, annotation in annotated(kind)
        if any(_container(branch.bare) for branch in _branches(annotation))
        and any(branch.bare is str and meta.pattern for branch in _branches(annotation) for meta in branch.metas)
    ]
    assert found == []


def test_a_process_that_read_a_mock_ends_well() -> None:
    source = (
        "import msgspec; from keymock import spec, units\n"
        "msgspec.convert({'request': {'method': ['GET']}}, spec.Mock, dec_hook=units.dec_hook)"
    )
    done = subprocess.run(
        [sys.executable, "-c", source], env={"PYTHONMALLOC": "debug"}, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("kind", [*KINDS, spec.Preset])
def test_no_annotation_is_text(kind: type) -> None:
    """msgspec would evaluate it: 20 ms for a mock, which every start would wait for."""
    structs = {
        base
        for _, annotation in annotated(kind)
        for branch in _branches(annotation)
        if isinstance(branch.bare, type) and issubclass(branch.bare, msgspec.Struct)
        for base in branch.bare.__mro__
    }
    assert [
        base
        for base in structs
        if any(isinstance(each, str) for each in vars(base).get("__annotations__", {}).values())
    ] == []
    assert kind in structs


def read(kind: type, tables: dict[str, Any]) -> Any:
    return msgspec.convert(tables, kind, dec_hook=units.dec_hook)


@pytest.mark.parametrize(
    ("tables", "good"),
    [
        ({"request": {"method": "GET"}}, True),
        ({"request": {"method": "*"}}, True),
        ({"request": {"method": ["GET", "M-SEARCH"]}}, True),
        ({"request": {"method": "get"}}, False),
        ({"request": {"method": ["GET", "get"]}}, False),
        ({"request": {"method": ""}}, False),
        ({"request": {"path": {"regex": "/a.*"}}}, True),
        ({"response": {"status": 200, "delay": "50ms"}}, True),
        ({"response": {"status": "{{ 200 }}", "delay": {"uniform": ["1ms", "2ms"]}}}, True),
        ({"response": {"status": "{% if true %}200{% endif %}"}}, True),
        ({"response": {"status": "200"}}, False),
        ({"response": {"status": 199}}, False),
        ({"response": {"delay": "5"}}, False),
        ({"response": {"delay": {"uniform": ["2ms", "1ms"]}}}, False),
        ({"response": {"fault": "none"}}, True),
        ({"response": {"fault": "rest"}}, False),
        ({"select": "cycle", "at_end": "no-match"}, True),
        ({"select": "turns"}, False),
        ({"responses": [{"name": "a", "weight": 0, "times": 1, "until": "2030-01-01T00:00:00Z", "sets": "b"}]}, True),
        ({"responses": [{"times": 0}]}, False),
        ({"responses": [{"weight": -1}]}, False),
        ({"response": {"when": {"query": {"a": "1"}}}}, False),
        ({"scenario": {"name": "order", "requires": "paid"}}, True),
        ({"scenario": {"requires": "paid"}}, False),
        ({"guard": False}, True),
        ({"guard": {"headers": {"x-key": "1"}, "else": {"status": 403}}}, True),
        ({"guard": {"otherwise": {}}}, False),
        ({"data": {"resource": "users"}}, True),
        ({"data": {"resource": "../users"}}, False),
        ({"operation": "getUser"}, True),
    ],
)
def test_what_a_mock_may_say(tables: dict[str, Any], good: bool) -> None:
    if good:
        assert isinstance(read(spec.Mock, tables), spec.Mock)
    else:
        with pytest.raises(msgspec.ValidationError):
            read(spec.Mock, tables)


def test_what_is_left_out() -> None:
    mock = read(spec.Mock, {})
    assert (mock.request.method, mock.enabled, mock.priority, mock.select, mock.at_end) == (
        "GET", True, 0, "rules", "stay",
    )  # fmt: skip
    assert mock.response is msgspec.UNSET
    assert read(spec.Mock, {"guard": {}}).guard.otherwise.status == 401
    assert (read(spec.Workspace, {}).port, read(spec.Project, {}).mount) == (8787, "/")


@pytest.mark.parametrize(("name", "good"), [("shop", True), ("a-1", True), ("Shop", False), ("-a", False), ("", False)])
def test_names_of_projects(name: str, good: bool) -> None:
    try:
        msgspec.convert(name, spec.ProjectName)
    except msgspec.ValidationError:
        assert not good
    else:
        assert good


def test_what_is_not_served_yet_is_no_key() -> None:
    for struct in (spec.Response, *KINDS):
        assert not set(getattr(struct, "NOT_YET", {})) & set(fields_of(struct))


def test_what_other_tools_call_a_key_leads_to_one_that_is_there() -> None:
    for struct in (spec.Response, spec.RequestPattern, spec.Scenario, spec.Mock, Table):
        meant = cast("dict[str, str]", vars(struct)["MEANT"])
        assert {key.partition(".")[0] for key in meant.values()} <= set(fields_of(struct))
        assert not set(meant) & set(fields_of(struct))


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('[request]\npath = "/"\nheaders.A = { matches = "x" }', "write `regex`"),
        ('[request]\npath = "/"\nquery.a = { doesNotMatch = "x" }', "write `not.regex`"),
        ('[request]\nurlPathPattern = "/a/.*"', "write `path.regex`"),
        ('requiredScenarioState = "Started"\n[request]\npath = "/"', "write `scenario.requires`"),
        ('[request]\npath = "/"\n[scenario]\nname = "a"\nnewScenarioState = "b"', "write `sets`"),
        ('[request]\npath = "/"\n[response]\nfixedDelayMilliseconds = 5', "write `delay`"),
    ],
)
def test_who_comes_from_elsewhere_is_told_the_word_here(text: str, hint: str) -> None:
    parsed = document.parse(text.encode(), "a.toml", spec.Mock, dec_hook=units.dec_hook)
    assert [problem.hint for problem in parsed.problems if problem.code == "unknown-key"] == [hint]
