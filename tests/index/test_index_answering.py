from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tree_answers import load, plant

from keymock.faults import NO_WAIT, Wait
from keymock.index import Answer, Route
from keymock.index.route import STILL

FILE = "workspace/mocks/m.toml"
MOCKS = "workspace/mocks"


def route(root: Path, text: str, files: dict[str, str | bytes] | None = None) -> Route:
    """The route of a mock at `/a/:id`, whose text after `[request]` is given; it must be without a fault."""
    catalog = load(plant(root, {FILE: f'{text}\n[request]\npath = "/a/:id"\n', **(files or {})}))
    assert catalog.problems == ()
    return catalog.routes["workspace/mocks/m"]


def answers(root: Path, text: str, files: dict[str, str | bytes] | None = None) -> tuple[Answer, ...]:
    return route(root, text, files).answers


def told(root: Path, text: str, files: dict[str, str | bytes] | None = None) -> list[str]:
    """The problems of such a mock."""
    found = load(plant(root, {FILE: f'[request]\npath = "/a/:id"\n{text}\n', **(files or {})})).problems
    return [f"{problem.line}:{problem.column} {problem.code}: {problem.message}" for problem in found]


BASE = '[response]\nstatus = 202\nheaders.X-A = "base"\nheaders.X-B = "base"\nbody = "base"\ndelay = "1s"\n'


@pytest.mark.parametrize(
    ("variant", "expected"),
    [
        ("", {"status": 202, "body": b"base"}),
        ("status = 404", {"status": 404, "body": b"base"}),
        ("json = [1]", {"status": 202, "body": b"[1]"}),
        ('body = ""', {"body": b""}),
        ('delay = "0ms"', {"wait": NO_WAIT}),
        ("", {"wait": Wait("fixed", 1.0)}),
        ('headers.x-a = "own"', {"x-a": [b"own"], "x-b": [b"base"]}),
        ('headers.X-A = ""', {"x-a": [], "x-b": [b"base"]}),
        ('headers.X-A = ["1", "2"]', {"x-a": [b"1", b"2"]}),
        ('content_type = "text/csv"', {"content-type": [b"text/csv"]}),
    ],
)
def test_a_variant_lies_over_the_base(tmp_path: Path, variant: str, expected: dict[str, Any]) -> None:
    (answer,) = answers(tmp_path, f'{BASE}[[responses]]\nname = "v"\n{variant}')
    came: dict[str, Any] = {"status": answer.status, "body": answer.body, "wait": answer.play.wait}
    for name, value in expected.items():
        held = [value for key, value in answer.headers if key.decode() == name]
        assert came.get(name, held) == value


@pytest.mark.parametrize(
    ("variant", "files", "body"),
    [
        ("", {"m.body.txt": "base"}, b"base"),
        ("", {"m.body.txt": "base", "m.v.body.txt": "own"}, b"own"),
        ('body = "key"', {"m.body.txt": "base", "m.v.body.txt": "own"}, b"key"),
        ('body_file = "x.txt"', {"x.txt": "file", "m.v.body.txt": "own"}, b"file"),
        ("", {"m.w.body.txt": "other"}, b""),
    ],
)
def test_where_a_body_comes_from(tmp_path: Path, variant: str, files: dict[str, str], body: bytes) -> None:
    beside: dict[str, str | bytes] = {f"{MOCKS}/{name}": text for name, text in files.items()}
    (answer,) = answers(tmp_path, f'[[responses]]\nname = "v"\n{variant}', beside)
    assert answer.body == body


@pytest.mark.parametrize("text", ["", "[response]\nstatus = 204", '[response]\nheaders.X = "1"\njson = { a = 1 }'])
def test_what_is_always_the_same_is_still(tmp_path: Path, text: str) -> None:
    here = route(tmp_path, text)
    assert here.answers[0].play is STILL
    assert here.still


@pytest.mark.parametrize(
    "text",
    [
        '[response]\nbody = "{{ request.path }}"',
        '[response]\nheaders.X = "{{ now() }}"',
        '[response]\nstatus = "{{ 201 }}"',
        '[response]\ndelay = "1ms"',
        '[response]\nfault = "reset"',
        '[response]\nthrottle = { bytes_per_second = "1KiB" }',
        '[response]\nrate_limit = { requests = 1, per = "1s" }',
        '[response]\ncapture.a = "1"',
        '[[responses]]\nname = "a"\ntimes = 1',
        '[[responses]]\nname = "a"\nuntil = "2030-01-01T00:00:00Z"',
    ],
)
def test_what_changes_is_not_still(tmp_path: Path, text: str) -> None:
    assert answers(tmp_path, text)[0].play != STILL


