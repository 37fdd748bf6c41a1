"""A tree of files in a temporary folder, and what it answers: for the tests of the rooms that stand above the index."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from keymock import roles
from keymock.catalog import Catalog
from keymock.engine import World, answer
from keymock.exchange import Malformed, Reply, Request, split_host
from keymock.index import Views
from keymock.workspace import Workspace


def plant(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Writes the files, folders and all."""
    for name, content in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def mock(path: str, request: str = "", top: str = "", response: str = "") -> str:
    """The text of a mock: its path, more keys of `[request]`, keys above the tables, keys of `[response]`."""
    return f'{top}\n[request]\npath = "{path}"\n{request}\n[response]\n{response}\n'


def load(root: Path, actor: str | None = None, before: Catalog | None = None) -> Catalog:
    """The tree as it is served: a file that broke keeps its last good version."""
    return Workspace(root, actor).load(before, keep_good=before is not None)


def world(catalog: Catalog, actor: str | None = None, only: str = "") -> World:
    """What answers to `actor`: the mocks that ROLES lets be seen."""
    rights = roles.Policy(catalog.policy).for_actor(actor)
    seen = {name: route for name, route in catalog.routes.items() if rights.may("see", f"{name}.toml")}
    return World(Views(seen, catalog.addresses, only))


def ask(
    here: World,
    target: str,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    *,
    method: str = "GET",
    host: str = "localhost",
) -> Reply:
    """The reply to a request whose target goes over the wire just as it is written."""
    path, _, query = target.partition("?")
    pairs = [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]
    name, port = split_host(host)
    request = Request(method, path.encode(), query.encode(), pairs, body, host=name, port=port)
    reply = answer(request, here)
    assert isinstance(reply, Reply)
    return reply


def told(reply: Reply) -> str | int:
    """The mock that answered, by the last part of its id; or the status of keymock's own answer."""
    return reply.mock.rpartition("/")[2] if reply.mock else reply.status


__all__ = ["Malformed", "ask", "load", "mock", "plant", "told", "world"]
