"""One keymock for several people: each caller is who their token says, and is answered as if served alone.

For every person there is a service of their own, made when they first call: its world holds what they may see,
their private mocks included, and is the memory of all decisions about them until something changes. A session that a
request names is that of whoever calls, with its journal: nobody else can name it. The session without a name, webhooks
and switches are everybody's. What no token names is nobody's call; a token that is none gets 401.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from keymock import cors, tokens
from keymock.carriers import without
from keymock.exchange import Call, Headers, problem_reply
from keymock.index import Cors
from keymock.journal import Entry, Exchange, Forgetful, Journal, shared_of, whole_of
from keymock.serve.app import MockApp, Receive, Scope, Send
from keymock.serve.callbacks import Callbacks
from keymock.serve.options import Options, Tree
from keymock.serve.remembered import Remembered
from keymock.serve.service import Service
from keymock.serve.sessions import Lent
from keymock.tokens import Token

MOST = 256
"""People whose worlds are kept; who has not called for the longest goes first, and is made anew when they call. Who has
a session stays as long as it does."""

MOST_SESSIONS = 1_000
"""Sessions of one person."""

KEPT, KEPT_IN_ALL, KEPT_BYTES = 2_000, 10_000, 4 * 1024 * 1024
"""What the journal of one person holds: exchanges of one session, of all of theirs, and bytes, about."""

Person = Callable[[str | None], tuple[Options, Tree | None]]
"""How somebody is served: their options, and where to read from if it is not the work tree."""


class Callers:
    """The people who call. `service` is the operator's, whose control plane and journal this is."""

    def __init__(
        self, service: Service, person: Person, now: Callable[[], int], known: Callable[[], Mapping[str, Token]]
    ) -> None:
        self.service = service
        self.person = person
        self.now = now
        self.known = known
        self._looks = 0
        self._people: OrderedDict[str | None, _Served] = OrderedDict()
        self._making: dict[str | None, asyncio.Task[_Served]] = {}
        service.looked = self._look_again
        service.keeping.append(self._renew)
        self._people[None] = self._made(None)

    def _look_again(self) -> None:
        """The disk was looked at, or something was switched: each world is brought up to date before it answers."""
        self._looks += 1

    def _renew(self) -> None:
        for served in self._people.values():
            served.service.renew()

    async def of(self, actor: str | None) -> Service:
        """The service of one person, up to date."""
        served = self._people.get(actor)
        if served is not None and served.looks == self._looks:
            self._people.move_to_end(actor)
            return served.service
        task = self._making.get(actor)
        if task is None:
            task = self._making[actor] = asyncio.create_task(self._brought_up(actor))
            task.add_done_callback(lambda _: self._making.pop(actor, None))
        return (await asyncio.shield(task)).service

    async def _brought_up(self, actor: str | None) -> _Served:
        looks, served = self._looks, self._people.get(actor)
        if served is None:
            made = await asyncio.to_thread(self._made, actor)
        else:
            await asyncio.to_thread(self._bring_up, served.service)
            made = served._replace(looks=looks)
        self._people[actor] = made
        if len(self._people) > MOST:
            idle = (name for name, each in self._people.items() if not len(each.service.sessions))
            self._people.pop(next((name for name in idle if name not in (None, actor)), None) or "", None)
        return made

    def _made(self, actor: str | None) -> _Served:
        """A new service for somebody, with what belongs to everybody."""
        looks, base = self._looks, self.service
        options, tree = self.person(actor)
        nobody = self._people.get(None)
        # Broken files keep their last good version, as nobody has it: an overlay of the operator is in none of it.
        before = nobody.service.catalog if nobody is not None else None
        own = Service(options, self.now, tree, base.catalog.units if before is None else None, before=before)
        idle = base.options.session_idle
        if actor is None:  # whoever runs the server makes these, over the control plane
            own.sessions, own.session_toggles = Lent(base.sessions, lambda _: True, self.now), base.session_toggles
        else:
            own.sessions = Lent(base.sessions, lambda name: not name, self.now, most=MOST_SESSIONS, idle=idle)
        own.reach, own.secrets = base.reach, base.secrets
        own.callbacks = SharedCallbacks(base, self.now, actor)
        own.unclosed, own.git_state = base.unclosed, base.git_state
        own.journal = shared = Shared(own, base, actor)
        own.remembered = Remembered(shared.mine, own, self.now)
        self._share(own)
        return _Served(own, looks)

    def _bring_up(self, own: Service) -> None:
        own.unclosed, own.git_state = self.service.unclosed, self.service.git_state
        own.rescan()
        self._share(own)

    def _share(self, own: Service) -> None:
        own.follow(self.service)

    async def forget_idle(self) -> None:
        """Ends the sessions of people that nobody has asked for in a while."""
        for served in tuple(self._people.values()):
            await served.service.forget_idle()

    def actor_of(self, text: str) -> str | None:
        """Whose token it is; None for one that is none, or not any longer."""
        return tokens.actor_of(text, self.known(), self.now() / 1e9)


class _Served(NamedTuple):
    """One person's service, and how many looks at the disk it has seen."""

    service: Service
    looks: int


