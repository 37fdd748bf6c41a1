from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from asgi_driver import ask
from conversation import Said
from tree_answers import mock, plant

from keymock.consent import Consent, ConsentFile
from keymock.outbound import Host
from keymock.problems import Stop
from keymock.serve.app import MockApp
from keymock.serve.options import Options
from keymock.serve.service import Service
from keymock.serve.sockets import Face, Listener, listen
from keymock.serve.worker import Workshop
from keymock.serve.workshop import facts, not_allowed, opening, withheld

TREE = {
    "keymock.toml": 'name = "Shop"\nallow_hosts = ["api.test"]\n[faults.down]\nstatus = 503\n',
    "workspace/mocks/a.toml": mock("/a", response='body = "a"'),
    "workspace/mocks/off.toml": mock("/off", top="enabled = false"),
    "projects/shop/project.toml": 'mount = "/shop"\nhost = "shop.test"\n',
    "projects/shop/mocks/b.toml": mock("/b", response='body = "b"'),
}
ROLES = "* admin:ops@example.com\n/workspace/ member:anyone\n/projects/ viewer:anyone\n"


@contextmanager
def listening(*names: str) -> Iterator[dict[str, Listener]]:
    found = listen([Face(name) for name in names])
    try:
        yield found
    finally:
        for listener in found.values():
            with closing(listener):
                pass


def opened(
    root: Path, listeners: dict[str, Listener], *, strict: bool = False, faults: str = "", preset: str = ""
) -> Workshop:
    def show(service: Service) -> Callable[[], None]:
        return lambda: None

    folder = root.with_name("runtime")
    folder.mkdir(exist_ok=True)
    given = Options(workspace=str(root), faults=faults, preset=preset)
    open_workshop = opening(
        given, runtime=folder, state=root.with_name("state"), listening=listeners, token="t", hosts=frozenset(),
        show=show, strict=strict,
    )  # fmt: skip
    return open_workshop(7, lambda _: None, asyncio.Event())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return plant(tmp_path / "tree", TREE)


def test_an_app_for_each_port(root: Path) -> None:
    ConsentFile(root.with_name("state"), root).allow([Host("api.test")])
    with listening("mock", "control", "projects/shop") as listeners:
        workshop = opened(root, listeners)
    assert set(workshop.apps) == {"mock", "control", "projects/shop"}
    mocks, shop = workshop.apps["mock"], workshop.apps["projects/shop"]
    assert isinstance(mocks, MockApp)
    assert isinstance(shop, MockApp)
    get = Said("GET", "/b", (), b"")
    assert [ask(mocks, get).status, ask(shop, get).body] == [404, b"b"]
    assert ask(mocks, Said("GET", "/a", (("host", "api.test"),), b"")).body == b"a"
    assert ask(mocks, Said("GET", "/a", (("host", "evil.test"),), b"")).status == 421
    assert (workshop.generation, mocks.service.world.generation) == (7, 7)


def test_what_nobody_has_allowed_is_not_there_and_told(root: Path) -> None:
    """ "Names in `allow_hosts` that are not loopback and every `allow_env` name but CI, LANG, TZ need … consent" """
    plant(root, {"keymock.toml": 'allow_hosts = ["api.test", "shop.localhost"]\nallow_env = ["CI", "REGION"]\n'})
    settings = Service(Options(workspace=str(root)), lambda: 0).catalog.settings
    nobody = Consent(str(root))
    assert [(found.code, found.hint) for found in not_allowed(settings, nobody)] == [
        ("host-not-allowed", "keymock allow api.test, and start again"),
        ("env-not-allowed", "keymock allow --env REGION, and start again"),
    ]
    assert list(not_allowed(settings, Consent(str(root), hosts=("api.test:80",), env=("REGION",)))) == []
    with listening("mock") as listeners:
        mocks = opened(root, listeners).apps["mock"]
    assert ask(mocks, Said("GET", "/a", (("host", "api.test"),), b"")).status == 421
    assert ask(mocks, Said("GET", "/a", (("host", "shop.localhost"),), b"")).status == 200


def test_templates_read_the_variables_that_are_asked_for_and_allowed(root: Path) -> None:
    env = mock("/env", response="body = \"{{ env.REGION }} {{ env.CI | default('none') }}\"")
    plant(root, {"keymock.toml": 'allow_env = ["REGION", "CI"]\n', "workspace/mocks/env.toml": env})
    service = Service(Options(workspace=str(root), env={"REGION": "eu", "SECRET": "s"}), lambda: 0)
    app = MockApp(service, lambda: 0, lambda: 0)
    assert ask(app, Said("GET", "/env", (), b"")).body == b"eu none"
    plant(root, {"keymock.toml": ""})
    service.rescan()
    assert [problem.code for problem in service.problems] == ["unknown-name"]


def test_what_the_banner_is_told(root: Path) -> None:
    plant(root, {"ROLES": ROLES, "workspace/mocks/broken.toml": "a = \n"})
    service = Service(Options(workspace=str(root)), lambda: 0)
    with listening("mock") as listeners:
        told = facts(service, listeners)
        assert told["projects"] == {"shop": {"url": f"{listeners['mock'].url}/shop"}}
    assert (told["name"], told["hosts"]) == ("Shop", {"shop": "shop.test"})
    assert (told["mocks"], told["disabled"]) == ({"projects/shop": 1, "workspace": 1}, 1)
    assert told["withheld"] == {"ROLES:3": 1} == withheld(service)
    assert [problem["path"] for problem in told["problems"]] == ["workspace/mocks/broken.toml"]


@pytest.mark.parametrize(
    ("files", "codes"),
    [
        ({}, []),
        ({"workspace/mocks/broken.toml": "a = \n"}, ["toml-syntax", "strict"]),
        ({"ROLES": ROLES}, ["withheld", "strict"]),
        ({"ROLES": "* user:anyone\n"}, []),
    ],
)
def test_strict_serves_all_or_nothing(root: Path, files: dict[str, str], codes: list[str]) -> None:
    plant(root, files)
    with listening("mock") as listeners:
        if not codes:
            assert opened(root, listeners, strict=True).apps
            return
        with pytest.raises(Stop) as stop:
            opened(root, listeners, strict=True)
    assert ([problem.code for problem in stop.value.problems], stop.value.exit_code) == (codes, 2)


@pytest.mark.parametrize(("faults", "preset", "hint"), [("dwon", "", "did you mean `down`?"), ("", "none-such", "")])
def test_a_name_that_is_none_stops_it(root: Path, faults: str, preset: str, hint: str) -> None:
    with listening("mock") as listeners, pytest.raises(Stop) as stop:
        opened(root, listeners, faults=faults, preset=preset)
    (problem,) = stop.value.problems
    assert ((faults or preset) in problem.message, problem.hint) == (True, hint)


def test_a_profile_that_is_one_is_on(root: Path) -> None:
    with listening("mock") as listeners:
        app = opened(root, listeners, faults="down").apps["mock"]
    assert isinstance(app, MockApp)
    assert ask(app, Said("GET", "/a", (), b"")).status == 503
