"""`keymock export openapi`: the mocks as an OpenAPI document."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import click

from keymock.commands.invocation import Invocation
from keymock.commands.printing import counted, put_json, remark
from keymock.commands.seen import Seen, look
from keymock.commands.servers import client_of
from keymock.commands.verb import Word, verb
from keymock.describing import yaml
from keymock.describing.document import Described, Mounted, described
from keymock.describing.exchanges import Exchange, exchanges
from keymock.problems import Stop, did_you_mean, error
from keymock.serve.options import Options
from keymock.serve.service import Service

CALLED = "keymock export openapi"
MOST_ENTRIES = 10_000
SHOWN = 20


@verb(
    "export openapi",
    examples=(
        "keymock export openapi > openapi.yaml                  every mock, beneath the mounts of the projects",
        "keymock export openapi --project shop --format json    the mocks of one project",
        "keymock export openapi --from journal                  with what a running server was asked, and answered",
        "keymock export openapi --project shop > openapi.yaml && keymock up openapi.yaml",
    ),
)
@click.option("--project", default="", metavar="P", help="The mocks of one project; else all, beneath their mounts.")
@click.option(
    "--format", "form", type=Word(("yaml", "json")), default="yaml", show_default=True, help="How to write it."
)
@click.option("--from", "origin", type=Word(("mocks", "journal")), default="mocks", show_default=True,
              help="journal: with parameters, bodies and answers that a running server has seen.")  # fmt: skip
@click.option(
    "--title", default="", metavar="TEXT", help="What the API is called; else as the project or workspace is."
)
@click.option("--server", "servers", multiple=True, metavar="URL", help="Where it answers; repeatable.")
def command(invocation: Invocation, project: str, form: str, origin: str, title: str, servers: tuple[str, ...]) -> int:
    """Print an OpenAPI 3.1 document of the mocks that everybody shares and you may use.

    Mocks of one method and path are one operation. Patterns become typed parameters; what mocks ask for becomes
    parameters, request bodies and security; answers become responses, with examples and a schema that all of them fit.
    What OpenAPI has no words for (a path by regular expression, a WebSocket, a host) is named on standard error.
    Private mocks, and those that you may not use, are no part of it.
    """
    seen = look(invocation)
    if project and project not in seen.projects:
        hint = did_you_mean(project, seen.projects)
        raise Stop(error(CALLED, "no-such-project", f"there is no project `{project}`", hint=hint))
    learned: list[Exchange] = []
    if origin == "journal":
        entries = client_of(invocation, "").journal(limit=MOST_ENTRIES)
        learned = list(exchanges(_placed(seen, entries, project)))
    made = described(_mocks(seen, project), title or _title(seen, project), _servers(seen, project, servers), learned)
    if not made.document["paths"]:
        where = f"the project `{project}` has" if project else "there is"
        raise Stop(error(CALLED, "nothing-to-export", f"{where} no mock that can be told in OpenAPI",
                         hint="\n  ".join(f"{mock}: {why}" for mock, why in made.notes[:SHOWN])))  # fmt: skip
    if invocation.json:
        notes = [{"mock": mock, "note": why} for mock, why in made.notes]
        put_json({"files": [], "notes": notes, "document": made.document})
        return 0
    written = json.dumps(made.document, indent=2, ensure_ascii=False) + "\n" if form == "json" else None
    print(written if written is not None else yaml.dumps(made.document), end="")
    _tell(invocation, made)
    return 0


def _mocks(seen: Seen, project: str) -> Iterator[Mounted]:
    """The shared mocks that the actor may use, overlays and contracts apart."""
    options = Options(workspace=str(seen.root), actor=seen.actor.name, private=False)
    shared = Service(options, time.time_ns)
    for route in shared.world.views.routes.values():
        inside = route.space.removeprefix("projects/") if route.space.startswith("projects/") else ""
        usable = shared.rights.may("use", f"{route.id.partition('#')[0]}.toml")
        if route.contract or not route.enabled or not usable or (project and inside != project):
            continue
        yield Mounted(route, "" if project else _mount(seen, inside))


def _mount(seen: Seen, project: str) -> str:
    address = seen.catalog.addresses.get(project)
    return address.mount.rstrip("/") if project and address is not None else ""


def _title(seen: Seen, project: str) -> str:
    settings = seen.catalog.projects.get(project)
    return (settings.name or project if settings is not None else seen.catalog.settings.name) or "Mocks"


def _servers(seen: Seen, project: str, given: Iterable[str]) -> list[dict[str, str]]:
    """Where the mocks answer; of a project the real API too, at each of its addresses."""
    named = [{"url": url} for url in given]
    if named:
        return named
    found = [{"url": f"http://localhost:{seen.catalog.settings.port}{_mount(seen, project)}", "description": "mocks"}]
    settings = seen.catalog.projects.get(project)
    upstream = settings.upstream if settings is not None else None
    urls: Mapping[str, str] = getattr(upstream, "urls", {})
    return [*found, *({"url": url.rstrip("/"), "description": name} for name, url in sorted(urls.items()))]


def _placed(seen: Seen, entries: Iterable[Mapping[str, Any]], project: str) -> Iterator[Mapping[str, Any]]:
    """The exchanges of a project, or all of them, by their paths in the document: below the mount, or with it."""
    for entry in entries:
        host = next((value for name, value in entry["request"]["headers"] if name.lower() == "host"), "")
        own = host.partition(":")[0].removesuffix(".localhost") if ".localhost" in host else ""
        path, mount = entry["path"], _mount(seen, project or own)
        if project and own != project:
            if own or not f"{path}/".startswith(f"{mount}/"):
                continue
            path = path.removeprefix(mount) or "/"
        elif own and not project:
            path = mount + path
        mock = (entry["mock"] or "").rpartition("@")[2]
        yield {**entry, "path": path, "mock": mock}


def _tell(invocation: Invocation, made: Described) -> None:
    for mock, why in made.notes[:SHOWN]:
        remark(invocation, f"note  {mock}: {why}")
    if made.notes[SHOWN:]:
        remark(invocation, f"      and {len(made.notes) - SHOWN} more: --json lists all")
    operations = sum(len(each) for each in made.document["paths"].values())
    remark(invocation, f"{counted(operations, 'operation')} of {counted(len(made.document['paths']), 'path')}")
