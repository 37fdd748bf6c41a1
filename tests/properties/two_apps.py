"""One tree served twice: as it is, and by an app that forgets everything before each request."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from keymock import engine
from keymock.exchange import Reply
from keymock.index import NeedsBody
from keymock.journal import Entry
from keymock.serve.app import App, Asked, MockApp, Rest, Say, Scope
from keymock.serve.callers import Callers, TokenApp
from keymock.serve.control import create
from keymock.serve.options import Options
from keymock.serve.service import Service
from keymock.tokens import Token, by_digest, text_of, token

ADA, BOB, VIC = "ada@example.com", "bob@example.com", "vic@example.com"
TEXTS = {person: text_of(bytes([number]) * 36) for number, person in enumerate((ADA, BOB, VIC), 1)}
CONTROL_TOKEN, CONTROL_PORT = "t0ken", 4321
PATIENCE = 300
"""Seconds after which an answer does not come any more, however slow the machine is."""


class LongWay(MockApp):
    """Has no short ways: nothing is kept from one request to the next, nor where request lines lead."""

    def at_once(self, scope: Scope, say: Say) -> Rest | None:
        self.service.renew()
        return super().at_once(scope, say)

    def _leads_of(self, asked: Asked) -> None:  # noqa: ARG002  (as the app asks it)
        return None

    def _ask(self, asked: Asked, leads: tuple[engine.Lead, ...] | None) -> Reply | NeedsBody:  # noqa: ARG002
        return engine.answer(asked, asked.world)


class Told(NamedTuple):
    """An answer as it went out."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


class One:
    """A server in process: its mock port, its control plane, everybody's memory."""

    def __init__(self, kind: type[MockApp], options: Options, clock: Callable[[], int], *, tokens: bool) -> None:
        self.service = Service(options, clock)
        self.people: Callers | None = None
        self.app: App
        self.apps: list[MockApp] = []
        self.app = self._made(kind, clock, self.service)
        if tokens:

            def person(actor: str | None) -> tuple[Options, None]:
                return msgspec.structs.replace(options, actor=actor, private=actor is not None, enforce=True), None

            issued: Mapping[str, Token] = by_digest(
                token(text, who, now=0, seconds=10**10) for who, text in TEXTS.items()
            )
            self.people = Callers(self.service, person, clock, lambda: issued)
            self.app = TokenApp(self.people, lambda service: self._made(kind, clock, service))
        self.control = create(self.service, token=CONTROL_TOKEN, port=CONTROL_PORT, people=self.people)

    def _made(self, kind: type[MockApp], clock: Callable[[], int], service: Service) -> MockApp:
        app = kind(service, clock, clock, None)
        self.apps.append(app)
        return app

    async def journals(self) -> dict[str, list[Any]]:
        """What everybody is told of what was asked, and the counts of uses."""
        found = {"": [told_of(entry) for entry in self.service.journal.held()]}
        found["uses"] = sorted(self.service.journal.uses().items())
        for person in TEXTS if self.people is not None else ():
            own = await self.people.of(person) if self.people is not None else self.service
            found[person] = [told_of(entry) for entry in own.journal.held()]
        return found


def told_of(entry: Entry) -> tuple[Any, ...]:
    """What two entries must have in common: not how heavy they are, nor whether the body was read without need."""
    sent = entry.sent
    story = sent.story
    more = (story.route.id, story.mount, story.seed, story.call, story.before, story.after) if story else ()
    return (
        entry.id, entry.time, entry.session, entry.method, entry.path, entry.query, list(entry.headers),
        sent.status, sent.mock, sent.response, sent.error, sent.operation, list(sent.headers), sent.body, sent.size,
        entry.generation, more,
    )  # fmt: skip


class Two:
    """Both servers over one folder. Whatever is done, is done to both; what they say of it must be the same."""

    def __init__(self, files: Mapping[str, str], *, tokens: bool, **options: Any) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.root = Path(self._folder.name)
        self.now = 1_800_000_000
        for name, text in files.items():
            self._put(name, text)
        told = Options(workspace=str(self.root), seed=7, **options)
        self.runner = asyncio.Runner()
        self.servers = [One(kind, told, self.clock, tokens=tokens) for kind in (MockApp, LongWay)]

    def clock(self) -> int:
        return self.now * 10**9

    def close(self) -> None:
        """Nothing is left of them."""

        async def all_of_them() -> None:
            for server in self.servers:
                for app in server.apps:
                    await app.close()

        self.runner.run(all_of_them())
        self.runner.close()
        self._folder.cleanup()

    def ask(self, method: str, target: str, headers: list[tuple[bytes, bytes]], body: bytes = b"") -> Told:
        """The answer to one request, which both give."""
        path, _, query = target.partition("?")
        if body:
            headers = [*headers, (b"content-length", b"%d" % len(body))]
        scope = {
            "type": "http", "method": method, "raw_path": path.encode(), "path": path, "query_string": query.encode(),
            "headers": headers, "scheme": "http", "http_version": "1.1", "client": ("127.0.0.1", 1),
        }  # fmt: skip
        short, long = (self._answered(server.app, scope, body) for server in self.servers)
        assert short == long
        return short

    def control(self, method: str, target: str, body: object = None, who: str = "") -> Told:
        """The control plane told something, by the operator or by a person."""
        text = msgspec.json.encode(body) if body is not None else b""
        headers = [
            (b"host", b"127.0.0.1:%d" % CONTROL_PORT),
            (b"authorization", b"Bearer %s" % (TEXTS[who] if who else CONTROL_TOKEN).encode()),
        ]
        if text:
            headers += [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(text))]
        path, _, query = target.partition("?")
        scope = {
            "type": "http", "method": method, "raw_path": path.encode(), "path": path, "query_string": query.encode(),
            "headers": headers, "scheme": "http", "http_version": "1.1", "client": ("127.0.0.1", 1),
        }  # fmt: skip
        short, long = (self._answered(server.control, scope, text) for server in self.servers)
        assert short == long
        return short

    def later(self, seconds: int) -> None:
        """Time goes by."""
        self.now += seconds

    def edit(self, name: str, text: str | None) -> None:
        """A file is saved, or deleted, and both look at the disk."""
        self._put(name, text)
        for server in self.servers:
            server.service.rescan()

    def same_memory(self) -> None:
        """Both remember the same."""
        short, long = (self.runner.run(server.journals()) for server in self.servers)
        for name, entries in short.items():
            for one, other in zip(entries, long[name], strict=True):
                assert one == other, name

    def _put(self, name: str, text: str | None) -> None:
        file = self.root / name
        file.unlink(missing_ok=True)  # another file, whatever the clock of the file system says
        if text is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)

    def _answered(self, app: App, scope: Mapping[str, Any], body: bytes) -> Told:
        sent: list[dict[str, Any]] = []
        messages = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> dict[str, Any]:
            if messages:
                return messages.pop()
            await asyncio.Event().wait()  # the client stays until it has its answer
            raise AssertionError

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        async def go() -> None:
            answered: Awaitable[None] = app({**scope, "headers": list(scope["headers"])}, receive, send)
            await asyncio.wait_for(answered, PATIENCE)

        self.runner.run(go())
        start, *rest = sent
        return Told(start["status"], list(start["headers"]), b"".join(message.get("body", b"") for message in rest))