@pytest.mark.parametrize(
    ("response", "body"),
    [
        ('body = "{{ 1 }}"\ntemplate = false', b"{{ 1 }}"),
        ('json = { a = "{{ 1 }}" }\ntemplate = false', b'{"a":"{{ 1 }}"}'),
        ('body_file = "b.txt"', b"{{ 1 }}"),
        ('body_file = "plain.txt"\ntemplate = true', b"plain"),
        ('body_file = "binary"', b"\xff{{ 1 }}"),
    ],
)
def test_what_is_no_template_is_ready_bytes(tmp_path: Path, response: str, body: bytes) -> None:
    files: dict[str, str | bytes] = {
        f"{MOCKS}/b.txt": "{{ 1 }}", f"{MOCKS}/plain.txt": "plain", f"{MOCKS}/binary": b"\xff{{ 1 }}",
    }  # fmt: skip
    (answer,) = answers(tmp_path, f"[response]\n{response}", files)
    assert (answer.body, answer.play) == (body, STILL)


def test_moments_and_turns_and_weights_become_numbers(tmp_path: Path) -> None:
    text = 'select = "random"\n[[responses]]\nname = "a"\nuntil = "1970-01-01T01:00:00+00:30"\ntimes = 3\nweight = 2'
    (answer,) = answers(tmp_path, text)
    assert (answer.play.until, answer.play.times, answer.play.weight, answer.limited) == (1800.0, 3, 2.0, True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[[responses]]\nuntil = "soon"', "4:9 bad-time: `soon` is no time"),
        ('[[responses]]\nuntil = "2030-01-01T00:00:00"', "4:9 bad-time: `2030-01-01T00:00:00` has no time zone"),
        ('[[responses]]\nsets = "paid"', "4:1 no-scenario: the mock has no scenario"),
        ('[[responses]]\nwhen.state = "paid"', "4:6 no-scenario: the mock has no scenario"),
        ('[response]\nbody = "{{ request.pth }}"', "4:20 unknown-name: `request` has no `pth`"),
        ('[response]\nbody = "{{ 1 "', "4:8 invalid-template: `{{` is never closed"),
        ('[response]\njson = { a = ["x", "{{ m }}"] }', "4:24 unknown-name: unknown name `m`"),
        ('[response]\nheaders.X = "{{ request.params.no }}"', "4:32 unknown-name: the path has no parameter `no`"),
        ('[response]\nstatus = "{{ m }}"', "4:14 unknown-name: unknown name `m`"),
        ('[response]\ncapture.t = "{{ m }}"', "4:17 unknown-name: unknown name `m`"),
        ("[response]\njson_text = '{\"a\": }'", "4:13 bad-json: `json_text` is not JSON"),
        (
            f"[response]\njson_text = '{'[' * 200}{']' * 200}'",
            "4:13 bad-json: `json_text` is not JSON: it is nested too deeply",
        ),
        ("[response]\njson_text = ''", "4:13 bad-json: `json_text` is not JSON: it is empty"),
        ('[response]\nbody_file = "none.txt"', "4:13 body-missing: "),
        ('[response]\nbody_file = "../../keymock.toml"', "4:13 body-outside: "),
        ('[response]\nbody_file = "u.json"\ntemplate = true', "4:13 unknown-name: workspace/mocks/u.json:2:7: "),
        ('[response]\nbody_file = "binary"\ntemplate = true', "4:13 not-utf8: "),
        ('[response]\ncontent_type = "a\\nb"', "4:1 bad-header"),
        ('[response]\nheaders.X = "1"\nheaders.x = "2"', "5:9 header-twice"),
    ],
)
def test_each_mistake_at_its_place(tmp_path: Path, text: str, expected: str) -> None:
    files: dict[str, str | bytes] = {
        f"{MOCKS}/u.json": '{"a":\n  "{{ m }}"}', f"{MOCKS}/binary": b"\xff{{ 1 }}",
    }  # fmt: skip
    (problem,) = told(tmp_path, text, files)
    assert problem.startswith(expected)


def test_two_siblings_are_one_too_many(tmp_path: Path) -> None:
    (problem,) = told(tmp_path, "", {f"{MOCKS}/m.body.txt": "a", f"{MOCKS}/m.body.json": "1"})
    assert "two-bodies: m.body.json and m.body.txt are both the body" in problem
