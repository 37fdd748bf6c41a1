"""The story of one request: view, mock, answer; or the reason why there is none. Decides, never waits or sends."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from keymock import cors, explain, webhooks
from keymock.direction import Direction, direction
from keymock.exchange import Headers, Malformed, Reply, Request, problem_reply, split_path
from keymock.faults import Profile
from keymock.filling import Filling
from keymock.index import (
    ANY,
    NEEDS_BODY,
    Answer,
    Cors,
    Found,
    NeedsBody,
    Route,
    Table,
    Views,
    allowed_methods,
    find_among,
    methods_of,
)
from keymock.index.candidate import Candidate, Segments, Shortlist
from keymock.index.route import Resource
from keymock.index.waiting import NOT_PROFILED, Profiled
from keymock.journal import Story
from keymock.lasting import is_lasting, lasting_reply
from keymock.layout import project_of
from keymock.negotiation import accepted, compressed, not_acceptable, ranged, varied
from keymock.preference import Wish, preferred, wishes
from keymock.reply import (
    in_its_place,
    lets_through,
    reads_body,
    reply,
    resource_reply,
    session_of,
    talk_reply,
    trouble,
    trouble_of_real,
    troubled,
)
from keymock.state import Session
from keymock.steady import MOST_TRIES, Course, Steady, Try, is_steady
from keymock.toggles import NONE, NOTHING, InForce, Preset, Toggles, in_force, no_preset
from keymock.upstream import Upstream, onward

if TYPE_CHECKING:
    from keymock.contract.replying import Served
    from keymock.contracted import Held

REFUSED_METHODS = frozenset({"TRACE", "CONNECT"})
COURSED = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "QUERY"})
"""Methods that are nothing but a part of the request line; OPTIONS asks for more."""


class Refusal(msgspec.Struct, frozen=True):
    """Why the actor may see a mock but not use it, and who could change that."""

    reason: str
    who: tuple[str, ...] = ()


class World(msgspec.Struct, frozen=True):
    """Everything that answers, at one moment. Swapped whole; a request sees one World from start to end.

    `views` hold only what the actor may see; `refused` says of some of it that it may not be used.
    """

    views: Views
    generation: int = 1
    refused: Mapping[str, Refusal] = {}
    metadata: bool = True
    cors: Cors = Cors()
    variables: Mapping[str, Mapping[str, Any]] = {}
    """What templates read as `vars`, by space."""
    resources: Mapping[str, Mapping[str, Resource]] = {}
    """The records that templates read as `data`, by space and name."""
    env: Mapping[str, str] = {}
    """The process variables that they read as `env`."""
    data: Mapping[str, Mapping[str, Any]] = {}
    """The files that they read as `data`, where no records have that name."""
    profiles: Mapping[str, Profile] = {}
    """Named troubles, for `x-keymock-faults` and `up --faults`."""
    profiled: Profiled = NOT_PROFILED
    """What those that were recorded draw from."""
    faults: str = ""
    """The profile that is on for every request that names none."""
    presets: Mapping[str, Preset] = {}
    """Named sets of answers, for `x-keymock-preset` and for toggles."""
    toggles: Toggles = Toggles()
    upstreams: Mapping[str, Upstream] = {}
    """The real APIs that the actor may use, by project."""
    sessions: Mapping[str, Toggles] = {}
    """Toggles of single sessions; those for everybody hold beneath them."""
    in_force: InForce = NOTHING
    """What the toggles for everybody come to."""
    contracts: Mapping[str, tuple[Served, ...]] = {}
    """The contracts by id, and those of each space, whose requests are held against them."""
    closed: str = ""
    """Why nothing shared is served at all (a ROLES file that cannot be read), for the 404."""


class Lead(NamedTuple):
    """Where a request line leads: a mount, its table, the path beneath it, and whom there it may be meant for."""

    prefix: Segments
    table: Table
    rest: Segments
    shortlists: tuple[Shortlist, ...]


Known = dict[int, Steady]
"""The answers of a world that have a short way to their reply, by their `id`."""


def answer(
    request: Request, world: World, leads: Sequence[Lead] | None = None, known: Known | None = None
) -> Reply | NeedsBody:
    """The reply to a request, or NEEDS_BODY when its body decides and `request.body` is still None.

    `leads` are those of this world for the same host, port, method and path, as `leads_of` has said them before;
    `known` is filled with what does not change while this world lasts.
    """
    try:
        return _answer(request, world, leads or leads_of(request, world), known)
    except Malformed as fault:
        return problem_reply(fault.status, fault.code, "The request cannot be read", fault.detail)


def _answer(request: Request, world: World, leads: Sequence[Lead], known: Known | None) -> Reply | NeedsBody:
    if request.method in REFUSED_METHODS:
        never = problem_reply(405, "method-not-allowed", f"{request.method} is never answered")
        allowed = allowed_methods({method for _, table, rest, _ in leads for method in methods_of(table, rest)})
        never.headers.append((b"allow", ", ".join(allowed).encode()))
        return never
    if cors.is_preflight(request):
        return _preflight(request, world, leads)
    aim = _direction(request, world) if world.upstreams else None
    for number, (prefix, _, rest, shortlists) in enumerate(leads):
        if aim is not None and not world.refused and (whole := aim.whole(prefix)) is not None:
            met = find_among(shortlists, request, rest) if _is_beset(request, world, whole) else None
            return NEEDS_BODY if isinstance(met, NeedsBody) else _real(request, world, whole, prefix, met)
        found = find_among(shortlists, request, rest)
        if isinstance(found, NeedsBody):
            return NEEDS_BODY
        if found is not None:
            real = aim.real(found.candidate.route, prefix) if aim is not None else None
            if real is not None and found.candidate.route.id not in world.refused:
                return _real(request, world, real, prefix, found)
            request.mount = "".join(["/" + part for part in prefix]) if prefix else ""
            request.segments = rest
            steady = _steady(request, world, found.candidate, found.answer, known) if known is not None else None
            made = _found(request, world, found) if steady is None else steady.reply(request, sure=found.sure)
            if isinstance(made, NeedsBody):
                request.mount = ""  # with its body it comes again, from the whole path
                request.segments = split_path(request.raw_path)
            if number and isinstance(made, Reply):
                made.reusable = False  # a longer mount had nothing for this request, and may for one like it
            return made
    missed = _missed(request, world, leads)
    return _passed(request, world, leads, aim) or missed if aim is not None else missed


def course_of(request: Request, world: World, leads: Sequence[Lead], known: Known) -> Course:
    """What becomes of plain requests with this request line, as far as it can be said before they come."""
    lead = leads[0]
    tries = tuple(_tries(request, world, lead, known)) if not world.upstreams and request.method in COURSED else ()
    mount = "".join(["/" + part for part in lead.prefix])
    refill = None
    if tries and not tries[0].tests and request.method != "HEAD":
        line = Request(request.method, request.raw_path, host=request.host, port=request.port)
        line.params, line.mount, line.segments = tries[0].params, mount, lead.rest
        refill = tries[0].steady.refill(line)
    return Course(tries, (request.host, request.port), mount, lead.rest, refill)


def _tries(request: Request, world: World, lead: Lead, known: Known) -> Iterator[Try]:
    """The answers to try, in order, up to the first that is none of them or that answers everything by itself."""
    for shortlist in lead.shortlists:
        if len(shortlist.candidates) > MOST_TRIES:
            return
        for candidate in shortlist.candidates:
            params = candidate.params(lead.rest)
            if params is None:
                continue
            tests, answer = candidate.tests, candidate.route.answers[0]
            steady = None if candidate.choices else _steady(request, world, candidate, answer, known)
            if steady is None or (steady.lasting and not tests):  # the latter is kept whole
                return
            yield Try(tests, params, steady)
            if not tests:
                return


def _steady(request: Request, world: World, candidate: Candidate, answer: Answer, known: Known) -> Steady | None:
    """The short way to the reply; None where the world, the mock or the request leave something to ask."""
    if request.influenced or request.upgrade:
        return None
    name = id(answer)  # a Steady holds its answer, so that no other gets its number
    steady = known.get(name)
    if steady is not None:
        return steady
    route = candidate.route
    closed = route.id in world.refused or world.contracts or world.profiles
    if closed or not is_steady(candidate, answer):
        return None
    told = [*_without_origin(route, answer), *metadata(route, world)]
    known[name] = steady = Steady(candidate, answer, _filling(world, route.space), told)
    return steady


def _without_origin(route: Route, answer: Answer) -> Headers:
    """What CORS adds to an answer that no page asked for."""
    texts = answer.play.texts
    own = [*answer.headers, *((name, b"") for name, _ in (texts.headers if texts is not None else ()))]
    return cors.told(route.cors, "", own)[len(own) :]


def _filling(world: World, space: str) -> Filling:
    return Filling(
        vars=world.variables.get(space, {}),
        env=world.env,
        resources=world.resources.get(space, {}),
        data=world.data.get(space, {}),
    )


def _passed(request: Request, world: World, leads: Sequence[Lead], aim: Direction) -> Reply | NeedsBody | None:
    """What no mock answers, for the real API that would have it; None where there is none, or OPTIONS are known."""
    if request.method == "OPTIONS" and any(methods_of(table, rest) for _, table, rest, _ in leads):
        return None
    for prefix, *_ in leads:
        only = aim.of_nobody(prefix)
        if only is not None:
            return _real(request, world, only, prefix)
    return None


def _direction(request: Request, world: World) -> Direction:
    return direction(request, world.views, world.upstreams, _levels(request, world), switches_of(request, world))


def _real(
    request: Request, world: World, upstream: Upstream, mount: Segments, found: Found | None = None
) -> Reply | NeedsBody:
    """The plan to ask the real API, with the headers that are added to its answer, and the trouble that befalls it.

    `found` is the mock that it answers in the place of, if there is one.
    """
    policy = found.candidate.route.cors if found is not None else None
    if request.upgrade and not _may_talk(request, policy or world.cors):
        return problem_reply(403, "foreign-origin", "This page may not open a WebSocket here")
    made = Reply(502, [], onward=onward(upstream, request, len(mount)))
    if world.contracts and not request.upgrade:
        from keymock import contracted  # noqa: PLC0415  (as in `_spoken`)

        beneath = _beneath(mount, request.segments)
        seen = contracted.onlooker(world.contracts, f"projects/{upstream.project}", request, beneath)
        if isinstance(seen, NeedsBody):
            return seen
        if isinstance(seen, Reply):
            seen.headers = cors.told(policy or world.cors, request.header("origin"), seen.headers)
            return seen
        made.onlooker = seen
    profile = _profile(request, world, f"projects/{upstream.project}")
    if profile is not None and profile.source != "mock":
        route = found.candidate.route if found is not None else None
        mock = route.id if route is not None else f"projects/{upstream.project}/"
        hit = trouble_of_real(mock, request, profile, world.profiled, route)
        if hit is not None and hit.status:
            made = problem_reply(hit.status, "fault", "A fault profile put this answer in the place of the real API's")
            made.error = ""
            made.headers = cors.told(policy or world.cors, request.header("origin"), made.headers)
            return made
        if hit is not None:
            troubled(made, hit)
    if world.metadata:
        made.headers.append((b"x-keymock-source", b"real"))
    made.headers = cors.told(policy or world.cors, request.header("origin"), made.headers)
    return made


def _is_beset(request: Request, world: World, upstream: Upstream) -> bool:
    """Whether it matters which mock the real API answers in the place of: some profiles are on for some of them."""
    profile = _profile(request, world, f"projects/{upstream.project}") if world.profiles else None
    return profile is not None and profile.source != "mock" and profile.on != ("**",)


def leads_of(request: Request, world: World) -> tuple[Lead, ...]:
    """What to try for a request, in order. Raises Malformed for a path that cannot be, and an unknown preset.

    Nothing but host, port, method, path, a preset that it names and its session's switches has a part in it.
    """
    segments = request.segments
    views = world.views.switched(switches_of(request, world).switches)
    project = request.project or views.project(request.host, request.port)
    own = request.session.overrides if isinstance(request.session, Session) else None
    found: list[Lead] = []
    for prefix, table in views.mounts(project) if own is None else (*own.mounts(project), *views.mounts(project)):
        if segments[: len(prefix)] == prefix:
            rest = _beneath(prefix, segments)
            found.append(Lead(prefix, table, rest, tuple(table.shortlists(request.method, rest))))
    return tuple(found)


def switches_of(request: Request, world: World) -> InForce:
    """What toggles and presets come to for a request: those for everybody, its session's, the preset that it names."""
    asked = request.header_map.get("x-keymock-preset") if request.influenced else None
    levels = _levels(request, world)
    if asked is None and len(levels) == 1:
        return world.in_force
    name = asked[0] if asked is not None else ""
    if name not in ("", NONE, *world.presets):
        raise no_preset(name, world.presets)
    return in_force(levels, world.presets, name)


