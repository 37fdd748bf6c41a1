from __future__ import annotations

from pathlib import Path

import pytest
from planting import codes, found, mock, on_one_route

from keymock.checks.ambiguous import spelled
from keymock.exchange import Request

ID = 'path = "/users/:id"'


@pytest.mark.parametrize(
    "requests",
    [
        pytest.param((ID, 'path = "/users/:name"'), id="parameters by other names"),
        pytest.param((ID, 'path = "/users/{id}"'), id="the other spelling"),
        pytest.param(('path = ["/a", "/b/:x"]', 'path = ["/c", "/b/:y"]'), id="one path of several"),
        pytest.param(('path = "/a/?"', 'path = "/a"'), id="with and without the slash at the end"),
        pytest.param(('path = "/:x<int>"', 'path = "/:x<re:[0-9a-f]+>"'), id="types that share a value"),
        pytest.param(('path = "/v{x}"', 'path = "/{x}.json"'), id="parts of one segment"),
        pytest.param(('path = "/a/*rest"', 'path = "/a/*rest?"'), id="rests rank alike"),
        pytest.param(('path = { regex = "/a.*" }', 'path = { regex = "/.*b" }'), id="regexes of the whole path"),
        pytest.param((f'{ID}\nmethod = ["GET", "PUT"]', f'{ID}\nmethod = ["GET", "POST"]'), id="a method of several"),
        pytest.param((f'{ID}\nmethod = "*"', f'{ID}\nmethod = "*"'), id="every method"),
        pytest.param((f'{ID}\nquery.a = "1"', f'{ID}\nquery.b = "2"'), id="conditions on different things"),
        pytest.param(
            (f'{ID}\nquery.a = {{ contains = "x" }}', f'{ID}\nquery.a = {{ contains = "y" }}'), id="on one thing"
        ),
        pytest.param(
            (f'{ID}\nparams.id = {{ gt = 5 }}', 'path = "/users/:n"\nparams.n = { lt = 9 }'), id="on one parameter"
        ),
        pytest.param(
            (f'{ID}\nbody.json = {{ a = 1 }}\nmethod = "POST"', f'{ID}\nbody.json = {{ b = 2 }}\nmethod = "POST"'),
            id="on fields of one body",
        ),
    ],
)  # fmt: skip
def test_two_mocks_that_tie_and_share_a_request_are_an_error(tmp_path: Path, requests: tuple[str, str]) -> None:
    [problem] = found(tmp_path, on_one_route(*requests))
    assert (problem.code, problem.severity) == ("ambiguous", "error")
    assert (problem.path, problem.line) == ("workspace/mocks/b.toml", 2)
    assert "workspace/mocks/a.toml:2 both answer" in problem.message


@pytest.mark.parametrize(
    "requests",
    [
        pytest.param((ID, 'path = "/users/42"'), id="a literal goes before a parameter"),
        pytest.param((ID, 'path = "/users/:id<int>"'), id="a constrained one goes before a plain one"),
        pytest.param((ID, 'path = "/users/:id/"'), id="another path"),
        pytest.param(('path = "/:x<int>"', 'path = "/:x<uuid>"'), id="types that share no value"),
        pytest.param((ID, f'{ID}\nmethod = "POST"'), id="other methods"),
        pytest.param((ID, f'{ID}\nmethod = ["GET", "POST"]'), id="the narrower set of methods"),
        pytest.param((ID, f'{ID}\nmethod = "HEAD"'), id="a mock of HEAD goes before one of GET"),
        pytest.param((ID, f'{ID}\nquery.a = "1"'), id="more conditions"),
        pytest.param((f'{ID}\nquery.a = "1"', f'{ID}\nquery.a = "2"'), id="literals that differ"),
        pytest.param((f'{ID}\nheaders.A = "1"', f'{ID}\nheaders.a = {{ present = false }}'), id="there and not there"),
        pytest.param((f'{ID}\nparams.id = "1"', 'path = "/users/:n"\nparams.n = "2"'), id="literals of one parameter"),
        pytest.param((f'{ID}\nbody.json.a = 1', f'{ID}\nbody.json.a = 2'), id="fields that differ"),
        pytest.param((f'{ID}\nquery.n = {{ gt = 5 }}', f'{ID}\nquery.n = {{ lt = 5 }}'), id="numbers that exclude"),
    ],
)  # fmt: skip
def test_mocks_that_something_tells_apart_are_none(tmp_path: Path, requests: tuple[str, str]) -> None:
    assert "ambiguous" not in codes(tmp_path, on_one_route(*requests))
    assert "maybe-ambiguous" not in codes(tmp_path, on_one_route(*requests))


@pytest.mark.parametrize(
    ("request_keys", "printed"),
    [
        (('path = "/users/:id"', 'path = "/users/:n"'), "both answer GET /users/x"),
        ((f'{ID}\nparams.id = {{ gte = 7 }}', f'{ID}\nparams.id = "7"'), "both answer GET /users/7"),
        ((f'{ID}\nquery.x = "1"', f'{ID}\nheaders.B = "b c"'), "both answer GET '/users/x?x=1' -H 'b: b c'"),
        ((f'{ID}\nmethod = "PUT"\nbody.json.a = 1', f'{ID}\nmethod = "PUT"\nbody.json.b = "z"'),
         """both answer PUT /users/x -H 'content-type: application/json' -d '{"a":1,"b":"z"}'"""),
        ((f'{ID}\nhost = "shop.test"', f'{ID}\nquery.a = "ü"'), "both answer GET 'http://shop.test/users/x?a=%C3%BC'"),
        (('path = "/a b/:x"', 'path = "/a b/:y"'), "both answer GET /a%20b/x"),
    ],
)  # fmt: skip
def test_the_request_is_printed_as_explain_takes_it(
    tmp_path: Path, request_keys: tuple[str, str], printed: str
) -> None:
    [problem] = found(tmp_path, on_one_route(*request_keys))
    assert printed in problem.message


