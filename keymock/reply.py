"""A chosen answer → the reply: filled in, slowed down, broken as it says; and what it leaves behind in the session."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from keymock import events, faults, folders, match, webhooks
from keymock.chance import Chance
from keymock.exchange import Headers, Laying, Reply, Request, problem_reply
from keymock.faults import Bucket
from keymock.filling import OF_BODY, Compiled, Filling, Stores, compiled, store_of, values_of
from keymock.index import Answer, Route
from keymock.index.choice import names
from keymock.index.route import Barrier, Play, Resource, Start, Texts
from keymock.index.waiting import Profiled
from keymock.learned import learned
from keymock.state import Session
from keymock.template import ANYTHING, TemplateError, Values, compile_json
from keymock.websocket import Plan, Talk


def reads_body(play: Play) -> bool:
    """Whether the body of the request must have been read before the templates of an answer can be filled in."""
    if play.events is not None and not OF_BODY.isdisjoint(events.reads(play.events)):
        return True
    return play.texts is not None and _read_body(play.texts)


@functools.lru_cache(maxsize=4096)
def _read_body(texts: Texts) -> bool:
    return compiled(texts).reads_body


def reply(
    route: Route,
    answer: Answer,
    request: Request,
    session: Session,
    filling: Filling,
    *,
    moves: bool = True,
    templates: Compiled | None = None,
) -> Reply:
    """The reply that an answer makes to a request now. Counts the call; raises nothing.

    A template that fails makes a 500 problem, which names the mock's file. If the answer is given, and neither that
    nor a 429 is in its place, it `moves` what it moves. `templates` are the answer's, for a caller who has kept them.
    """
    chance = Chance(session.seed, session.name, route.id, session.called(route.id))
    play = answer.play
    headers = list(answer.headers)
    refused = _limited(play.bucket, route, request, session, headers) if play.bucket is not None else None
    if refused is not None:
        return refused
    made = Reply(answer.status, headers, answer.body, answer.file, mock=route.id, response=answer.name)
    if answer.folder is not None:
        folders.fill(made, answer.folder, request)
    if play.start is not None:
        made.laying = _laying(play.start, route)
    try:
        if play.texts is not None:
            values = values_of(route, request, session, filling, chance)
            play = _prepared(made, play, templates or compiled(play.texts), values)
        if play.events is not None:
            _tell(made, play.events, route, request, session, filling, chance)
    except TemplateError as fault:
        return failed(route, fault, play.texts)
    if moves:
        move(route, answer, session)
        if route.webhooks:
            made.calls = webhooks.calls(route, made, request, session, filling, chance)
    return _played(made, play, chance)


def _laying(start: Start, route: Route) -> Laying:
    """What is laid over the real API's answer, as far as it is no template."""
    laid = msgspec.msgpack.decode(start.laid) if start.laid else {}
    return Laying(start.status, frozenset(start.gone), laid, start.remove, where=f"{route.file}:{route.line}")


def _limited(bucket: Bucket, route: Route, request: Request, session: Session, headers: Headers) -> Reply | None:
    """The 429 of a caller whose bucket is empty; else None, and `headers` say what is left in it."""
    taken = session.take(
        route.id, faults.caller(bucket, request), size=bucket.size, per_second=bucket.per_second, now=request.now
    )
    if not taken[0]:
        return msgspec.structs.replace(faults.limited(bucket, taken[1]), mock=route.id, error="")
    headers += faults.allowance(bucket, taken)
    return None


def _played(made: Reply, play: Play, chance: Chance) -> Reply:
    """The reply, late, slow and broken as its play says."""
    wait, first = play.wait, play.first_byte  # a stream of draws is made for those alone that draw
    made.delay = wait.first if wait.shape == "fixed" else faults.seconds(wait, chance.stream("delay").float)
    first_byte = first.first if first.shape == "fixed" else faults.seconds(first, chance.stream("first_byte").float)
    pace = play.pace if play.pace == faults.AT_ONCE else faults.drawn(play.pace, chance.stream("throttle").float)
    if play.events is not None:
        (before, part), *rest = made.stream
        made.stream = ((first_byte + before, part), *rest)
    elif made.laying is not None:
        made.laying = msgspec.structs.replace(
            made.laying, pace=pace if pace != faults.AT_ONCE else None, first_byte=first_byte
        )
    elif first_byte or pace != faults.AT_ONCE:
        made.stream = faults.paced(made.body, pace, first_byte)
    if play.fault:
        made.fault = faults.strikes(play.fault, chance.call, chance.stream("fault").float)  # type: ignore[arg-type]
    return made


