"""A folder that a mock serves: which files are there, how it follows the disk, and no way out of it."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from asgi_driver import ask
from conversation import Answer, Said
from tree_answers import load, plant

from keymock.asgi import create_app
from keymock.serve.app import MockApp
from keymock.serve.options import Options
from keymock.serve.service import Service

MOCK = '[request]\npath = "/site"\n[response]\nfolder = "public"\n'
TREE: dict[str, str | bytes] = {
    "workspace/mocks/site.toml": MOCK,
    "workspace/public/index.html": "<h1>home</h1>",
    "workspace/public/app.js": "let a = 1;\n" * 200,
    "workspace/public/docs/index.html": "docs",
    "workspace/public/docs/a b.txt": "a b",
    "workspace/public/logo.png": bytes(range(256)),
    "workspace/public/.env": "SECRET=1",
    "workspace/public/docs/.git/config": "no",
    "workspace/secret.txt": "secret",
}


def app(root: Path, more: dict[str, str | bytes] | None = None) -> MockApp:
    return create_app(plant(root, {**TREE, **(more or {})}))


def get(app: MockApp, target: str, method: str = "GET", **headers: str) -> Answer:
    given = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return ask(app, Said(method, target, given, b""))


def header(answer: Answer, name: str) -> str:
    return dict(answer.headers).get(name, "")


@pytest.mark.parametrize(
    ("target", "status", "kind", "body"),
    [
        ("/site/", 200, "text/html; charset=utf-8", b"<h1>home</h1>"),
        ("/site/index.html", 200, "text/html; charset=utf-8", b"<h1>home</h1>"),
        ("/site/docs/", 200, "text/html; charset=utf-8", b"docs"),
        ("/site/docs/a%20b.txt", 200, "text/plain; charset=utf-8", b"a b"),
        ("/site/logo.png", 200, "image/png", bytes(range(256))),
        ("/site/nothing", 404, "application/problem+json", None),
        ("/site/docs/index.html/", 404, "application/problem+json", None),
        ("/site/.env", 404, "application/problem+json", None),
        ("/site/docs/.git/config", 404, "application/problem+json", None),
        ("/site/../secret.txt", 400, "application/problem+json", None),
        ("/site/%2e%2e/secret.txt", 400, "application/problem+json", None),
        ("/site/..%2fsecret.txt", 404, "application/problem+json", None),
        ("/site//etc/passwd", 404, "application/problem+json", None),
        ("/site/%2fetc/passwd", 404, "application/problem+json", None),
        ("/site/docs%5c..%5c..%5csecret.txt", 404, "application/problem+json", None),
    ],
)
def test_its_files_are_served_and_no_others(
    target: str, status: int, kind: str, body: bytes | None, tmp_path: Path
) -> None:
    answer = get(app(tmp_path), target)
    assert (answer.status, header(answer, "content-type")) == (status, kind)
    assert body is None or answer.body == body


def test_a_folder_without_its_slash_is_redirected(tmp_path: Path) -> None:
    here = app(tmp_path)
    found = [
        (answer.status, header(answer, "location")) for answer in (get(here, "/site?a=1"), get(here, "/site/docs"))
    ]
    assert found == [(301, "./site/?a=1"), (301, "./docs/")]


def test_what_is_known_is_not_sent_again(tmp_path: Path) -> None:
    here = app(tmp_path)
    first = get(here, "/site/index.html")
    assert header(first, "cache-control") == "no-cache"
    tag = header(first, "etag")
    assert tag.startswith('W/"')
    again = get(here, "/site/index.html", if_none_match=f'"other", {tag}')
    assert (again.status, again.body, header(again, "etag"), header(again, "content-type")) == (304, b"", tag, "")
    assert get(here, "/site/index.html", if_none_match='"other"').status == 200
    assert get(here, "/site/index.html", if_none_match="*").status == 304


def test_parts_of_files_and_heads(tmp_path: Path) -> None:
    here = app(tmp_path)
    tag = header(get(here, "/site/logo.png"), "etag")
    part = get(here, "/site/logo.png", range="bytes=1-3", if_range=tag)
    assert (part.status, part.body, header(part, "content-range")) == (206, b"\x01\x02\x03", "bytes 1-3/256")
    assert get(here, "/site/logo.png", range="bytes=900-").status == 416
    head = get(here, "/site/logo.png", "HEAD")
    assert (head.status, head.body, header(head, "content-length")) == (200, b"", "256")
    assert get(here, "/site/logo.png", "POST").status == 405


def test_text_is_compressed(tmp_path: Path) -> None:
    found = get(app(tmp_path), "/site/app.js", accept_encoding="gzip")
    assert header(found, "content-encoding") == "gzip"


def test_a_large_file_is_sent_from_disk(tmp_path: Path) -> None:
    large = os.urandom(300_000)
    here = app(tmp_path, {"workspace/public/large.bin": large})
    assert get(here, "/site/large.bin").body == large
    assert get(here, "/site/large.bin", range="bytes=-2").body == large[-2:]
    slow = app(tmp_path / "slow", {"workspace/public/large.bin": large, "workspace/mocks/site.toml":
               MOCK + 'throttle = { chunks = 3, over = "1ms" }\n'})  # fmt: skip
    assert get(slow, "/site/large.bin").body == large


def test_links_are_left_out_and_told(tmp_path: Path) -> None:
    root = plant(tmp_path, TREE)
    (root / "workspace/public/out").symlink_to(tmp_path.parent)
    (root / "workspace/public/passwd").symlink_to("/etc/passwd")
    (root / "workspace/linked").symlink_to(root / "workspace/public")
    here = create_app(root)
    assert {(found.code, found.severity) for found in here.service.problems} == {("left-out", "warning")}
    assert len(here.service.problems) == 2
    assert get(here, "/site/passwd").status == 404
    assert get(here, "/site/out/").status == 404
    plant(tmp_path, {"workspace/mocks/site.toml": MOCK.replace("public", "linked")})
    assert [found.code for found in load(root).problems] == ["symlink"]


@pytest.mark.parametrize(
    ("response", "code"),
    [
        ('folder = "../../.."', "body-outside"),
        ('folder = "/etc"', "body-outside"),
        ('folder = "nothing"', "folder-missing"),
        ('folder = "public"\ntemplate = true', "bad-folder"),
        ('folder = "public"\nbody = "a"', "two-bodies"),
    ],
)
def test_what_is_wrong_with_a_folder(response: str, code: str, tmp_path: Path) -> None:
    text = f'[request]\npath = "/site"\n[response]\n{response}\n'
    (found,) = load(plant(tmp_path, {**TREE, "workspace/mocks/site.toml": text})).problems
    assert (found.code, found.path) == (code, "workspace/mocks/site.toml")


def test_its_path_has_no_rest(tmp_path: Path) -> None:
    text = MOCK.replace("/site", "/site/*rest")
    (found,) = load(plant(tmp_path, {**TREE, "workspace/mocks/site.toml": text})).problems
    assert (found.code, found.line) == ("bad-path", 2)


def test_it_may_lie_beside_the_mock_and_at_the_root(tmp_path: Path) -> None:
    text = MOCK.replace("/site", "/").replace('"public"', '{ path = "here", index = "home.htm" }')
    here = app(tmp_path, {
        "workspace/mocks/site.toml": text,
        "workspace/mocks/here/home.htm": "home", "workspace/mocks/here/a.txt": "a",
    })  # fmt: skip
    assert [get(here, target).body for target in ("/", "/a.txt", "/home.htm")] == [b"home", b"a", b"home"]


def test_other_mocks_and_other_answers_stand_in_for_what_is_not_there(tmp_path: Path) -> None:
    spa = '[request]\npath = "/app"\n[[responses]]\nfolder = "public"\n'
    spa += '[[responses]]\nbody_file = "../public/index.html"\n'
    here = app(tmp_path, {
        "workspace/mocks/spa.toml": spa,
        "workspace/mocks/any.toml": '[request]\npath = "/*rest"\n[response]\nstatus = 418\n',
    })  # fmt: skip
    assert get(here, "/app/users/7").body == b"<h1>home</h1>"
    assert get(here, "/app/logo.png").body == bytes(range(256))
    assert get(here, "/site/nothing").status == 418


def test_headers_guards_and_preferences_hold(tmp_path: Path) -> None:
    text = '[request]\npath = "/site"\n[guard]\nauth.bearer = "t"\n[response]\nfolder = "public"\n'
    text += 'headers.Cache-Control = "max-age=60"\nheaders.X-File = "{{ request.params.path | default(\'\') }}"\n'
    here = app(tmp_path, {"workspace/mocks/site.toml": text})
    assert get(here, "/site/index.html").status == 401
    found = get(here, "/site/docs/", authorization="Bearer t")
    assert (header(found, "cache-control"), header(found, "x-file")) == ("max-age=60", "docs/")
    assert get(here, "/site/nothing", authorization="Bearer t", prefer="code=200").status == 404


def test_it_follows_the_disk(tmp_path: Path) -> None:
    root = plant(tmp_path, TREE)
    service = Service(Options(workspace=str(root)), time.time_ns)
    here = MockApp(service, time.time_ns, time.perf_counter_ns, None)
    plant(root, {"workspace/public/new.txt": "new", "workspace/public/docs/index.html": "other docs"})
    service.rescan(["workspace/public/new.txt", "workspace/public/docs/index.html"])
    assert [get(here, target).body for target in ("/site/new.txt", "/site/docs/")] == [b"new", b"other docs"]
    (root / "workspace/public/new.txt").unlink()
    service.rescan()
    assert get(here, "/site/new.txt").status == 404
    again = load(root, before=service.catalog)
    assert again.units["workspace/mocks/site"] is service.catalog.units["workspace/mocks/site"]
