"""A file of a folder that a mock serves, as it was asked for: the file, a redirect to the folder, or 304."""

from __future__ import annotations

from keymock.exchange import BodyFile, Reply, Request
from keymock.index.folder import PARAM
from keymock.index.route import Folder
from keymock.media import BINARY


def fill(made: Reply, folder: Folder, request: Request) -> None:
    """Makes a reply that of a folder. What a mock says itself of type and caching stands.

    Asked for what is not there, which only `Prefer` can do, it is an empty 404.
    """
    path = request.params.get(PARAM, "")
    if _is_folder(path, folder) and not request.raw_path.endswith(b"/"):
        made.status, made.body = 301, b""
        # Relative, so that it holds under a mount and under the base URL of a session too.
        made.headers.append((b"location", b"./" + request.raw_path.rpartition(b"/")[2] + b"/" + _query(request)))
        return
    file = folder.files.get(path)
    if file is None:
        made.status = 404
        return
    names = {name for name, _ in made.headers}
    for name, value in (("content-type", file.type or BINARY), ("etag", file.tag), ("cache-control", "no-cache")):
        if name.encode() not in names:
            made.headers.append((name.encode(), value.encode()))
    if made.status == 200 and _is_known(request, file.tag):
        made.status = 304
        made.headers = [pair for pair in made.headers if pair[0] != b"content-type"]
    elif isinstance(file.content, BodyFile):
        made.file = file.content
    else:
        made.body = file.content


def _is_folder(path: str, folder: Folder) -> bool:
    return f"{path}/" in folder.files if path else "" in folder.files


def _query(request: Request) -> bytes:
    return b"?" + request.query_string if request.query_string else b""


def _is_known(request: Request, tag: str) -> bool:
    """Whether If-None-Match names this version, weakly compared as RFC 9110 (13.1.2) has it."""
    known = [part.strip() for line in request.header_map.get("if-none-match", ()) for part in line.split(",")]
    return "*" in known or tag.removeprefix("W/") in {part.removeprefix("W/") for part in known}