def resource_reply(
    resource: Resource, route: Route, answer: Answer, request: Request, session: Session, filling: Filling
) -> Reply:
    """What a resource over records says; it changes the session's own copy of them, and calls webhooks if it did."""
    from keymock import store  # noqa: PLC0415  (10 ms, and most workspaces have no records)

    chance = Chance(session.seed, session.name, route.id, session.called(route.id))
    space, play = route.space, answer.play
    headers = list(answer.headers)
    refused = _limited(play.bucket, route, request, session, headers) if play.bucket is not None else None
    if refused is not None:
        return refused
    own = store_of(resource, space, session)
    others = Stores(filling.resources, space, session)
    item = request.params.get(resource.item) if resource.item else None
    path = request.raw_path.decode("latin-1").rstrip("/")
    base = path.rpartition("/")[0] if resource.item else path
    said = {name: value for name, value in request.params.items() if name != resource.item}
    made = store.answer(
        own, request, item, chance.stream("template").uuid, base,
        others=others, upsert=resource.definition.upsert, said=said,
    )  # fmt: skip
    made.mock = route.id
    own_headers = {name for name, _ in made.headers}
    made.headers += [pair for pair in headers if pair[0] not in own_headers]
    if route.webhooks and made.status < 300 and request.method not in ("GET", "HEAD"):
        made.calls = webhooks.calls(route, made, request, session, filling, chance)
    return _played(made, play, chance)


def talk_reply(plan: Plan, route: Route, answer: Answer, request: Request, session: Session, filling: Filling) -> Reply:
    """The 101 to a client that asked for a WebSocket, and the talk that follows; or what `reply` would say in its
    place, a 429 or a 500. Counts the call, and moves what a reply moves.
    """
    chance = Chance(session.seed, session.name, route.id, session.called(route.id))
    play = answer.play
    refused = _limited(play.bucket, route, request, session, []) if play.bucket is not None else None
    if refused is not None:
        return refused
    try:
        if play.texts is not None:
            templates = compiled(play.texts)
            values = values_of(route, request, session, filling, chance)
            _capture(templates, values)
            play = _waits(play, templates, values)
    except TemplateError as fault:
        return failed(route, fault, play.texts)
    move(route, answer, session)

    def fill(own: Chance, now: float, more: Mapping[str, Any]) -> Values:
        values = values_of(route, request, session, filling, own)
        values.now, values.more = now, more
        return values

    made = Reply(101, [], mock=route.id, response=answer.name)
    made.talk = Talk(plan, request, chance, fill, f"{route.file}:{route.line}")
    made.delay = faults.seconds(play.wait, chance.stream("delay").float)
    if play.fault:
        made.fault = faults.strikes(play.fault, chance.call, chance.stream("fault").float)  # type: ignore[arg-type]
    return made


def session_of(request: Request) -> Session:
    """The session that a request belongs to; one of its own if nobody gave it any."""
    return request.session if isinstance(request.session, Session) else Session("", 0)


def trouble(route: Route, request: Request, profile: faults.Profile, profiled: Profiled) -> faults.Trouble | None:
    """What a fault profile does to the answer that is about to be given, its wait drawn. Changes nothing."""
    session = session_of(request)
    chance = Chance(session.seed, session.name, route.id, session.call(route.id))
    hit = faults.trouble(profile, route.id, "mock", chance.stream("profile").float)
    return _drawn(hit, chance, lambda wait: profiled.of_mock(wait, route))


def trouble_of_real(
    mock: str, request: Request, profile: faults.Profile, profiled: Profiled, route: Route | None = None
) -> faults.Trouble | None:
    """What a fault profile does to an answer of the real API, given in the place of a mock's; counts the call.

    `mock` is its id, and `route` the mock; the folder of the project, with the slash at its end, where no mock would
    have answered.
    """
    session = session_of(request)
    counted = f"{mock} real"
    chance = Chance(session.seed, session.name, counted, session.called(counted))
    hit = faults.trouble(profile, mock, "real", chance.stream("profile").float)
    if route is not None:
        return _drawn(hit, chance, lambda wait: profiled.of_mock(wait, route))
    return _drawn(hit, chance, lambda wait: profiled.of_path(wait, request.method, request.segments))


def _drawn(
    hit: faults.Trouble | None, chance: Chance, picked: Callable[[faults.Wait], faults.Wait]
) -> faults.Trouble | None:
    """The same, its wait drawn."""
    if hit is None:
        return None
    wait = faults.seconds(picked(hit.wait), chance.stream("profile-delay").float)
    return hit._replace(wait=faults.Wait("fixed", wait))


def in_its_place(hit: faults.Trouble, route: Route, request: Request) -> Reply:
    """The reply of a fault profile that keeps the mock from answering. Counts the call, and moves nothing."""
    session_of(request).called(route.id)
    made = problem_reply(hit.status, "fault", "A fault profile put this answer in the place of the mock's")
    made.mock, made.error = route.id, ""
    return made


def troubled(made: Reply, hit: faults.Trouble) -> Reply:
    """The reply with the delay and the fault of a profile."""
    made.delay += hit.wait.first
    made.fault = hit.kind or made.fault
    return made