def _levels(request: Request, world: World) -> tuple[Toggles, ...]:
    """The toggles that hold for a request: those for everybody, then its session's."""
    own = world.sessions.get(request.session.name) if world.sessions and request.session is not None else None
    return (world.toggles, own) if own is not None else (world.toggles,)


def _beneath(prefix: tuple[str, ...], segments: tuple[str, ...]) -> tuple[str, ...]:
    """The path without its mount; the mount itself is the project's `/`."""
    return segments[len(prefix) :] or ("",)


def explained(request: Request, world: World) -> dict[str, Any]:
    """Which mock would answer and why, and every mock that could have; the shape of `keymock explain --json`.

    With no answer, the candidates are the nearest misses. Changes nothing but the request's session, so hand it a
    copy of one.
    """
    reply = answer(request, world)
    tried = Request(
        request.method, request.raw_path, request.query_string, request.headers, request.body or b"",
        scheme=request.scheme, host=request.host, port=request.port, client=request.client,
    )  # fmt: skip
    tried.session = request.session
    found: list[explain.Candidate] = []
    try:
        leads = leads_of(tried, world)
    except Malformed:
        leads = ()
    for _, table, rest, _ in leads:
        found += explain.candidates(table, tried, rest)
    if isinstance(reply, NeedsBody):
        raise AssertionError("a body that is there is never asked for")
    if not reply.mock:
        found = [near for _, table, rest, _ in leads for near in explain.nearest(table, tried, rest)]
    chosen = _chosen(reply) if reply.mock else None
    onwards = {"project": reply.onward.project, "url": reply.onward.url} if reply.onward is not None else None
    return {
        "answer": chosen,
        "upstream": onwards,
        "status": reply.status,
        "error": reply.error or None,
        "candidates": [explain.as_json(one) for one in found],
    }


