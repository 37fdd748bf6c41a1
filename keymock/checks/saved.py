"""What is wrong with saved requests and environments: names that lead nowhere, files that are missing, secrets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec
from msgspec import UNSET

from keymock import redaction, saved
from keymock.catalog.library import Library, SavedEnvironment, SavedRequest
from keymock.document import KeyPath, Parsed, problem_at
from keymock.index import BodyFault
from keymock.index.headers import faults as header_faults
from keymock.preparing import prepare
from keymock.preparing.addresses import parameters
from keymock.problems import Problem, Severity, Stop, did_you_mean
from keymock.redaction import SecretNames
from keymock.template import has_template
from keymock.template.errors import Refused
from keymock.variables import Level, Outside, Variables, reasons, reserved

STAND_IN = "stand-in"
"""In the place of a secret, a process variable, a captured value: none of them is known here."""
_OF_STAND_INS = frozenset({"bad-header", "bad-url", "bad-value", "template-failed"})
"""What can come of a stand-in, and is then no fault of the file."""
_PLACEHOLDER = re.compile(r"<[^<>]*>|redacted.*|x{3,}|\*{3,}|change-?me|\.{3}|…", re.IGNORECASE)


def problems(library: Library) -> list[Problem]:
    """All problems of what is saved, as far as the actor sees it, by place."""
    found: dict[Problem, None] = {}
    spaces = dict.fromkeys(["workspace", *(f"projects/{name}" for name in sorted(library.catalog.projects))])
    captured = set(_captured(library))
    names = library.catalog.settings.redact.names
    for request in library.requests.values():
        found |= dict.fromkeys(_of_request(library, request, captured))
    for environment in library.environments:
        found |= dict.fromkeys(_of_environment(environment, names))
    found |= dict.fromkeys(_of_variables(library, spaces, captured))
    for level in _settings(library, spaces):
        found |= dict.fromkeys((*reserved(level), *_secrets_of(level, names)))
    return sorted(found)


# ---- requests ----------------------------------------------------------------------------------------------------


def _of_request(library: Library, found: SavedRequest, captured: Iterable[str]) -> Iterator[Problem]:
    yield from found.problems
    request, place = found.request, found.place
    if request is None or found.problems:
        return
    for fault in header_faults(request.headers):
        if fault.code != "own-header":
            yield place.problem(("headers", fault.name), fault.code, fault.message, fault.hint, part="key")
    yield from _of_examples(library, found, request)
    names = parameters("" if request.url is UNSET else request.url)
    for name in request.params:
        if name not in names:
            hint = did_you_mean(name, names) or "write it into the path as :" + name
            unused = place.problem(
                ("params", name), "unused-param", f"the path has no parameter `{name}`", hint, part="key"
            )
            yield msgspec.structs.replace(unused, severity="warning")
    yield from _unsendable(library, found, request, captured)
    if not found.item.owner:
        yield from _secrets_in_request(found, request)


def _of_examples(library: Library, found: SavedRequest, request: saved.Request) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, example in enumerate(request.examples):
        where = ("examples", number)
        if example.name in seen:
            message = f"there are two examples `{example.name}`"
            yield found.place.problem((*where, "name"), "duplicate-example", message, "call one of them otherwise")
        seen.add(example.name)
        given = [key for key in example.BODY_KEYS if getattr(example, key) is not UNSET]
        if len(given) > 1:
            message = f"an example has one body, and `{given[0]}` and `{given[1]}` are two"
            yield found.place.problem((*where, given[1]), "two-bodies", message, "keep one of them", part="key")
        if isinstance(example.body_file, str):
            try:
                library.beside(example.body_file, found.item, found.place.over.path if found.place.over else "")
            except BodyFault as fault:
                yield found.place.problem((*where, "body_file"), fault.code, fault.message, fault.hint)


def _unsendable(
    library: Library, found: SavedRequest, request: saved.Request, captured: Iterable[str]
) -> Iterator[Problem]:
    """Why it could be sent in no environment; nothing, if it could in one."""
    over = found.place.over.path if found.place.over is not None else ""
    told: list[Problem] = []
    for name in library.names(found.item.space) or [""]:
        variables = _variables(library, found.item.space, name, captured)
        try:
            prepare(request, found.place, variables, lambda file: library.beside(file, found.item, over))
        except Stop as stop:
            problem = stop.problems[0]
            if problem.code in _OF_STAND_INS and has_template(problem.excerpt):
                return
            told.append(problem)
        else:
            return
    yield from told[:1]


def _secrets_in_request(found: SavedRequest, request: saved.Request) -> Iterator[Problem]:
    own = found.place.own
    if own is None:
        return
    for where, text in _texts({key: value for key, value in own.tables.items() if key != "examples"}, ()):
        if redaction.text(text) != text:
            yield _committed(own, where, "this looks like a secret, and would be committed")
    auth = own.tables.get("auth", {})
    for where, text in _texts(auth if request.auth is not UNSET else {}, ("auth",)):
        secret = where[-1] in ("password", "bearer", "client_secret", "value")
        if secret and text and not has_template(text) and not _PLACEHOLDER.fullmatch(text):
            message = f"`{where[-1]}` stands here as it is, and would be committed"
            yield _committed(own, where, message, "warning")


# ---- environments ------------------------------------------------------------------------------------------------


def _of_environment(environment: SavedEnvironment, names: SecretNames) -> Iterator[Problem]:
    yield from environment.parsed.problems
    level = Level(environment.name, environment.values, environment.parsed)
    yield from reserved(level)
    if not environment.item.owner:
        yield from _secrets_of(level, names)


def _secrets_of(level: Level, names: SecretNames) -> Iterator[Problem]:
    """Values of a committed file that are secrets, by their names or their shapes."""
    source = level.source
    if not isinstance(source, Parsed):
        return
    for where, text in _texts(level.values, ()):
        named = any(isinstance(key, str) and names.key(key) for key in where)
        if not text or has_template(text) or _PLACEHOLDER.fullmatch(text):
            continue
        if named or redaction.text(text) != text:
            yield _committed(source, (*level.within, *where), "a secret must not stand in a file that is committed")


def _committed(source: Parsed[Any], where: KeyPath, message: str, severity: Severity = "error") -> Problem:
    """A secret that is committed; the line itself is not shown."""
    problem = problem_at(source, where, "committed-secret", message, _HINT, severity)
    return msgspec.structs.replace(problem, excerpt="")


_HINT = 'write "{{ secret.NAME }}", and keep the value where only you read it: docs/requests.md'


def _of_variables(library: Library, spaces: Iterable[str], captured: Iterable[str]) -> Iterator[Problem]:
    """Variables that come to nothing in every space that has them."""
    tried: dict[tuple[str, str], list[Problem | None]] = {}
    for space in spaces:
        for name in library.names(space) or [""]:
            for reason in reasons(_variables(library, space, name, captured)):
                soft = reason.problem is not None and reason.problem.code == "template-failed"
                tried.setdefault((reason.name, reason.given[0].place), []).append(None if soft else reason.problem)
    for told in tried.values():
        if told[0] is not None and all(told):
            yield told[0]


def _settings(library: Library, spaces: Iterable[str]) -> Iterator[Level]:
    for space in spaces:
        yield from (level for level in library.levels(space, "") if level.within)


# ---- what is not known here --------------------------------------------------------------------------------------


def _variables(library: Library, space: str, environment: str, captured: Iterable[str]) -> Variables:
    def target_url(project: str) -> str:
        if project and project not in library.catalog.projects:
            known = sorted(library.catalog.projects)
            raise Refused(f"there is no project `{project}`", did_you_mean(project, known))
        return "http://localhost"

    others = {
        name: frozenset(key for level in library.levels(space, name) for key in level.values)
        for name in library.names(space)
    }
    outside = Outside(
        now=0.0, env=_Anything(), secret=lambda _name: STAND_IN, target_url=target_url, environments=others
    )
    levels = library.levels(space, environment)
    known = {name for level in levels for name in level.values}
    stand_ins = {name: _Whatever() for name in captured if name not in known}
    return Variables([*levels, Level("a flow", stand_ins, literal=True)], outside)


class _Anything(dict[str, str]):
    """Process variables: which of them are set is not the repository's business."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> str:
        return STAND_IN


class _Whatever(dict[str, Any]):
    """What a step gives: it has whatever is asked for."""

    def __missing__(self, name: str) -> Any:
        return _Whatever()


def _captured(library: Library) -> Iterator[str]:
    """Names that flows give values to: what steps capture, their own variables, what they loop over, their steps."""
    for flow in library.flows:
        yield from _keys_below(flow.tables)


def _keys_below(value: Any, within: str = "") -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _keys_below(each, within)
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if within in ("capture", "variables", "for_each"):
                yield key
            elif key == "id" and isinstance(inner, str):
                yield inner
            yield from _keys_below(inner, key)


def _texts(value: Any, where: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    """Every text of a tree, with the keys that lead to it."""
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts(inner, (*where, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _texts(inner, (*where, number))
