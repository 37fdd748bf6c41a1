"""`keymock request new --from journal:N`: an exchange that a running server remembers, about to be a saved request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from keymock.commands.calling import Calling
from keymock.commands.seen import Seen
from keymock.commands.servers import client_of
from keymock.journal.asked import secrets_of, tables_of
from keymock.layout import project_of
from keymock.problems import Stop, error

CALLED = "keymock request new"


class Recalled(NamedTuple):
    """An entry as the journal shows it. `space` is whose request it was, empty if nothing tells; `path` is below it."""

    entry: dict[str, Any]
    space: str
    path: str

    def tables(self, calling: Calling, space: str) -> dict[str, Any]:
        """The tables, but for a body that is a file; `{{ base_url }}` stands in front if the environment has one."""
        base = "base_url" if "base_url" in calling.variables(space).names else "target_url"
        return tables_of(self.entry, f"{{{{ {base} }}}}", self.path)[0]

    def with_body(self, tables: dict[str, Any], file: str) -> tuple[dict[str, Any], dict[str, bytes]]:
        """The tables with the name of the body's file, and that file, if it is to have one."""
        _, body, extension = tables_of(self.entry, "", self.path)
        if not body:
            return tables, {}
        name = f"{file.removesuffix('.toml')}.body.{extension}"
        return {**tables, "body_file": name.rpartition("/")[2]}, {name: body}

    def notes(self, calling: Calling, tables: dict[str, Any]) -> Iterator[str]:
        """What is missing for it to be sent."""
        request = self.entry["request"]
        told = dict(request["headers"])
        came = told.get("content-length", "0") != "0" or "transfer-encoding" in told
        if came and not {"body", "body_base64"} & request.keys():
            yield "its body was not kept: keymock up --journal-bodies keeps all of them"
        needs = sorted(set(secrets_of(tables)))
        if needs:
            yield f"it needs {', '.join(f'secret.{each}' for each in needs)}: {calling.secrets.keeping}"


def recall(seen: Seen, origin: str, more: Sequence[str]) -> Recalled:
    """What `--from journal:N` means; `more` are words beside it, for which there is no place. Raises Stop."""
    kind, _, number = origin.partition(":")
    if more:
        raise _wrong(f"--from says all of it, so `{more[0]}` has no place", "change the request afterwards")
    if kind != "journal" or not number.isdecimal():
        raise _wrong(f"`--from {origin}` names no exchange", "--from journal:17; which there are: keymock journal")
    entry = client_of(seen.invocation, "").entry(int(number))
    host = next((value for name, value in entry["request"].get("headers", ()) if name == "host"), "")
    called = host.partition(":")[0].removesuffix(".localhost")
    space = entry["mock"].rpartition("@")[2].partition("/mocks/")[0].partition("#")[0] if entry["mock"] else ""
    project = project_of(space) or (called if called in seen.projects else "")
    path = str(entry["path"])
    known = seen.catalog.projects.get(project)
    mount = known.mount.rstrip("/") if known is not None and called != project else ""
    if mount and f"{path}/".startswith(f"{mount}/"):
        path = path.removeprefix(mount) or "/"
    return Recalled(entry, f"projects/{project}" if project else space, path)


def free(seen: Seen, file: str) -> str:
    """The same file under a name that no request has yet."""
    layout, stem = seen.catalog.tree.layout, file.removesuffix(".toml")
    number, found = 2, file
    while seen.workspace.tree.stamp(layout.file_of(found)) is not None:
        found, number = f"{stem}-{number}.toml", number + 1
    return found


def _wrong(message: str, hint: str) -> Stop:
    return Stop(error(CALLED, "usage", message, hint=hint))