def _prepared(made: Reply, play: Play, templates: Compiled, values: Values) -> Play:
    """Fills in what is a template, and returns the play with its waits. What is captured comes first, so that the
    answer can show it.
    """
    _capture(templates, values)
    fill_in(made, templates, values)
    if made.laying is not None:
        status = made.status if templates.status is not None else made.laying.status
        laid = templates.laid.render(values) if templates.laid is not None else made.laying.laid
        made.laying = msgspec.structs.replace(made.laying, status=status, laid=laid)
    return _waits(play, templates, values)


def _capture(templates: Compiled, values: Values) -> None:
    if templates.capture is not None:
        values.state.update(templates.capture.render(values))  # type: ignore[attr-defined]  # a dict of the session


def _waits(play: Play, templates: Compiled, values: Values) -> Play:
    """The play with the waits that are templates filled in. Raises TemplateError."""
    if templates.delay is not None:
        play = msgspec.structs.replace(play, wait=_wait(templates.delay.render(values), templates.delay.source))
    if templates.first_byte is not None:
        first_byte = _wait(templates.first_byte.render(values), templates.first_byte.source)
        play = msgspec.structs.replace(play, first_byte=first_byte)
    return play


def fill_in(made: Reply, templates: Compiled, values: Values) -> None:
    """Fills in status, headers and body. Raises TemplateError."""
    if templates.status is not None:
        made.rendered = True
        made.status = _status(templates.status.render(values), templates.status.source)
    if templates.headers:
        made.rendered = True
        made.headers += [(name, template.render(values).encode()) for name, template in templates.headers]
    if templates.text is not None:
        made.body = templates.text.render(values).encode()
    elif templates.json is not None:
        made.body = templates.json.encode(values)


def _wait(text: str, source: str) -> faults.Wait:
    try:
        return faults.wait(text.strip())
    except ValueError as fault:
        raise TemplateError(str(fault), source=source) from None


def _tell(
    made: Reply,
    script: events.Script,
    route: Route,
    request: Request,
    session: Session,
    filling: Filling,
    chance: Chance,
) -> None:
    """The body as events: the first turn now, whatever follows when it is due."""
    values = values_of(route, request, session, filling, chance)

    def numbered(number: int) -> Values:
        values.more = {"n": number}
        return values

    draw = chance.stream("events").float
    made.stream = events.first_turn(script, numbered, draw)
    made.onwards = events.onwards(script, numbered, draw)


def _status(text: str, source: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) == 3 and 200 <= int(text) <= 599):
        raise TemplateError(f"`{text[:40]}` is no status from 200 to 599", source=source)
    return int(text)


def failed(route: Route, fault: TemplateError, texts: Texts | None) -> Reply:
    """The 500 in place of an answer that cannot be filled in: which template of which file, and why."""
    where = _part(fault, texts) if texts is not None else ""
    line = f", line {fault.line}" if "\n" in fault.source.strip() else ""
    detail = f"{route.file}:{route.line}: {fault.message}" + (f", at {where}{line}" if where else "")
    more = {"hint": fault.hint} if fault.hint else {}
    made = problem_reply(500, "template-failed", "The mock's answer cannot be filled in", detail, **more)
    made.mock = route.id
    return made


def _part(fault: TemplateError, texts: Texts) -> str:
    """Which key of an answer has the template that failed: `headers.etag`, `json.lines[0].sku`."""
    single = {"status": texts.status, "body": texts.body, "json_text": texts.json_text, "delay": texts.delay,
              "first_byte": texts.first_byte}  # fmt: skip
    single |= {f"headers.{name.decode('latin-1')}": source for name, source in texts.headers}
    single |= {f"capture.{name}": source for name, source in texts.capture if fault.path == (name,)}
    found = [key for key, source in single.items() if source and source == fault.source]
    if found:
        return found[0]
    beneath = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in fault.path)
    return ("set" if texts.laid and not texts.json else "json") + beneath if fault.path else ""


def move(route: Route, answer: Answer, session: Session) -> None:
    """What giving an answer changes: the scenario's state, the place in a sequence, how often it was given."""
    state = answer.play.sets or route.sets
    if state:
        session.move(route.space, route.scenario, state)
    if answer.play.times:
        session.gave(route.id, answer.name)
    if route.select in ("sequence", "cycle") and not answer.conditions:
        session.stepped(route.id, names(route))


def lets_through(barrier: Barrier, route: Route, request: Request, session: Session, filling: Filling) -> bool:
    """Whether a request brings what a guard asks for."""
    conditions = barrier.conditions
    if barrier.live:
        tree = compile_json(msgspec.msgpack.decode(barrier.live), ANYTHING)
        chance = Chance(session.seed, session.name, route.id, session.call(route.id))
        try:
            tables = tree.render(values_of(route, request, session, filling, chance))
            conditions, wrong = match.read(msgspec.convert(tables, learned(match.Conditions)))
        except (TemplateError, msgspec.ValidationError):
            return False  # what it asks for is not there yet: nobody has logged in, say
        if wrong:
            return False
    return all(match.compile(condition)(request) for condition in conditions)
