"""A mock's document → a Route, with every fault of it named. All faults at once; a Route only if there is none."""

from __future__ import annotations

import msgspec
from msgspec import UNSET

from keymock import match
from keymock.index.answering import Owner, answer_of
from keymock.index.calling import hooks_of
from keymock.index.folder import mounted, serves_folder
from keymock.index.report import Bodies, Context, KeyPath, Noting, Report, conditions_of
from keymock.index.resource import paths_of, routes_of
from keymock.index.route import ANY, Answer, Barrier, Route
from keymock.index.talking import plan_of
from keymock.layout import Item, Scope
from keymock.match.moment import in_state
from keymock.pattern import Pattern, PatternError, from_regex
from keymock.pattern import parse as parse_path
from keymock.spec import Guard, Mock, PathRegex, Response
from keymock.template import Names, TemplateError, compile_json


def compile_mock(
    mock: Mock,
    item: Item,
    context: Context,
    bodies: Bodies,
    report: Report,
    *,
    line: int = 0,
    scope: Scope | None = None,
    operation: str = "",
) -> tuple[Route, ...]:
    """The routes of a mock: one, or none after at least one report of an error.

    `mock` has its overlay laid on; `report` knows which file each key came from. `line` is where the mock begins in
    its file, `scope` whose it is if not its file's, `operation` what it answers of a contract.
    """
    note = Noting(report)
    patterns = _patterns(mock, context.base_path, note)
    if serves_folder(mock):
        patterns = mounted(patterns, note)
    methods = _methods(mock, note)
    conditions = _conditions(mock, item, bodies, note)
    scenario = mock.scenario.name if mock.scenario is not UNSET else ""
    name = item.id
    owner = Owner(
        name, item.space, scenario, patterns, env=context.env, vars=context.vars, prefixes=context.prefixes,
        methods=methods if mock.data is UNSET else (ANY,),
        paths=patterns if mock.data is UNSET else paths_of(mock.data, context),
    )  # fmt: skip
    answers = _answers(mock, owner, context, bodies, note)
    barrier = _barrier(mock, owner, context, bodies, note)
    _without_effect(mock, note)
    plan = plan_of(mock.websocket, owner.names, bodies, note, owner.takes) if mock.websocket is not UNSET else None
    hooks = hooks_of(mock, owner, bodies, note) if mock.webhooks else ()
    if plan is not None and not {"GET", ANY} & set(methods):
        note(("request", "method"), "bad-method", "a WebSocket is asked for by GET", "leave `method` out")
    if note.failed():
        return ()
    route = Route(
        id=name,
        file=item.file,
        line=line,
        name=mock.name,
        space=item.space,
        scope=scope or item.scope,
        methods=methods,
        patterns=patterns,
        priority=mock.priority,
        conditions=conditions,
        count=match.count(conditions) if conditions else 0,
        answers=answers,
        cors=context.cors,
        validate=context.validate,
        enabled=mock.enabled,
        tags=tuple(mock.tags),
        barrier=barrier,
        select=mock.select,
        at_end=mock.at_end,
        scenario=scenario,
        sets=mock.scenario.sets if mock.scenario is not UNSET and mock.scenario.sets is not UNSET else "",
        websocket=plan,
        webhooks=hooks,
        operation=operation,
    )
    if mock.data is UNSET:
        return (route,)
    _only_around(mock, note)
    routes = routes_of(route, mock.data, context, bodies, note)
    return () if note.failed() else routes


def _without_effect(mock: Mock, note: Report) -> None:
    """Keys that nothing comes of where they stand: somebody believes that they do something."""
    if mock.data is not UNSET:
        for key in ("path", "method"):
            if getattr(mock.request, key) != getattr(_NO_REQUEST, key):
                hint = 'write `path = "/…"` under [data]' if key == "path" else "its methods are those of records"
                note(("request", key), "no-effect", "a resource has routes of its own", hint, "warning")
    if mock.select != "random":
        for number, variant in enumerate(mock.responses):
            if variant.weight != 1:
                hint = 'write `select = "random"` above the first table'
                message = "`weight` counts only where one of the responses is drawn"
                note(("responses", number, "weight"), "no-effect", message, hint, "warning")
    if mock.at_end != "stay" and mock.select != "sequence":
        hint = 'write `select = "sequence"` beside it'
        note(("at_end",), "no-effect", "`at_end` is what a sequence does after its last response", hint, "warning")
    if mock.select != "rules" and not mock.responses:
        note(("select",), "no-effect", "there is nothing to select from", "write several [[responses]]", "warning")


_NO_REQUEST = Mock().request


