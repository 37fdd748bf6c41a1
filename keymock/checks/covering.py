"""Fault profiles that are for no mock at all: switched on, they do nothing."""

from __future__ import annotations

from collections.abc import Iterator

from keymock import faults
from keymock.catalog import Catalog
from keymock.checks.served import Served
from keymock.problems import Problem, nearest, warning


def check(served: Served, catalog: Catalog) -> Iterator[Problem]:
    """`covers-nothing`: each pattern under `on` that no mock fits, hidden ones and those that are off included.

    Only mocks that the reader sees are named.
    """
    profiles = catalog.settings.faults
    if not any(profile.on != ("**",) for profile in profiles.values()):
        return
    seen = [route.id for route in served.routes]
    mocks = [*catalog.routes, *(f"projects/{name}/" for name in catalog.projects)]  # the latter for what is passed on
    for name, profile in profiles.items():
        for pattern in profile.on:
            one = faults.Profile(on=(pattern,), delay="0ms")
            if not any(faults.covers(one, mock) for mock in mocks):
                message = f"`{pattern}` of the fault profile `{name}` is no mock's name"
                yield warning("keymock.toml", "covers-nothing", message, hint=_hint(pattern, seen))


def _hint(pattern: str, mocks: list[str]) -> str:
    plain = pattern.strip("/").partition("*")[0].rstrip("/")
    parts = [mock.split("/") for mock in mocks]
    folders = {"/".join(each[:length]) for each in parts for length in range(2, len(each) + 1)}
    longer = next((folder for folder in sorted(folders) if plain and folder.endswith(f"/{plain}")), "")
    near = longer or nearest(plain, folders)
    return (
        f"did you mean `{near}{'' if near in mocks else '/**'}`?"
        if near
        else "a pattern is like projects/shop/** or workspace/mocks/orders/*"
    )
