"""Mocks of one session alone: given as JSON, compiled like those of files, tried before all others.

Of two that are alike, those that answer only so often (`times`) come first, in the order in which they were given;
then the newest of the rest. So "fail once, then go on" is said by one override, or by two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from keymock import units
from keymock.exchange import Malformed
from keymock.index import Context, Cors, Route, compile_mock
from keymock.index.report import Sentences, Unfiled
from keymock.layout import Item, resolve_id, scope_of
from keymock.learned import learned
from keymock.problems import did_you_mean
from keymock.spec import Mock

MOST = 1_000
"""Overrides of one session."""


class Override(Mock, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys of a mock's file, and whom it stands for.

    `mock` is the mock whose requests it answers in its place (an id, or its end); without one, `path` is as the
    caller sends it, or beneath the mount of `project`.
    """

    mock: str = ""
    project: str = ""


def read(tables: object) -> Override:
    """An override from JSON. Raises Malformed, with the key that is wrong."""
    try:
        return msgspec.convert(tables, learned(Override), dec_hook=units.dec_hook)
    except msgspec.ValidationError as fault:
        reason, _, place = str(fault).partition(" - at `$")
        key = place.rstrip("`").removeprefix(".")
        raise Malformed(f"the override's `{key}`: {reason}" if key else f"the override: {reason}") from None


def compiled(
    given: Override, number: int, routes: Mapping[str, Route], cors: Cors, projects: Sequence[str]
) -> tuple[Route, ...]:
    """The routes of an override, the `number`th of its session. Raises Malformed for one that makes no sense."""
    base = _base(given.mock, routes) if given.mock else None
    if given.project and given.project not in projects:
        raise Malformed(f"there is no project `{given.project}` {did_you_mean(given.project, projects)}".rstrip())
    space = base.space if base is not None else f"projects/{given.project}" if given.project else "workspace"
    asked = given
    if base is not None:
        if given.request != type(given.request)():
            raise Malformed("the override has `mock` and `request`: one of them says what it takes")
        asked = msgspec.structs.replace(given, request=msgspec.structs.replace(given.request, path="/"))
    wrong = Sentences()
    name = _name(given, number, base)
    item = Item(f"{name} of the session", "mock", space, f"{name}.toml")
    own = compile_mock(asked, item, Context(cors=cors), Unfiled(), wrong)
    if wrong.faults or not own:
        raise Malformed("the override's " + ("; ".join(wrong.faults) or "mock cannot be read"))
    return tuple(_instead_of(base, route) if base is not None else route for route in own)


def without_twins(kept: Sequence[Route], come: Sequence[Route]) -> list[Route]:
    """The overrides so far, less those that new ones make pointless: alike, and without a limit both."""
    return [
        old for old in kept
        if not any(_alike(old, new) and not _limited(old) and not _limited(new) for new in come)
    ]  # fmt: skip


def _instead_of(base: Route, own: Route) -> Route:
    """An override that takes what another mock takes."""
    return msgspec.structs.replace(
        own, methods=base.methods, patterns=base.patterns, conditions=base.conditions, count=base.count,
        scope=scope_of(base.space), scenario=own.scenario or base.scenario, cors=base.cors, line=base.line,
    )  # fmt: skip


def _name(given: Override, number: int, base: Route | None) -> str:
    """Sorts so that overrides with a limit come first, in order: equal mocks are tried by their names."""
    limited = any(isinstance(variant.times, int) for variant in given.responses)
    name = f"override-{number:04}" if limited else f"override-always-{number:04}"
    return f"{name}@{base.id}" if base is not None else name


def _base(wanted: str, routes: Mapping[str, Route]) -> Route:
    found = resolve_id(wanted, routes)
    if len(found) == 1:
        return routes[found[0]]
    if found:
        raise Malformed(f"`{wanted}` is ambiguous: {', '.join(found[:5])}", code="ambiguous-name")
    tails = ("/".join(name.split("/")[-length:]) for name in routes for length in (1, 2))
    raise Malformed(
        f"there is no mock `{wanted[:100]}` {did_you_mean(wanted, [*tails, *routes])}".rstrip(), code="no-such-mock"
    )


def _alike(one: Route, other: Route) -> bool:
    return (one.methods, one.patterns, one.conditions, one.priority, one.space) == (
        other.methods, other.patterns, other.conditions, other.priority, other.space,
    )  # fmt: skip


def _limited(route: Route) -> bool:
    return any(answer.limited for answer in route.answers)