def _chosen(reply: Reply) -> dict[str, Any]:
    """Which answer it is, and what befalls it."""
    told: dict[str, Any] = {"mock": reply.mock, "response": reply.response or None, "status": reply.status}
    if reply.delay:
        told["delay_ms"] = round(reply.delay * 1000, 3)
        source = reply.story.route.recorded_in(reply.response) if isinstance(reply.story, Story) else ""
        told |= {"delay_from": source} if source else {}
    return told | ({"fault": reply.fault} if reply.fault else {})


def _found(request: Request, world: World, found: Found) -> Reply | NeedsBody:
    candidate = found.candidate
    route, chosen = candidate.route, found.answer
    refusal = world.refused.get(route.id)
    if refusal is not None:
        return _forbidden(route, refusal)
    if request.upgrade and not _may_talk(request, route.cors):
        return problem_reply(403, "foreign-origin", "This page may not open a WebSocket here", mock=route.id)
    wish = wishes(request) if request.influenced else None
    held: Held | None = None
    if world.contracts:
        spoken = _spoken(request, world, found, wish)
        if not isinstance(spoken, tuple):
            return spoken
        held, chosen, wish = spoken
    profile = _profile(request, world, route.space) if world.profiles or request.influenced else None
    before = request.session.scenario(route.space, route.scenario) if route.scenario and request.session else ""
    lasting = wish is None and profile is None and is_lasting(candidate)
    if lasting:
        filling = _filling(world, route.space)
        made = lasting_reply(route, chosen, request, session_of(request), filling, sure=found.sure)
    else:
        hit = trouble(route, request, profile, world.profiled) if profile is not None else None
        if hit is not None and hit.status:
            moved: Reply | NeedsBody = in_its_place(hit, route, request)
        else:
            moved = _moved(request, world, route, chosen, wish, candidate.offered if not chosen.conditions else ())
        if isinstance(moved, NeedsBody):
            return NEEDS_BODY
        made = moved if hit is None else troubled(moved, hit)
    if made.laying is not None:
        made = _from_real(request, world, route, made)
    elif held is not None:
        made = held.told(route, made, sure=found.sure and chosen.play.still and profile is None)
        if made.by_accept and not lasting:  # it may be kept, and so it lasts, too
            session_of(request).uncounted(route.id)
            lasting = True
    made.headers += metadata(route, world)
    made.story = Story(route, request.mount, delay=made.delay) if lasting else _story(request, route, before, made)
    return _as_asked(request, route, made)


