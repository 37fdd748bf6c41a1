from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from tree_answers import ask, load, mock, plant, world

from keymock.catalog.making import line_of
from keymock.catalog.source import INLINE_BODY, MAX_BODY, MAX_DOCUMENT
from keymock.exchange import BodyFile

BASE = "projects/shop/mocks/pay.toml"
OVER = "private/ada/projects/shop/mocks/pay.toml"


def overlaid(root: Path, base: str, over: str, files: dict[str, str] | None = None) -> Any:
    catalog = load(plant(root, {BASE: base, OVER: over, **(files or {})}), "ada")
    assert catalog.problems == ()
    return world(catalog, "ada")


SHARED = """
[request]
path = "/pay"
[response]
status = 201
headers.A = "a"
headers.B = "b"
json = { n = 1, deep = { x = 1 } }
"""


@pytest.mark.parametrize(
    ("over", "status", "headers", "body"),
    [
        ("[response]\nstatus = 202", 202, {"a": "a", "b": "b"}, b'{"n":1,"deep":{"x":1}}'),
        ("[response]\nheaders.B = 'c'", 201, {"a": "a", "b": "c"}, b'{"n":1,"deep":{"x":1}}'),
        ("[response]\nheaders.B = { remove = true }", 201, {"a": "a"}, b'{"n":1,"deep":{"x":1}}'),
        ("[response]\nheaders = { remove = true }", 201, {}, b'{"n":1,"deep":{"x":1}}'),
        ("[response]\nbody = 'text'", 201, {"a": "a", "b": "b"}, b"text"),
        ("[response]\njson = { n = 2 }", 201, {"a": "a", "b": "b"}, b'{"n":2}'),
        ("[response]\nbody_file = 'mine.txt'", 201, {"a": "a", "b": "b"}, b"from my folder"),
        ("[response]\njson = { remove = true }", 201, {"a": "a", "b": "b"}, b""),
    ],
)
def test_an_overlay_merges_key_by_key(
    tmp_path: Path, over: str, status: int, headers: dict[str, str], body: bytes
) -> None:
    """product.md §1: "merges tables key by key …; any body key replaces any other; `{ remove = true }` takes away"."""
    mine = {"private/ada/projects/shop/mocks/mine.txt": "from my folder"}
    reply = ask(overlaid(tmp_path, SHARED, over, mine), "/pay")
    came = {name.decode(): value.decode() for name, value in reply.headers}
    assert (reply.status, reply.body) == (status, body)
    assert {name: came[name] for name in ("a", "b") if name in came} == headers
    assert reply.mock == "projects/shop/mocks/pay", "it keeps the shared id"


VARIANTS = """
[request]
path = "/pay"
[[responses]]
name = "broke"
when.query.broke = "1"
status = 402
headers.A = "a"
[[responses]]
name = "ok"
status = 200
"""


@pytest.mark.parametrize(
    ("over", "statuses"),
    [
        ("[[responses]]\nname = 'broke'\nstatus = 403", (403, 200)),
        ("[[responses]]\nname = 'ok'\nstatus = 299", (402, 299)),
        ("[[responses]]\nname = 'broke'\nremove = true", (200, 200)),
        ("[[responses]]\nname = 'new'\nstatus = 299", (402, 299)),
        ("[request]\npath = '/elsewhere'", (404, 404)),
        ("enabled = false", (404, 404)),
    ],
)
def test_variants_merge_by_name(tmp_path: Path, over: str, statuses: tuple[int, int]) -> None:
    here = overlaid(tmp_path, VARIANTS, over)
    assert (ask(here, "/pay?broke=1").status, ask(here, "/pay").status) == statuses


def test_an_overlay_ranks_as_private(tmp_path: Path) -> None:
    other = {"projects/shop/mocks/other.toml": mock("/pay", 'query.q = "1"')}
    assert ask(overlaid(tmp_path, SHARED, "[response]\nstatus = 202", other), "/pay?q=1").status == 202


def test_it_is_for_its_owner_alone(tmp_path: Path) -> None:
    overlaid(tmp_path, SHARED, "[response]\nstatus = 202")
    assert ask(world(load(tmp_path, "bob"), "bob"), "/pay").status == 201


def test_an_overlay_without_its_base_is_inactive_and_says_so(tmp_path: Path) -> None:
    catalog = load(plant(tmp_path, {OVER: "[response]\nstatus = 202", "projects/shop/mocks/o.toml": mock("/o")}), "ada")
    [problem] = catalog.problems
    assert (problem.path, problem.code, problem.severity) == (OVER, "overlay-without-base", "warning")


def test_an_overlay_on_what_one_may_not_use(tmp_path: Path) -> None:
    """rules.md: "an overlay applies only where its owner may *use* the shared one … `check` says so"."""
    roles = {"ROLES": "* admin:root@x\n/projects/shop/ viewer:ada\n"}
    catalog = load(plant(tmp_path, {BASE: SHARED, OVER: "[response]\nstatus = 202"} | roles), "ada")
    assert [(problem.path, problem.code) for problem in catalog.problems] == [(OVER, "overlay-not-allowed")]
    assert catalog.routes["projects/shop/mocks/pay"].scope == "project"


