"""What an exchange of the journal becomes over the control plane: shown or written, by the rights of whoever asks."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from pathlib import Path
from typing import Any

import msgspec
import pytest
from standin import PORT, TOKEN, ask, pairs
from tree_answers import mock, plant

from keymock.exchange import Malformed
from keymock.lone import LoneDocument
from keymock.serve.app import MockApp
from keymock.serve.control import create
from keymock.serve.drafts import Drafts
from keymock.serve.options import Options
from keymock.serve.service import Service

ROLES = """\
*                admin:ops@example.com
/workspace/      member:ada@example.com viewer:vic@example.com
/projects/shop/  editor:ada@example.com user:una@example.com viewer:vic@example.com
/projects/secret/
"""
TREE = {
    "ROLES": ROLES,
    "keymock.toml": '[redact]\njson_keys = ["pin"]\n',
    "projects/shop/project.toml": 'mount = "/shop"\nbase_path = "/api"\n',
    "projects/shop/environments/local.toml": 'base_url = "{{ target_url }}"\n',
    "projects/shop/mocks/users/get.toml": mock("/users/:id", response='json = { id = 7, pin = "pin-canary" }'),
    "projects/shop/mocks/order.toml": '[request]\nmethod = "POST"\npath = "/orders"\n'
    'headers.X-T = "1"\nbody.json.sku = "a"\n[response]\nstatus = 201\n',
    "projects/secret/mocks/plans.toml": mock("/plans"),
    "workspace/mocks/picture.toml": '[request]\npath = "/picture"\n[response]\nbody_file = "p.png"\n',
    "workspace/mocks/p.png": "\x89PNG \x00",
}
GIVEN = (b"host", b"localhost"), (b"authorization", b"Bearer canary-token"), (b"x-t", b"1")


class Rig:
    """A server in process, whose mocks and control plane are asked."""

    def __init__(self, root: Path, actor: str | None = "ada@example.com", **more: Any) -> None:
        self.root = root
        self.clock = 10**18
        self.service = Service(Options(workspace=str(root), actor=actor, journal_bodies=True, **more), self.now)
        self.app = MockApp(self.service, self.now, self.now, None)
        self.plane = create(self.service, token=TOKEN, port=PORT)

    def now(self) -> int:
        self.clock += 1_000_000
        return self.clock

    def asked(self, method: str, target: str, body: bytes = b"") -> int:
        """Asks the mocks; the number of the exchange."""
        more = [(b"content-length", str(len(body)).encode()), (b"content-type", b"application/json")] if body else []
        asyncio.run(ask(self.app, method, target, [*GIVEN, *more], body))
        return self.service.journal.count

    def control(self, method: str, target: str, wish: Any = None) -> tuple[int, Any]:
        body = msgspec.json.encode(wish) if wish is not None else b""
        headers = {"host": f"127.0.0.1:{PORT}", "authorization": f"Bearer {TOKEN}"}
        if method == "POST":
            headers |= {"content-type": "application/json", "content-length": str(len(body))}
        reply = asyncio.run(ask(self.plane, method, target, pairs(headers), body))
        return reply.status, reply.json


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return plant(tmp_path, TREE)


def files_of(root: Path) -> set[str]:
    return {str(file.relative_to(root)) for file in root.rglob("*") if file.is_file()}


def test_a_mock_is_shown_and_then_written_and_served(root: Path) -> None:
    rig = Rig(root)
    number = rig.asked("GET", "/shop/api/users/7")
    before = files_of(root)
    status, shown = rig.control("GET", f"/journal/{number}/mock")
    assert (status, shown["written"], files_of(root)) == (200, False, before)
    status, told = rig.control("POST", f"/journal/{number}/mock")
    assert (status, told) == (200, {**shown, "written": True})
    (file,) = told["files"]
    assert file["path"] == f"{told['mock']}.toml" == "projects/shop/mocks/users/get-by-id.toml"
    assert (root / file["path"]).read_text() == file["text"]
    assert 'path = "/users/:id"' in file["text"]
    assert "pin-canary" not in file["text"]
    assert told["mock"] in rig.service.world.views.routes, "it is served when the answer is there"
    assert rig.control("GET", f"/journal/{number}/mock")[1]["mock"] != told["mock"], "nothing is overwritten"


def test_what_nobody_answered_becomes_a_mock_of_the_project_whose_mount_was_called(root: Path) -> None:
    rig = Rig(root)
    number = rig.asked("DELETE", "/shop/api/carts/8")
    told = rig.control("POST", f"/journal/{number}/mock", {"name": "Drop a cart"})[1]
    assert told["mock"] == "projects/shop/mocks/drop-a-cart"
    assert rig.asked("DELETE", "/shop/api/carts/9")
    assert rig.control("GET", f"/journal/{number + 1}")[1]["mock"] == told["mock"]
    status, again = rig.control("POST", f"/journal/{number}/mock", {"name": "drop-a-cart"})
    assert (status, again["code"]) == (409, "exists")


def test_a_request_is_shown_and_then_written_with_names_in_the_place_of_secrets(root: Path) -> None:
    rig = Rig(root)
    number = rig.asked("POST", "/shop/api/orders", b'{"sku": "a", "pin": "pin-canary"}')
    shown = rig.control("GET", f"/journal/{number}/request")[1]
    told = rig.control("POST", f"/journal/{number}/request", {})[1]
    assert told == {**shown, "written": True}
    assert (told["secrets"], told["whole"]) == (["AUTHORIZATION", "PIN"], True)
    (file,) = told["files"]
    assert msgspec.toml.decode((root / file["path"]).read_text()) == {
        "method": "POST", "url": "{{ base_url }}/api/orders",
        "headers": {"X-T": "1", "Authorization": "{{ secret.AUTHORIZATION }}"},
        "json": {"sku": "a", "pin": "{{ secret.PIN }}"},
    }  # fmt: skip


def test_no_secret_leaves_this_way(root: Path) -> None:
    rig = Rig(root)
    for method, target, body in (
        ("GET", "/shop/api/users/7?token=canary-query", b""),
        ("POST", "/shop/api/orders", b'{"sku": "a", "password": "canary-body", "pin": "pin-canary"}'),
        ("POST", "/shop/api/none", b'{"access_token": "canary-body", "told": "told-canary"}'),
    ):
        rig.asked(method, target, body)
    rig.service.hide(["told-canary"])
    for number in range(1, rig.service.journal.count + 1):
        for kind in ("mock", "request"):
            said = [rig.control("GET", f"/journal/{number}/{kind}"), rig.control("POST", f"/journal/{number}/{kind}")]
            assert [status for status, _ in said] == [200, 200]
            assert "canary" not in str(said)
    written = [file for file in files_of(root) - set(TREE) if not file.startswith(".keymock")]
    assert len(written) == 6
    assert "canary" not in "".join((root / file).read_text() for file in written)


def test_what_is_no_text_is_base64(root: Path) -> None:
    (root / "workspace/mocks/p.png").write_bytes(b"\x89PNG\xff\x00")
    rig = Rig(root)
    number = rig.asked("GET", "/picture")
    body, text = rig.control("GET", f"/journal/{number}/mock?scope=workspace&name=copy")[1]["files"]
    assert body["path"] == "workspace/mocks/copy.body.png"
    assert b64decode(body["base64"]) == b"\x89PNG\xff\x00"
    assert "[response]" in text["text"]


@pytest.mark.parametrize("kind", ["mock", "request"])
@pytest.mark.parametrize("actor", ["vic@example.com", "una@example.com", None])
def test_the_rights_of_whoever_asks_decide(root: Path, kind: str, actor: str | None) -> None:
    rig = Rig(root, actor)
    number = rig.asked("GET", "/shop/api/users/7")
    before = files_of(root)
    for method, target, wish in (
        ("GET", f"/journal/{number}/{kind}?scope=workspace", None),
        ("POST", f"/journal/{number}/{kind}", {"scope": "workspace"}),
    ):
        status, told = rig.control(method, target, wish)
        assert (status, told["code"]) == (403, "forbidden")
        assert "workspace" in told["detail"]
    assert files_of(root) == before


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        ("project:secret", "is no scope"), ("project:shp", "did you mean `project:shop`?"), ("prviate", "`private`"),
        ("../..", "is no scope"), ("x" * 5_000, "is no scope"),
    ],
)  # fmt: skip
def test_a_scope_that_whoever_asks_may_not_know_of_is_none(root: Path, scope: str, said: str) -> None:
    rig = Rig(root)
    number = rig.asked("GET", "/nope")
    before = files_of(root)
    for kind in ("mock", "request"):
        status, told = rig.control("POST", f"/journal/{number}/{kind}", {"scope": scope})
        assert (status, told["code"], said in told["detail"]) == (400, "no-such-scope", True)
        assert len(told["detail"]) < 300
    assert files_of(root) == before


def test_a_private_scope_is_ones_own_and_nobody_has_none(root: Path) -> None:
    rig = Rig(root)
    number = rig.asked("GET", "/nope")
    assert rig.control("POST", f"/journal/{number}/mock", {"scope": "private"})[1]["mock"].startswith(
        "private/ada@example.com/mocks/"
    )
    nobody = Rig(root, None)
    number = nobody.asked("GET", "/nope")
    assert nobody.control("POST", f"/journal/{number}/mock", {"scope": "private"})[1]["code"] == "no-identity"


def test_what_cannot_be_made_is_told_and_changes_nothing(root: Path) -> None:
    rig = Rig(root)
    number = rig.asked("GET", "/nope")
    before = files_of(root)
    for kind in ("mock", "request"):
        assert rig.control("GET", f"/journal/{number}/{kind}?name=%2F%2F")[1]["code"] == "no-draft"
        assert rig.control("POST", f"/journal/99/{kind}")[0] == 404
        assert rig.control("POST", f"/journal/{number}/{kind}", {"nmae": "x"})[0] == 400
    assert files_of(root) == before


def test_a_websocket_is_no_answer_that_could_be_kept(root: Path) -> None:
    with pytest.raises(Malformed, match="write what is said over it as") as caught:
        Drafts(Rig(root).service).mock({"status": 101}, "", "", write=False)
    assert (caught.value.status, caught.value.code) == (409, "no-draft")


def test_where_there_is_no_workspace_it_is_shown_and_never_written(root: Path) -> None:
    contract = plant(root / "alone", {"openapi.yaml": "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {}\n"})
    rig = Rig(contract)
    rig.service.tree = LoneDocument(contract / "openapi.yaml")
    number = rig.asked("GET", "/nope")
    assert rig.control("GET", f"/journal/{number}/mock")[0] == 200
    status, told = rig.control("POST", f"/journal/{number}/mock")
    assert (status, told["code"]) == (409, "nothing-to-write-to")
