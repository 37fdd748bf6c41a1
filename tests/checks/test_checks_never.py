from __future__ import annotations

from pathlib import Path

import pytest
from planting import found, mock


@pytest.mark.parametrize(
    ("request_keys", "code", "said"),
    [
        ('path = { regex = "users/[0-9]+" }', "path-never-matches", "a path starts with `/`"),
        ('path = "/:x<re:a\\\\bb>"', "", ""),
        ('path = "/users/:id"\nparams.idd = "1"', "unknown-param", "did you mean `id`?"),
        ('path = "/users/:id/:kind"\nparams.zzz = "1"', "unknown-param", "it has `id`, `kind`"),
        ('path = "/users"\nparams.id = "1"', "unknown-param", "write it into the path as `:name`"),
        ('path = "/users/:id"\nparams.x = { present = false }', "", ""),
        ('path = ["/users/:id", "/people/:name"]\nparams.name = "1"', "", ""),
        ('path = "/a"\nmethod = "POST"\nform.a = "1"\nbody.xml = "<a/>"', "", ""),
        ('path = "/a"\nmethod = "POST"\nbody.json.a = 1\nbody.pointer."/a" = 2', "never-matches", "any_of"),
        ('path = "/a"\nmethod = "POST"\nbody.json.a = 1\nbody.pointer."/a" = 1', "", ""),
        ('path = "/a"\nquery.a = "1"\nquery_only = true', "", ""),
        ('path = "/a"\nauth.basic.user = "u"\nauth.bearer = "b"', "never-matches", "any_of"),
    ],
)
def test_what_no_request_can_fulfil(tmp_path: Path, request_keys: str, code: str, said: str) -> None:
    problems = found(tmp_path, {"workspace/mocks/a.toml": mock(request_keys)})
    assert [problem.code for problem in problems] == [code] * bool(code)
    assert said in "".join(problem.hint for problem in problems)


def test_a_variant_that_excludes_its_own_mock(tmp_path: Path) -> None:
    text = '[request]\npath = "/a"\nquery.q = "1"\n[[responses]]\nname = "two"\nwhen.query.q = "2"\n[[responses]]\n'
    [problem] = found(tmp_path, {"workspace/mocks/a.toml": text})
    assert problem.code == "unreachable-response"
    assert "`two` is never chosen: its `when` excludes what the mock itself asks for" in problem.message


def test_a_variant_for_a_state_that_its_mock_does_not_answer_in(tmp_path: Path) -> None:
    text = '[request]\npath = "/a"\n[scenario]\nname = "s"\nrequires = "one"\n'
    text += '[[responses]]\nname = "two"\nwhen.state = "two"\n[[responses]]\n'
    assert [problem.code for problem in found(tmp_path, {"workspace/mocks/a.toml": text})] == ["unreachable-response"]