def test_a_request_shows_the_mount_of_its_project(tmp_path: Path) -> None:
    files = {
        "projects/shop/project.toml": 'mount = "/shop"',
        "projects/shop/mocks/a.toml": mock('path = "/pay"'),
        "projects/shop/mocks/b.toml": mock('path = "/pay"'),
    }
    [problem] = found(tmp_path, files)
    assert "both answer GET /shop/pay" in problem.message


def test_a_tie_without_proof_is_a_warning(tmp_path: Path) -> None:
    regexes = (f'{ID}\nquery.a = {{ regex = "^x[0-9]+$" }}', f'{ID}\nquery.a = {{ regex = "[0-9]y$|^x1$" }}')
    [problem] = found(tmp_path, on_one_route(*regexes))
    assert (problem.code, problem.severity) == ("maybe-ambiguous", "warning")
    assert "rank alike, and may both match one request" in problem.message


def test_projects_that_share_the_bare_host_are_a_warning(tmp_path: Path) -> None:
    """rules.md: "`maybe-ambiguous` (warning), also across projects that share the bare host"."""
    files = {f"projects/{name}/mocks/health.toml": mock('path = "/health"') for name in ("pay", "shop")}
    [problem] = found(tmp_path, files)
    assert (problem.code, problem.severity) == ("maybe-ambiguous", "warning")
    assert "both answer GET /health, at the bare host where their projects meet" in problem.message
    assert codes(tmp_path, files | {"projects/pay/project.toml": 'mount = "/pay"'}) == []


def test_scopes_and_priorities_and_switched_off_mocks_do_not_clash(tmp_path: Path) -> None:
    files = {
        "workspace/mocks/a.toml": mock('path = "/a/:x"'),
        "workspace/mocks/b.toml": mock('path = "/a/:x"', "enabled = false"),
        "workspace/mocks/c.toml": mock('path = "/a/:x"\nquery.q = "1"', "priority = -1"),
        "projects/shop/mocks/a.toml": mock('path = "/a/:x"\nquery.r = "1"'),
    }
    assert "ambiguous" not in codes(tmp_path, files)


def test_variants_without_a_default_say_when_a_mock_answers(tmp_path: Path) -> None:
    def variant(value: str) -> str:
        return f'[request]\npath = "/a"\n[[responses]]\nname = "v"\nwhen.query.q = "{value}"\n'

    files = {"workspace/mocks/a.toml": variant("1"), "workspace/mocks/b.toml": variant("2")}
    assert codes(tmp_path, files) == []
    [problem] = found(tmp_path, files | {"workspace/mocks/c.toml": variant("2")})
    assert problem.path == "workspace/mocks/c.toml"
    assert "workspace/mocks/b.toml:1 both answer GET '/a?q=2'" in problem.message


def test_each_mock_is_told_of_once(tmp_path: Path) -> None:
    problems = found(tmp_path, on_one_route(*['path = "/a"'] * 5))
    assert [problem.path[-6:] for problem in problems] == ["b.toml", "c.toml", "d.toml", "e.toml"]


def test_a_thousand_mocks_on_one_path_told_apart_by_a_literal(tmp_path: Path) -> None:
    files = {
        f"workspace/mocks/m{number}.toml": mock(f'path = "/a"\nheaders.n = "{number % 999}"') for number in range(1000)
    }
    [problem] = found(tmp_path, files)
    assert "-H 'n: 0'" in problem.message


def test_a_body_that_is_no_text_is_printed_safely() -> None:
    request = Request("POST", b"/a", b"", [], b"\xff\n", client="10.0.0.1")
    assert spelled(request, "/m") == "POST /m/a -d '\\xff\n' from 10.0.0.1"


def of_scenario(name: str, keys: str) -> str:
    return mock('path = "/order"') + f'[scenario]\nname = "{name}"\n{keys}\n'


def test_states_of_one_scenario_are_disjoint(tmp_path: Path) -> None:
    """rules.md: "Different `scenario.requires` of one scenario are disjoint"."""
    files = {
        "workspace/mocks/a.toml": of_scenario("order", 'requires = "Started"'),
        "workspace/mocks/b.toml": of_scenario("order", 'requires = "paid"'),
    }
    assert codes(tmp_path, files) == []
    [problem] = found(tmp_path, files | {"workspace/mocks/c.toml": of_scenario("order", 'requires = "paid"')})
    assert (problem.code, problem.path) == ("ambiguous", "workspace/mocks/c.toml")
    assert "both answer GET /order, while workspace/order is `paid`" in problem.message


def test_states_of_two_scenarios_are_not(tmp_path: Path) -> None:
    files = {
        "workspace/mocks/a.toml": of_scenario("order", 'requires = "Started"'),
        "workspace/mocks/b.toml": of_scenario("login", 'requires = "in"'),
    }
    [problem] = found(tmp_path, files)
    assert "while workspace/login is `in`, while workspace/order is `Started`" in problem.message
