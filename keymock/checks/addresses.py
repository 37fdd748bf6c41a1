"""Where projects answer: an address that two of them claim, a mount that no request can have."""

from __future__ import annotations

from collections.abc import Iterator

from keymock.checks.served import Served
from keymock.index import Address
from keymock.index.views import prefix
from keymock.problems import Problem, error, warning


def check(served: Served) -> Iterator[Problem]:
    """`address-twice` for a `host` or a `port` of two projects, `bad-mount` for a mount that is never reached."""
    owners: dict[str, str] = {}
    for project, address in served.addresses.items():
        file = served.layout.folder_of(f"projects/{project}") + "/project.toml"
        for claim in _claims(address):
            owner = owners.setdefault(claim, project)
            if owner != project:
                message = f"{claim} is the address of the project `{owner}` already"
                hint = "give one of them another; every project also answers at <project>.localhost"
                yield error(file, "address-twice", message, hint=hint)
        if {".", "..", ""} & set(prefix(address.mount)):
            message = f"no request has a path under the mount `{address.mount}`"
            yield warning(file, "bad-mount", message, hint="write it like `/shop`")


def _claims(address: Address) -> list[str]:
    return [f"host {address.host}"] * bool(address.host) + [f"port {address.port}"] * bool(address.port)