def _from_real(request: Request, world: World, route: Route, made: Reply) -> Reply:
    """The reply with the plan to ask the real API that it starts from; a problem if the actor has none."""
    upstream = world.upstreams.get(project_of(route.space))
    if upstream is None:
        missing = problem_reply(502, "no-upstream", "There is no real API to start from", f"{route.file}:{route.line}")
        missing.mock = route.id
        return missing
    made.onward = onward(upstream, request, request.mount.count("/"))
    made.rendered = True  # its status and headers are nobody's that was looked at before
    if world.metadata:
        made.headers.append((b"x-keymock-source", b"real"))
    return made


def _story(request: Request, route: Route, before: str, made: Reply) -> Story:
    """How a reply that was drawn, counted or filled in came to be, for whoever asks the journal."""
    session = session_of(request)
    after = session.scenario(route.space, route.scenario) if route.scenario else ""
    calls = session.call(route.id) - 1
    return Story(route, request.mount, session.seed, calls, before, after, made.delay, made.fault)


def _spoken(
    request: Request, world: World, found: Found, wish: Wish | None
) -> Reply | NeedsBody | tuple[Held | None, Answer, Wish | None]:
    """What a contract says: a refusal, or the request held against it and the answer that follows, its own perhaps."""
    from keymock import contracted  # noqa: PLC0415  (30 ms that a workspace without a contract need not wait for)

    route = found.candidate.route
    held = contracted.hold(world.contracts, route, request, found)
    if isinstance(held, NeedsBody):
        return held
    if held is None:
        return None, found.answer, wish
    if isinstance(held, Reply):
        return _contracts_own(request, world, route, held)
    if not route.contract:
        return held, found.answer, wish
    given = contracted.given(held, route, found.answer, request, wish)
    return (held, given, None) if isinstance(given, Answer) else _contracts_own(request, world, route, given)


