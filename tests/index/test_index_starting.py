"""`from = "upstream"`, compiled: what is kept of it, and each mistake at its place."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from tree_answers import load, plant

from keymock.index import Answer

PROJECT = '[upstream]\nurls.local = "http://127.0.0.1:9"\n'
REQUEST = '[request]\npath = "/a/:id"\n'


def answers(root: Path, text: str, project: str = PROJECT, **files: str) -> tuple[Answer, ...]:
    tree = {"keymock.toml": "", "projects/shop/project.toml": project, "projects/shop/mocks/m.toml": text, **files}
    catalog = load(plant(root, tree))
    assert [str(problem) for problem in catalog.problems] == []
    return catalog.routes["projects/shop/mocks/m"].answers


def told(root: Path, text: str, project: str = PROJECT) -> list[str]:
    tree = {"keymock.toml": "", "projects/shop/project.toml": project, "projects/shop/mocks/m.toml": text}
    return [f"{each.line}: {each.message}" for each in load(plant(root, tree)).problems]


def test_what_is_laid_over_is_plain_data_unless_it_has_templates(tmp_path: Path) -> None:
    text = REQUEST + '[response]\nfrom = "upstream"\nset."$.a" = [1]\nremove = ["$.b"]\nheaders.ETag = ""\n'
    (one,) = answers(tmp_path / "a", text)
    start = one.play.start
    assert start is not None
    assert (start.status, start.gone, start.remove) == (0, (b"etag",), ("$.b",))
    assert msgspec.msgpack.decode(start.laid) == {"$.a": [1]}
    assert one.headers == ()
    (live,) = answers(tmp_path / "b", text + 'status = 201\nset."$.c" = "{{ request.params.id }}"\n')
    start, texts = live.play.start, live.play.texts
    assert start is not None
    assert texts is not None
    assert (start.status, start.laid) == (201, b"")
    assert msgspec.msgpack.decode(texts.laid) == {"$.a": [1], "$.c": "{{ request.params.id }}"}
    (off,) = answers(tmp_path / "c", text + 'template = false\nset."$.c" = "{{ no }}"\n')
    assert off.play.texts is None


def test_a_variant_starts_as_its_base_does_unless_it_has_a_body(tmp_path: Path) -> None:
    text = (
        REQUEST + '[response]\nfrom = "upstream"\nset."$.a" = 1\nset."$.b" = 1\n'
        '[[responses]]\nname = "x"\nset."$.b" = 2\n[[responses]]\nname = "y"\nbody = "own"\n'
        '[[responses]]\nname = "z"\n'
    )
    laid, own, beside = answers(tmp_path, text, **{"projects/shop/mocks/m.z.body.txt": "own"})
    assert laid.play.start is not None
    assert msgspec.msgpack.decode(laid.play.start.laid) == {"$.a": 1, "$.b": 2}
    assert (own.play.start, own.body) == (None, b"own")
    assert (beside.play.start, beside.body) == (None, b"own")


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ('from = "upstream"\nset."$[" = 1', "5: `$[` is no JSONPath: "),
        ('from = "upstream"\nremove = ["a b"]', "5: `a b` is no JSONPath: "),
        ('from = "upstream"\njson = { a = 1 }', "5: both `from` and `json` say what the body is"),
        ('from = "upstream"\nset."$.a" = "{{ nobody }}"', "5: unknown name `nobody`"),
        ('remove = ["$.a"]', "4: `remove` needs an answer to start from"),
        ('set."$.a" = 1', "4: `set` needs an answer to start from"),
        ('from = "nobody"', "4: "),
    ],
)
def test_each_mistake_at_its_place(tmp_path: Path, response: str, expected: str) -> None:
    (problem,) = told(tmp_path, f"{REQUEST}[response]\n{response}\n")
    assert problem.startswith(expected)


@pytest.mark.parametrize("project", ["", '[upstream]\nmode = "mock"\n'])
def test_a_project_without_a_real_api_has_nothing_to_start_from(tmp_path: Path, project: str) -> None:
    assert told(tmp_path, REQUEST + '[response]\nfrom = "upstream"\n', project) == [
        "4: there is no real API to start from"
    ]
