"""Mock or real, for one request: session, flow, mock, project, workspace, project.toml, in this order."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from tree_answers import load, mock, plant

from keymock import engine
from keymock.direction import direction
from keymock.engine import World
from keymock.exchange import Malformed, Reply, Request
from keymock.index import Address, Pinned, Views
from keymock.spec import Mode
from keymock.state import Session
from keymock.toggles import Preset, Toggles, in_force
from keymock.upstream import Upstream

PAY = "projects/shop/mocks/pay"
FLOW = "projects/shop/flows/buy"
FILES = {
    "projects/shop/project.toml": 'mount = "/shop"\n',
    f"{PAY}.toml": mock("/pay", response='body = "mock"'),
    "projects/shop/mocks/cart.toml": mock("/cart", response='body = "mock"'),
    "projects/auth/mocks/login.toml": mock("/login", response='body = "mock"'),
    "workspace/mocks/health.toml": mock("/health", response='body = "mock"'),
}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return plant(tmp_path_factory.mktemp("tree"), FILES)


NONE = Toggles()


def world(
    tree: Path, toggles: Toggles = NONE, session: Toggles = NONE, mode: Mode = "mock", refused: str = ""
) -> World:
    catalog = load(tree)
    presets = {"down": Preset({PAY: Pinned(200)})}
    return World(
        Views(catalog.routes, {"shop": Address("/shop"), "auth": Address(), "wiki": Address()}),
        upstreams={"shop": Upstream("shop", "http://up", "local", mode), "auth": Upstream("auth", "http://auth", "")},
        toggles=toggles, sessions={"s": session}, presets=presets, in_force=in_force((toggles,), presets),
        refused={refused: engine.Refusal("no")} if refused else {},
    )  # fmt: skip


def answered(world: World, path: str = "/shop/pay", method: str = "GET", **headers: str) -> str:
    """`mock`, the upstream that is asked, or the status."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    request = Request.of(method, path, given)
    request.session = Session("s", 0)
    reply = engine.answer(request, world)
    assert isinstance(reply, Reply)
    if reply.onward is not None:
        return reply.onward.url + reply.onward.path.decode()
    return reply.body.decode() if reply.status == 200 else f"{reply.status} {reply.error}"


REAL = "http://up/pay"
ORDER: tuple[tuple[str, Toggles, Toggles], ...] = (
    ("session", Toggles(), Toggles(default="real")),
    ("flow", Toggles(flows={FLOW: "real"}), Toggles()),
    ("mock", Toggles(mocks={PAY: "real"}), Toggles()),
    ("project", Toggles(projects={"shop": "real"}), Toggles()),
    ("workspace", Toggles(default="real"), Toggles()),
)


def both(near: Toggles, far: Toggles) -> Toggles:
    """What two set together."""
    return Toggles(
        near.default or far.default, {**far.projects, **near.projects}, {**far.mocks, **near.mocks},
        {**far.flows, **near.flows},
    )  # fmt: skip


def turned(toggles: Toggles) -> Toggles:
    """The same with mock for real."""
    return Toggles(
        "mock" if toggles.default else "", dict.fromkeys(toggles.projects, "mock"),
        dict.fromkeys(toggles.mocks, "mock"), dict.fromkeys(toggles.flows, "mock"),
    )  # fmt: skip


@pytest.mark.parametrize(("nearer", "farther"), list(combinations(ORDER, 2)), ids=lambda each: str(each[0]))
def test_the_nearer_word_counts(
    tree: Path, nearer: tuple[str, Toggles, Toggles], farther: tuple[str, Toggles, Toggles]
) -> None:
    _, near, near_session = nearer
    _, far, far_session = farther
    real = world(tree, both(near, turned(far)), both(near_session, turned(far_session)))
    mocked = world(tree, both(turned(near), far), both(turned(near_session), far_session))
    assert answered(real, x_keymock_flow=FLOW) == REAL
    assert answered(mocked, x_keymock_flow=FLOW) == "mock"


def test_project_toml_comes_last(tree: Path) -> None:
    assert answered(world(tree, mode="real")) == REAL
    assert answered(world(tree, Toggles(default="mock"), mode="real")) == "mock"


@pytest.mark.parametrize(("target", "url"), [("real", REAL), ("mock", "mock"), ("fallback", "mock")])
def test_what_the_step_of_a_flow_says_counts_before_all(tree: Path, target: str, url: str) -> None:
    for each in ("real", "mock"):
        one = world(tree, Toggles(default=each), Toggles(default=each))
        assert answered(one, x_keymock_flow=f"{FLOW}; target={target}") == url


def test_a_runner_that_says_nonsense_is_told(tree: Path) -> None:
    assert answered(world(tree), x_keymock_flow="a; target=both") == "400 invalid-request"


def test_fallback_asks_mocks_first(tree: Path) -> None:
    one = world(tree, Toggles(default="fallback"))
    assert answered(one) == "mock"
    assert answered(one, method="DELETE") == REAL
    assert answered(one, "/shop/other?a=1") == "http://up/other?a=1"
    assert answered(one, "/shop/pay", "OPTIONS") == "204 "
    assert answered(one, "/other", Host="auth.localhost") == "http://auth/other"
    assert answered(one, "/nowhere") == "http://auth/nowhere"


def test_what_may_not_be_used_is_neither_mocked_nor_passed_on(tree: Path) -> None:
    for mode in ("fallback", "real"):
        one = world(tree, Toggles(default=mode), refused=PAY)
        assert answered(one) == "403 forbidden"
        assert answered(one, "/shop/other") == "http://up/other"


def test_a_single_mock_stays_one_when_all_else_is_real(tree: Path) -> None:
    one = world(tree, Toggles(projects={"shop": "real"}, mocks={PAY: "mock"}))
    assert answered(one) == "mock"
    assert answered(one, "/shop/cart") == "http://up/cart"


@pytest.mark.parametrize("toggles", [
    Toggles(default="real", mocks={PAY: Pinned(200)}), Toggles(default="real", preset="down"),
])  # fmt: skip
def test_a_mock_that_is_pinned_answers(tree: Path, toggles: Toggles) -> None:
    assert answered(world(tree, toggles)) == "mock"
    assert answered(world(tree, toggles), "/shop/cart") == "http://up/cart"


def test_a_project_without_a_real_api_has_its_mocks(tree: Path) -> None:
    one = world(tree, Toggles(default="real"))
    assert answered(one, "/health") == "mock"
    assert answered(one, "/health", Host="wiki.localhost") == "mock"
    assert answered(one, "/health", Host="auth.localhost") == "http://auth/health"


def test_several_that_could_answer_are_named(tree: Path) -> None:
    two = {name: Upstream(name, f"http://{name}", "", "fallback") for name in ("auth", "wiki")}
    one = World(world(tree).views, upstreams=two)
    assert answered(one, "/login") == "mock"
    with pytest.raises(Malformed, match=r"ask auth\.localhost or wiki\.localhost"):
        direction(Request.of(), one.views, two, (NONE,), one.in_force).of_nobody(())
    assert answered(one, "/nowhere") == "502 which-upstream"


def test_preflights_are_keymocks_own(tree: Path) -> None:
    asked = {"Origin": "http://localhost:3", "Access-Control-Request-Method": "PUT"}
    assert answered(world(tree, Toggles(default="real")), "/shop/pay", "OPTIONS", **asked) == "204 "