def _contracts_own(request: Request, world: World, route: Route, reply: Reply) -> Reply:
    """A reply of the contract that stands in the place of any answer."""
    reply.headers += metadata(route, world) if reply.mock else []
    reply.story = Story(route, request.mount) if reply.mock else None
    return _as_asked(request, route, reply)


def _as_asked(request: Request, route: Route, made: Reply) -> Reply:
    """The reply in the form that the caller wants: for its origin, a range of a file, or compressed."""
    origin = request.header("origin") if request.influenced else ""
    made.headers = cors.told(route.cors, origin, made.headers)
    if origin:
        made.reusable = False
    if made.onward is not None:
        return made  # the caller's wishes are the real API's to hear
    if made.file is not None or (request.influenced and request.header("range")):
        made = ranged(request, made)
    return compressed(request, made)


def _profile(request: Request, world: World, space: str) -> Profile | None:
    """The fault profile of a request: the one it names, else its preset's, else the one that is on.

    Raises Malformed for no such one.
    """
    own = request.session.faults if isinstance(request.session, Session) else ""
    name = request.header("x-keymock-faults") or switches_of(request, world).profile(space) or own or world.faults
    if not name or name == "none":
        return None
    if name not in world.profiles:
        known = ", ".join(sorted(world.profiles)) or "none is defined"
        raise Malformed(f"there is no fault profile `{name}` in keymock.toml: {known}", code="no-such-profile")
    return world.profiles[name]


