"""A file of a folder, as it was asked for."""

from __future__ import annotations

import pytest

from keymock.exchange import Reply, Request
from keymock.folders import fill
from keymock.index.route import File, Folder

FOLDER = Folder({"a.txt": File(b"a", "text/plain", 'W/"1"'), "b/": File(b"b", "text/html", '"2"')})


def filled(path: str, raw: bytes, headers: list[tuple[bytes, bytes]] | None = None) -> Reply:
    request = Request("GET", raw, b"", headers or [], b"")
    request.params = {"path": path}
    made = Reply(200, [])
    fill(made, FOLDER, request)
    return made


def test_a_file_has_type_tag_and_says_to_ask_again() -> None:
    made = filled("a.txt", b"/a.txt")
    assert (made.status, made.body) == (200, b"a")
    assert made.headers == [(b"content-type", b"text/plain"), (b"etag", b'W/"1"'), (b"cache-control", b"no-cache")]


def test_a_folder_wants_its_slash() -> None:
    assert (filled("b", b"/site/b").status, filled("b", b"/site/b").headers) == (301, [(b"location", b"./b/")])
    assert filled("b/", b"/site/b/").body == b"b"
    assert filled("", b"/site").status == 404


@pytest.mark.parametrize(
    ("said", "status"), [(b'"1"', 304), (b'W/"1"', 304), (b'"0", W/"1"', 304), (b"*", 304), (b'"2"', 200), (b"1", 200)]
)
def test_versions_are_compared_weakly(said: bytes, status: int) -> None:
    assert filled("a.txt", b"/a.txt", [(b"if-none-match", said)]).status == status
