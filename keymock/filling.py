"""What the templates of a mock are filled in with, and those of one answer, compiled."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from keymock.chance import Chance
from keymock.exchange import Request
from keymock.index import Route
from keymock.index.resource import prototype
from keymock.index.route import Resource, Texts
from keymock.state import Session
from keymock.template import ANYTHING, JsonTemplate, Template, Values, compile, compile_json, compile_json_text
from keymock.template.functions import tables

if TYPE_CHECKING:
    from keymock.store import Store


class Filling(msgspec.Struct, frozen=True):
    """What templates may read besides the request and the session."""

    vars: Mapping[str, Any] = {}
    env: Mapping[str, str] = {}
    resources: Mapping[str, Resource] = {}
    """The records that become `data`, by name."""
    data: Mapping[str, Any] = {}
    """The files that become `data` besides."""


class _Data(Mapping[str, Any]):
    """The session's records of every resource, by its name, each opened when it is read; and what files hold."""

    def __init__(self, filling: Filling, space: str, session: Session) -> None:
        self._filling = filling
        self._space = space
        self._session = session

    def __getitem__(self, name: str) -> Any:
        resource = self._filling.resources.get(name)
        if resource is None:
            return self._filling.data[name]
        return list(store_of(resource, self._space, self._session))

    def __iter__(self) -> Iterator[str]:
        return iter(sorted({**self._filling.data, **self._filling.resources}))

    def __len__(self) -> int:
        return len(self._filling.data.keys() | self._filling.resources.keys())


class _Scenarios(Mapping[str, str]):
    """The state of each scenario of a space, looked up when it is read; one that nothing moved is in its first."""

    def __init__(self, space: str, session: Session) -> None:
        self._space = space
        self._session = session

    def __getitem__(self, name: str) -> str:
        return self._session.scenario(self._space, name)

    def __iter__(self) -> Iterator[str]:
        return (name for space, name in self._session.scenarios if space == self._space)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Stores(Mapping[str, "Store"]):
    """The session's stores of every resource of a space, by name; each opened when it is asked for."""

    def __init__(self, resources: Mapping[str, Resource], space: str, session: Session) -> None:
        self._resources = resources
        self._space = space
        self._session = session

    def __getitem__(self, name: str) -> Store:
        return store_of(self._resources[name], self._space, self._session)

    def __iter__(self) -> Iterator[str]:
        return iter(self._resources)

    def __len__(self) -> int:
        return len(self._resources)


class Compiled(msgspec.Struct, frozen=True):
    """The templates of one answer, ready to be filled in."""

    status: Template | None
    headers: tuple[tuple[bytes, Template], ...]
    text: Template | None
    json: JsonTemplate | None
    capture: JsonTemplate | None
    delay: Template | None
    first_byte: Template | None
    laid: JsonTemplate | None = None

    @property
    def reads_body(self) -> bool:
        """Whether the body of the request must have been read before they can be filled in."""
        return any(not OF_BODY.isdisjoint(part.reads) for part in self._parts())

    @property
    def settled(self) -> bool:
        """Whether requests with the same line are answered alike, for as long as the world lasts: no clock, no chance,
        no session, no other part of the request has a say. Nor is anything captured, and no wait is filled in: a reply
        that is kept has the one that was written."""
        waits = self.delay, self.first_byte
        return (
            self.capture is None and waits == (None, None) and all(is_settled(part, OF_LINE) for part in self._parts())
        )

    @property
    def reads_line_alone(self) -> bool:
        """Whether nothing of a request but method, Host and path has a say."""
        names = {name for part in self._parts() for name in part.reads if name.partition(".")[0] == "request"}
        return names <= OF_LINE

    @property
    def settled_by_head(self) -> bool:
        """Whether requests with the same line, query and headers are answered alike."""
        return all(is_settled(part, OF_LINE | OF_HEAD) for part in self._parts())

    @property
    def looks_back(self) -> bool:
        """Whether what earlier requests left behind has a say."""
        return any(name.partition(".")[0] in LEFT_BEHIND for part in self._parts() for name in part.reads)

    @property
    def text_alone(self) -> bool:
        """Whether the body is filled in, and nothing else is."""
        return len(self._parts()) == 1 and (self.text is not None or self.json is not None)

    def _parts(self) -> list[Template | JsonTemplate]:
        own = (self.status, self.text, self.json, self.capture, self.delay, self.first_byte, self.laid)
        return [part for part in (*own, *[each for _, each in self.headers]) if part is not None]


def is_settled(part: Template | JsonTemplate, names: frozenset[str]) -> bool:
    """Whether these members of `request` and the world say what becomes of a template."""
    named = all(name in names or name.partition(".")[0] in OF_WORLD for name in part.reads)
    return named and part.calls.isdisjoint(tables().FUNCTIONS)  # filters and tests work on what they are given


OF_WORLD = frozenset({"vars", "env"})
LEFT_BEHIND = frozenset({"state", "scenarios", "data"})
"""What follows from earlier requests."""
OF_LINE = frozenset(f"request.{member}" for member in ("method", "path", "segments", "params", "host"))
"""What follows from method, Host and path. The port may follow from the scheme."""

OF_HEAD = frozenset(
    f"request.{member}" for member in ("query", "query_all", "query_string", "target", "headers", "headers_all")
)
"""What follows from query and headers besides. The caller's address and the scheme are the connection's."""

OF_BODY = frozenset({"request.body", "request.json", "request.form", "request.form_all"})


@functools.lru_cache(maxsize=4096)
def compiled(texts: Texts, more: frozenset[str] = frozenset()) -> Compiled:
    """Compiled once for each text; that it can be was seen when its file was loaded. `more` are names of its own."""
    names = msgspec.structs.replace(ANYTHING, more=more) if more else ANYTHING
    tree = compile_json(msgspec.msgpack.decode(texts.json), names) if texts.json else None
    return Compiled(
        status=compile(texts.status, names) if texts.status else None,
        headers=tuple((name, compile(source, names)) for name, source in texts.headers),
        text=compile(texts.body, names) if texts.body else None,
        json=compile_json_text(texts.json_text, names) if texts.json_text else tree,
        capture=compile_json(dict(texts.capture), names) if texts.capture else None,
        delay=compile(texts.delay, names) if texts.delay else None,
        first_byte=compile(texts.first_byte, names) if texts.first_byte else None,
        laid=compile_json(msgspec.msgpack.decode(texts.laid), names) if texts.laid else None,
    )


def values_of(route: Route, request: Request, session: Session, filling: Filling, chance: Chance) -> Values:
    """What the templates of a mock may read, for one request."""
    data = _Data(filling, route.space, session) if filling.resources or filling.data else {}
    return Values(
        request, chance, request.now, vars=filling.vars, state=session.captured(route.space), data=data,
        env=filling.env, scenarios=_Scenarios(route.space, session),
    )  # fmt: skip


def store_of(resource: Resource, space: str, session: Session) -> Store:
    """The session's records of a resource, begun anew when what they come from has changed."""
    key = (space, resource.definition.resource)
    identity, kept = session.stores.get(key, ("", None))
    if kept is None or identity != resource.identity:
        kept = prototype(msgspec.structs.replace(resource, item="")).copy()
        session.stores[key] = (resource.identity, kept)
    found: Store = kept
    return found