def _moved(
    request: Request, world: World, route: Route, chosen: Answer, wish: Wish | None, offered: Sequence[str]
) -> Reply | NeedsBody:
    """The reply of a mock that has a memory, a template or a play; or one that the caller chose by a preference.

    `offered` are the types among which Accept had the choice.
    """
    session = session_of(request)
    filling = _filling(world, route.space)
    applied = b""
    if route.barrier is not None and not lets_through(route.barrier, route, request, session, filling):
        chosen, wish = route.barrier.otherwise, None
    elif wish is not None:
        chosen, applied = preferred(route, chosen, wish)
    open_to_all = route.barrier is None or chosen is not route.barrier.otherwise
    if route.resource is not None and open_to_all:
        return (
            NEEDS_BODY
            if request.body is None
            else resource_reply(route.resource, route, chosen, request, session, filling)
        )
    if request.upgrade and route.websocket is not None and open_to_all and wish is None and not chosen.conditions:
        return talk_reply(route.websocket, route, chosen, request, session, filling)
    if request.body is None and (reads_body(chosen.play) or any(map(webhooks.reads_body, route.webhooks))):
        return NEEDS_BODY
    by_accept = offered if wish is None and open_to_all else ()
    if by_accept and accepted(request, by_accept) is None:
        refused = not_acceptable(by_accept)
        refused.mock = route.id
        return refused
    made = reply(route, chosen, request, session, filling, moves=wish is None and open_to_all)
    if by_accept:
        made.headers = varied(made.headers, b"accept")
    if route.websocket is not None and made.status == 426:
        made.headers.append((b"upgrade", b"websocket"))
    if applied:
        made.headers.append((b"preference-applied", applied))
        made.rendered = True
    return made


def _may_talk(request: Request, policy: Cors) -> bool:
    """Browsers let every page open every WebSocket, and leave it to the server to look at where it comes from."""
    origin = request.header("origin")
    return not origin or cors.allows(policy, origin)


def metadata(route: Route, world: World) -> Sequence[tuple[bytes, bytes]]:
    """The headers that say which mock answered, unless the workspace turned them off."""
    return _metadata(route.id, world.generation) if world.metadata else ()


@functools.lru_cache(maxsize=4096)
def _metadata(mock: str, generation: int) -> tuple[tuple[bytes, bytes], ...]:
    return (b"x-keymock-mock", mock.encode()), (b"x-keymock-generation", str(generation).encode())


def _forbidden(route: Route, refusal: Refusal) -> Reply:
    return problem_reply(
        403, "forbidden", "You may see this mock, but not use it", refusal.reason, mock=route.id, who=list(refusal.who)
    )


def _preflight(request: Request, world: World, leads: Sequence[Lead]) -> Reply:
    """A preflight asks about the method that would follow: its mock's policy, else the workspace's."""
    wanted = request.header("access-control-request-method")
    for _, table, rest, _ in leads:
        for candidate in table.paths(rest):
            methods = candidate.route.methods
            if wanted in methods or ANY in methods or (wanted == "HEAD" and "GET" in methods):
                return cors.preflight(request, candidate.route.cors, allowed_methods(methods_of(table, rest)))
    return cors.preflight(request, world.cors, [])


def _missed(request: Request, world: World, leads: Sequence[Lead]) -> Reply:
    """No mock: the methods that the path has, or nothing but near misses."""
    methods = {method for _, table, rest, _ in leads for method in methods_of(table, rest)}
    allowed = allowed_methods(methods)
    if request.method == "OPTIONS" and allowed:
        reply = Reply(204, [(b"allow", ", ".join(allowed).encode())])
    elif allowed and request.method not in allowed and ANY not in methods:
        reply = problem_reply(
            405, "method-not-allowed", f"{request.method} has no mock on this path",
            f"There are mocks for {', '.join(allowed)}.",
        )  # fmt: skip
        reply.headers.append((b"allow", ", ".join(allowed).encode()))
    else:
        near = [miss for _, table, rest, _ in leads for miss in explain.near_misses(table, request, rest)]
        reply = problem_reply(
            404, "no-mock", "No mock answers this request", world.closed, near_misses=near[:3]
        )  # fmt: skip
    reply.headers = cors.told(world.cors, request.header("origin"), reply.headers)
    return reply