class Shared(Journal):
    """One person's way into the operator's journal, and what they themselves are told of: what they asked, all of it.

    The operator hears of what a person is answered if they may know of it, with the person's name before that of a
    session. `count` is the number of an exchange in the operator's journal; 0 of one that is not there.
    """

    def __init__(self, own: Service, base: Service, actor: str | None) -> None:
        super().__init__(0)
        self.own = own
        self.base = base
        self.actor = actor
        self._entered = 0
        remembers = actor is not None and base.journal.remembers
        self.mine = Journal(KEPT, KEPT_IN_ALL, KEPT_BYTES) if remembers else Forgetful()
        self.remembers = remembers

    @property
    def count(self) -> int:
        """The operator's number of the last exchange; 0 after one that is not to be known of."""
        return self._entered

    def enter(self, time: int, duration: int, exchange: Exchange, weight: int = 0) -> None:
        """Appends an exchange; to the operator's not those that a private or a hidden mock answered."""
        self.mine.enter(time, duration, exchange, weight)
        shared = shared_of(exchange)
        mock = shared.sent.mock
        known = not mock or self._may_be_known(mock)
        if known:
            name = _whole(self.actor, shared.session)
            same = name == shared.session
            told = exchange if same else msgspec.structs.replace(whole_of(exchange), session=name)
            self.base.journal.enter(time, duration, told, weight)
        self._entered = self.base.journal.count if known else 0

    def clear(self, session: str | None = None) -> None:
        """Forgets what a person was told of; the operator's memory of sessions of theirs goes with it."""
        self.mine.clear(session)
        for name in self._theirs() if session is None else [_whole(self.actor, session)] if session else []:
            self.base.journal.clear(name)

    def _theirs(self) -> set[str]:
        """The sessions of the person that the operator is told of, whether they themselves remember them or not."""
        held = {entry.session for entry in self.base.journal.held()} if self.actor is not None else set()
        return {name for name in held if name.startswith(f"{self.actor}/")}

    def held(self, session: str | None = None) -> list[Entry]:
        """What the person is told of."""
        return self.mine.held(session)

    def lost(self, session: str | None = None) -> int:
        """How many exchanges the person is no longer told of."""
        return self.mine.lost(session)

    def _may_be_known(self, mock: str) -> bool:
        route = self.own.world.views.routes.get(mock)
        theirs = self.base.world.views.routes.get(mock)
        if route is None or theirs is None:
            return False
        return route.scope != "private" or self.own.options.actor == self.base.options.actor


def _whole(actor: str | None, session: str) -> str:
    """What a session is called where several people's are told of: no name of a session has a `/`."""
    return f"{actor}/{session}" if actor is not None and session else session


class SharedCallbacks(Callbacks):
    """One person's webhooks: among everybody's, but for those after an exchange that the journal does not hold."""

    def __init__(self, base: Service, now: Callable[[], int], actor: str | None) -> None:
        super().__init__(base.reach, now, lambda _: None, lambda: base.mask)
        self.base = base
        self.actor = actor

    def begin(self, calls: Iterable[Call], entry: int, session: str) -> None:
        if entry:
            self.base.callbacks.begin(calls, entry, _whole(self.actor, session))
        else:
            super().begin(calls, entry, session)

    def beside(self, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Entries as they are: which webhooks followed is the operator's to know, by numbers of their journal."""
        return entries

    def reset(self, session: str) -> None:
        """Ends the calls of a session of this person."""
        super().reset(session)
        self.base.callbacks.reset(_whole(self.actor, session))


class TokenApp:
    """The ASGI app of one port: takes the token off a request, and hands it to the app of whoever it names."""

    def __init__(self, callers: Callers, app: Callable[[Service], MockApp]) -> None:
        self.callers = callers
        self.app = app
        self._apps: dict[int, tuple[Service, MockApp]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(await self.callers.of(None))(scope, receive, send)
            return
        text, headers = taken(scope["headers"])
        actor = self.callers.actor_of(text) if text else None
        if text and actor is None:
            await _refuse(scope, receive, send)
            return
        service = await self.callers.of(actor)
        await self._app(service)({**scope, "headers": headers}, receive, send)

    async def close(self) -> None:
        """Ends the connections of everybody to real APIs."""
        for _, app in self._apps.values():
            await app.close()

    def _app(self, service: Service) -> MockApp:
        """The app of one person; those of people whose worlds are not kept any longer go."""
        found = self._apps.get(id(service))
        if found is not None and found[0] is service:
            return found[1]
        if len(self._apps) >= 2 * MOST:
            self._apps.clear()
        app = self.app(service)
        self._apps[id(service)] = (service, app)
        return app


def taken(headers: Headers) -> tuple[str, Headers]:
    """The token that a request carries, empty if none, and the headers without it: no mock is matched by a token."""
    text, left = "", []
    for name, value in headers:
        if name == tokens.HEADER:
            text = text or value.decode("latin-1").strip()
        elif name == b"cookie" and tokens.HEADER in value:
            line = value.decode("latin-1")
            text = text or _in_cookie(line)
            rest = without(line, ";", tokens.COOKIE, "; ")
            if rest:
                left.append((name, rest.encode("latin-1")))
        else:
            left.append((name, value))
    return text, left


def _in_cookie(line: str) -> str:
    pairs = (part.partition("=") for part in line.split(";"))
    return next((value.strip() for name, _, value in pairs if name.strip() == tokens.COOKIE), "")


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    """Says that a token is none, to a browser's page of another origin too."""
    reply = problem_reply(
        401, "bad-token", "The token is not valid",
        "x-keymock-token is none that was issued for this workspace, or it has expired or was revoked. "
        "A workspace admin issues one: keymock token issue USER",
    )  # fmt: skip
    origin = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"origin"), "")
    reply.headers = cors.told(Cors(), origin, reply.headers)
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    await send({"type": "http.response.start", "status": reply.status, "headers": reply.headers})
    await send({"type": "http.response.body", "body": reply.body})
