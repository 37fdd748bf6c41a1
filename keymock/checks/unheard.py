"""Recordings that settings name, and nobody draws from: the delay that they promise never comes."""

from __future__ import annotations

from collections.abc import Iterator

from keymock import faults
from keymock.catalog import Catalog
from keymock.catalog.recorded import Document, placed
from keymock.document import KeyPath
from keymock.index import Route
from keymock.problems import Problem, warning
from keymock.recordings import Recorded


def check(catalog: Catalog) -> Iterator[Problem]:
    """`nothing-recorded`: defaults, or a fault profile, whose recording has no exchange of any mock beneath them.

    What rights hide counts too: a recording is not useless because its reader sees little.
    """
    if not catalog.recordings:
        return
    routes = [route for route in catalog.routes.values() if route.enabled]
    heard = {source for route in routes for source in _sources(route)}
    profiled = catalog.profiled
    for owner, where, recorded in _named(catalog):
        if where[0] == "faults":
            profile = catalog.settings.faults[str(where[1])]
            wait = faults.Wait("recorded", of=recorded)
            covered = [route for route in routes if faults.covers(profile, route.id)]
            if any(profiled.of_mock(wait, route) != faults.NO_WAIT for route in covered):
                continue
        elif recorded.file in heard:
            continue
        key = ".".join(map(str, where[:-1]))
        message = f"`{key}`: {recorded.file} has no exchange of any mock beneath, so nothing waits"
        hint = "it counts whose method and path a mock would take; name others by `url` and `method`"
        yield warning(owner, "nothing-recorded", message, hint=hint)


def _sources(route: Route) -> Iterator[str]:
    for answer in route.answers:
        yield from (answer.play.wait.source, answer.play.first_byte.source, answer.play.pace.spread.source)


def _named(catalog: Catalog) -> Iterator[tuple[str, KeyPath, Recorded]]:
    """Every recording of settings that is there: whose, at which key, which."""
    folders, contexts = catalog.tree.layout.projects, catalog.contexts
    yield from _of("keymock.toml", catalog.settings)
    for name, project in catalog.projects.items():
        yield from _of(f"{folders[name]}/project.toml", project)
    for folder, defaults in contexts.defaults.items():
        yield from _of(f"{folder}/_defaults.toml", defaults)


def _of(owner: str, given: Document) -> list[tuple[str, KeyPath, Recorded]]:
    found: list[tuple[str, KeyPath, Recorded]] = []

    def see(recorded: Recorded, where: KeyPath) -> Recorded:
        found.append((owner, where, recorded))
        return recorded

    placed(given, see)
    return found
