from __future__ import annotations

from pathlib import Path

import pytest
from tree_answers import ask, load, mock, plant, world

DEEP = "workspace/mocks/a/b/m.toml"


def header(root: Path, name: str = "x-a", files: dict[str, str] | None = None) -> str | None:
    here = world(load(plant(root, {DEEP: mock("/m"), **(files or {})})))
    found = [value.decode() for key, value in ask(here, "/m").headers if key.decode() == name]
    return found[0] if found else None


CHAIN = {
    "keymock.toml": '[defaults]\nheaders.X-A = "settings"\n',
    "workspace/mocks/_defaults.toml": '[response]\nheaders.x-a = "mocks"\n',
    "workspace/mocks/a/_defaults.toml": '[response]\nheaders.X-a = "a"\n',
    "workspace/mocks/a/b/_defaults.toml": '[response]\nheaders.X-A = "b"\n',
    DEEP: mock("/m", response='headers.X-A = "own"'),
}


@pytest.mark.parametrize(
    ("there", "expected"),
    [(1, "settings"), (2, "mocks"), (3, "a"), (4, "b"), (5, "own")],
)
def test_the_nearest_wins_whatever_the_case_of_its_name(tmp_path: Path, there: int, expected: str) -> None:
    assert header(tmp_path, files=dict(list(CHAIN.items())[:there])) == expected


def test_a_project_goes_between_settings_and_folders(tmp_path: Path) -> None:
    here = world(load(plant(tmp_path, {
        "keymock.toml": '[defaults.headers]\nA = "settings"\nB = "settings"\nC = "settings"\n',
        "projects/shop/project.toml": '[defaults.headers]\nB = "project"\nC = "project"\n',
        "projects/shop/mocks/_defaults.toml": '[response.headers]\nC = "folder"\n',
        "projects/shop/mocks/m.toml": mock("/m"),
        "workspace/mocks/w.toml": mock("/w"),
    })))  # fmt: skip
    assert dict(ask(here, "/m").headers).items() >= {b"a": b"settings", b"b": b"project", b"c": b"folder"}.items()
    assert dict(ask(here, "/w").headers)[b"c"] == b"settings"


def test_an_empty_header_takes_one_away(tmp_path: Path) -> None:
    near = {"workspace/mocks/a/_defaults.toml": '[response]\nheaders.X-A = ""\n'}
    assert header(tmp_path, files={"keymock.toml": CHAIN["keymock.toml"], **near}) is None


def test_an_empty_header_of_the_mock_itself_does_too(tmp_path: Path) -> None:
    own = {DEEP: mock("/m", response='headers.X-A = ""')}
    assert header(tmp_path, files={"keymock.toml": CHAIN["keymock.toml"], **own}) is None


def test_folders_beside_are_none_of_its_business(tmp_path: Path) -> None:
    assert header(tmp_path, files={"workspace/mocks/other/_defaults.toml": '[response]\nheaders.X-A = "1"\n'}) is None


def test_defaults_are_not_for_keymocks_own_answers(tmp_path: Path) -> None:
    here = world(load(plant(tmp_path, {"keymock.toml": CHAIN["keymock.toml"], DEEP: mock("/m")})))
    assert b"x-a" not in dict(ask(here, "/nowhere").headers)


def test_the_nearest_base_path_stands_in_front(tmp_path: Path) -> None:
    here = world(load(plant(tmp_path, {
        "projects/shop/project.toml": 'base_path = "/api"',
        "projects/shop/mocks/_defaults.toml": 'base_path = "/v1"',
        "projects/shop/mocks/v2/_defaults.toml": 'base_path = "/v2"',
        "projects/shop/mocks/m.toml": mock("/m"),
        "projects/shop/mocks/v2/m.toml": mock("/m"),
    })))  # fmt: skip
    assert [ask(here, path).mock for path in ("/v1/m", "/v2/m", "/api/m")] == [
        "projects/shop/mocks/m", "projects/shop/mocks/v2/m", "",
    ]  # fmt: skip


def test_defaults_of_ones_own_folder_are_for_ones_own_mocks(tmp_path: Path) -> None:
    files = {
        "private/ada/mocks/_defaults.toml": '[response]\nheaders.X-A = "mine"\n',
        "private/ada/mocks/own.toml": mock("/own"),
        "workspace/mocks/shared.toml": mock("/shared"),
    }
    here = world(load(plant(tmp_path, files), "ada"), "ada")
    assert dict(ask(here, "/own").headers)[b"x-a"] == b"mine"
    assert b"x-a" not in dict(ask(here, "/shared").headers)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("keymock.toml", "[defaults]\nheaders = {KEY}\n"),
        ("keymock.toml", "[defaults.response]\nheaders = {KEY}\n"),
        ("projects/p/project.toml", "[defaults]\nheaders = {KEY}\n"),
        ("workspace/mocks/_defaults.toml", "[response]\nheaders = {KEY}\n"),
        ("workspace/mocks/m.toml", '[request]\npath = "/m"\n[response]\nheaders = {KEY}\n'),
        ("workspace/mocks/m.toml", '[request]\npath = "/m"\n[[responses]]\nheaders = {KEY}\n'),
    ],
)
@pytest.mark.parametrize(
    ("header", "code"),
    [
        ('Content-Length = "5"', "framing-header"),
        ('transfer-encoding = "chunked"', "framing-header"),
        ('Connection = "close"', "framing-header"),
        ('X-Keymock-Mock = "a"', "own-header"),
        ('A = "b\\r\\nSet-Cookie: c"', "bad-header"),
        ('A = ["b", "c\\u0000"]', "bad-header"),
        ('"a b" = "c"', "bad-header"),
        ('"a\\n" = "c"', "bad-header"),
        ('A = "1", a = "2"', "header-twice"),
    ],
)
def test_headers_that_are_refused_wherever_they_stand(
    tmp_path: Path, file: str, text: str, header: str, code: str
) -> None:
    catalog = load(plant(tmp_path, {"workspace/mocks/other.toml": mock("/o"), file: text.replace("KEY", header)}))
    [problem] = catalog.problems
    assert (problem.path, problem.code, problem.severity) == (file, code, "error")
    assert problem.line > 0
    assert ask(world(catalog), "/o").status == 200


SLOW_REFUSAL = (
    'auth.bearer = "x"\nelse = { status = 401, rate_limit = { requests = 2, per = "1m" }, '
    'delay = { uniform = ["1ms", "2ms"] }, throttle = { bytes_per_second = "1KiB" } }\n'
)


@pytest.mark.parametrize(
    "files",
    [
        {"workspace/mocks/_defaults.toml": f"[guard]\n{SLOW_REFUSAL}"},
        {"keymock.toml": f"[defaults.guard]\n{SLOW_REFUSAL}"},
        {"workspace/mocks/a.toml": f'[request]\npath = "/a"\n[guard]\n{SLOW_REFUSAL}'},
    ],
)
def test_what_a_guard_answers_may_be_late_and_limited(tmp_path: Path, files: dict[str, str]) -> None:
    catalog = load(plant(tmp_path, {"workspace/mocks/a.toml": '[request]\npath = "/a"\n', **files}))
    assert catalog.problems == ()
    barrier = catalog.routes["workspace/mocks/a"].barrier
    assert barrier is not None
    assert barrier.otherwise.play.bucket is not None
    assert barrier.otherwise.play.wait.shape == "uniform"