def test_a_fault_is_told_where_it_stands(tmp_path: Path) -> None:
    catalog = load(plant(tmp_path, {BASE: SHARED, OVER: "[response]\nstatus = 99"}), "ada")
    assert [(problem.path, problem.line) for problem in catalog.problems] == [(OVER, 2)]
    catalog = load(plant(tmp_path, {OVER: "[response]\nheaders.Content-Length = '5'"}), "ada")
    assert [(problem.path, problem.line) for problem in catalog.problems] == [(OVER, 2)]


def test_siblings_beside_the_overlay_go_first(tmp_path: Path) -> None:
    files = {BASE.replace(".toml", ".body.txt"): "theirs", OVER.replace(".toml", ".body.txt"): "mine"}
    assert ask(overlaid(tmp_path, mock("/pay"), "[response]\nstatus = 202", files), "/pay").body == b"mine"
    assert ask(world(load(tmp_path)), "/pay").body == b"theirs"


# ---- bodies ----------------------------------------------------------------------------------------------------------

HERE = "workspace/mocks"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("none.txt", "body-missing"),
        ("../../outside.txt", "body-outside"),
        ("../../../../etc/passwd", "body-outside"),
        ("/etc/passwd", "body-outside"),
        ("~/.netrc", "body-outside"),
        ("C:/secret", "body-outside"),
        ("..\\\\secret", "body-outside"),
        ("a/../../../projects/p/x", "body-outside"),
        ("", "body-outside"),
        ("link.txt", "symlink"),
        ("linked/inside.txt", "symlink"),
        ("pipe", "not-a-file"),
        ("folder", "body-missing"),
        ("huge.bin", "too-large"),
    ],
)
def test_bodies_that_cannot_be_had(tmp_path: Path, name: str, code: str) -> None:
    """security.md, Trust: "resolved beneath its space …, no symlink out, a regular file, under the cap"."""
    root = plant(
        tmp_path / "w", {f"{HERE}/folder/x.txt": "x", f"{HERE}/m.toml": mock("/m", response=f'body_file = "{name}"')}
    )
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/inside.txt").write_text("secret")
    (root / "outside.txt").write_text("secret")
    (root / HERE / "link.txt").symlink_to(tmp_path / "secret/inside.txt")
    (root / HERE / "linked").symlink_to(tmp_path / "secret")
    os.mkfifo(root / HERE / "pipe")
    with (root / HERE / "huge.bin").open("wb") as huge:
        huge.truncate(MAX_BODY + 1)
    catalog = load(root)
    assert [(problem.code, problem.path, problem.line > 1) for problem in catalog.problems] == [
        (code, f"{HERE}/m.toml", True)
    ]
    assert ask(world(catalog), "/m").status == 404


@pytest.mark.parametrize(
    ("file", "name"),
    [("mocks/b.json", "b.json"), ("mocks/sub/b.json", "./sub//b.json"), ("data/b.json", "../data/b.json")],
)
def test_bodies_beneath_the_space(tmp_path: Path, file: str, name: str) -> None:
    files = {f"workspace/{file}": "[1]", f"{HERE}/m.toml": mock("/m", response=f'body_file = "{name}"')}
    reply = ask(world(load(plant(tmp_path, files))), "/m")
    assert (reply.body, dict(reply.headers)[b"content-type"]) == (b"[1]", b"application/json")


def test_a_large_body_is_sent_from_disk(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {f"{HERE}/m.toml": mock("/m"), f"{HERE}/m.body.bin": b"x" * (INLINE_BODY + 1)}
    reply = ask(world(load(plant(tmp_path, files))), "/m")
    assert isinstance(reply.file, BodyFile)
    assert (reply.file.size, reply.body) == (INLINE_BODY + 1, b"")


def test_two_siblings_for_one_answer_are_an_error(tmp_path: Path) -> None:
    files = {f"{HERE}/m.toml": mock("/m"), f"{HERE}/m.body.txt": "a", f"{HERE}/m.body.json": "1"}
    assert [problem.code for problem in load(plant(tmp_path, files)).problems] == ["two-bodies"]


def test_a_mock_file_has_a_limit(tmp_path: Path) -> None:
    files = {f"{HERE}/m.toml": mock("/m") + "#" * MAX_DOCUMENT}
    assert [problem.code for problem in load(plant(tmp_path, files)).problems] == ["too-large"]


@pytest.mark.parametrize("status", ["0", "99", "100", "101", "199", "600", "1000", '"200 OK"', "true"])
def test_a_status_that_would_end_the_server_is_refused(tmp_path: Path, status: str) -> None:
    catalog = load(plant(tmp_path, {f"{HERE}/m.toml": mock("/m", response=f"status = {status}")}))
    assert [(problem.severity, problem.line > 1) for problem in catalog.problems] == [("error", True)]
    assert catalog.routes == {}


def test_the_line_of_a_mock_is_that_of_its_request() -> None:
    assert [line_of(text, "[request]") for text in ("[request]", "a = 1\n\n[request]", "request.path = '/'")] == [
        1,
        3,
        1,
    ]