def _only_around(mock: Mock, note: Report) -> None:
    """Records are the body of a resource: of its `[response]`, only what lies around a body is heard."""
    if mock.responses:
        note(("responses",), "two-bodies", "a resource answers with its records, so it has no [[responses]]")
    given = [key for key in (*Response.BODY_KEYS, "status") if getattr(mock.response, key, UNSET) is not UNSET]
    if mock.response is not UNSET and given:
        hint = "headers, delays, faults and limits can stand here"
        note(("response", given[0]), "two-bodies", "a resource answers with its records", hint)


def _patterns(mock: Mock, base_path: str, note: Report) -> tuple[Pattern, ...]:
    path = mock.request.path
    if mock.data is not UNSET:
        return ()  # a resource has paths of its own
    if path is UNSET:
        note(("request",), "no-path", "the mock has no path", 'add `path = "/…"` under [request]')
        return ()
    if isinstance(path, PathRegex):
        try:
            return (from_regex(path.regex, base_path=base_path),)
        except PatternError as fault:
            note(("request", "path", "regex"), "bad-path", str(fault), fault.hint, part="value", character=fault.offset)
            return ()
    found: list[Pattern] = []
    spellings = path if isinstance(path, list) else [path]
    if not spellings:
        note(("request", "path"), "no-path", "`path` is an empty list")
    for number, text in enumerate(spellings):
        where: KeyPath = ("request", "path", number) if isinstance(path, list) else ("request", "path")
        try:
            found += parse_path(text, base_path=base_path)
        except PatternError as fault:
            note(where, "bad-path", str(fault), fault.hint, part="value", character=fault.offset)
    return tuple(found)


_USUAL = ("GET", "POST", "PUT", "PATCH", "DELETE")


def _methods(mock: Mock, note: Report) -> tuple[str, ...]:
    given = mock.request.method
    if given in _USUAL:
        return (given,)
    methods = given if isinstance(given, list) else [given]
    if not methods:
        note(("request", "method"), "bad-method", "`method` is an empty list", 'leave it out for GET, or use "*"')
    for number, method in enumerate(methods):
        if method in ("TRACE", "CONNECT"):
            where: KeyPath = ("request", "method", number) if isinstance(given, list) else ("request", "method")
            note(where, "bad-method", f"{method} is never answered by a mock", "the server refuses it")
    return (ANY,) if ANY in methods else tuple(dict.fromkeys(methods))


def _conditions(mock: Mock, item: Item, bodies: Bodies, note: Report) -> tuple[match.Condition, ...]:
    found = conditions_of(mock.request, ("request",), bodies, note)
    if mock.scenario is UNSET or mock.scenario.requires is UNSET:
        return found
    return (*found, in_state(item.space, mock.scenario.name, mock.scenario.requires))


def _answers(mock: Mock, owner: Owner, context: Context, bodies: Bodies, note: Report) -> tuple[Answer, ...]:
    base = mock.response if mock.response is not UNSET else Response()
    if mock.websocket is not UNSET and base == Response():
        base = _UPGRADE
    if not mock.responses:
        return (answer_of(("response",), base, None, owner, context, bodies, note),)
    seen: set[str] = set()
    for number, variant in enumerate(mock.responses):
        if variant.name and variant.name in seen:
            note(("responses", number, "name"), "two-variants", f"two responses are called `{variant.name}`")
        seen.add(variant.name)
    return tuple(
        answer_of(("responses", number), variant, base, owner, context, bodies, note)
        for number, variant in enumerate(mock.responses)
    )


_UPGRADE = Response(status=426, body="This is a WebSocket: connect to it by ws:// or wss://.\n")
"""What a mock with `[websocket]` answers to plain HTTP, unless it says something else."""


def _barrier(mock: Mock, owner: Owner, context: Context, bodies: Bodies, note: Report) -> Barrier | None:
    """The mock's own guard, else that of its folder; `guard = false` is none."""
    guard = mock.guard if mock.guard is not UNSET else context.guard
    if not isinstance(guard, Guard):
        return None
    otherwise = answer_of(("guard", "else"), guard.otherwise, None, owner, context, bodies, note)
    tables = msgspec.to_builtins(msgspec.structs.replace(guard, otherwise=Response()))
    tables.pop("else", None)
    try:
        live = compile_json(tables, Names(request=False)).templates
    except TemplateError as fault:
        hint = fault.hint or "a guard may use `state` and `vars`"
        note(("guard", *fault.path), fault.code, fault.message, hint, part="value", character=fault.offset)
        return None
    if live:
        return Barrier(otherwise, live=msgspec.msgpack.encode(tables))
    wanted = match.Conditions(auth=guard.auth, headers=guard.headers, query=guard.query, cookies=guard.cookies)
    return Barrier(otherwise, conditions_of(wanted, ("guard",), bodies, note))
