"""A mock made ready to serve: what it matches, what it sends, and how it ranks. Plain data, in and out of msgpack."""

from __future__ import annotations

from typing import Literal

import msgspec

from keymock.events import Script
from keymock.exchange import BodyFile
from keymock.faults import AT_ONCE, NO_WAIT, Bucket, Fault, Pace, Wait
from keymock.layout import Scope
from keymock.match import Condition
from keymock.pattern import Pattern
from keymock.spec import Data
from keymock.websocket import Plan

ANY = "*"

_LAST = 10
"""More than any scope: whatever is written by hand goes before a contract."""

SCOPE_RANK: dict[Scope, int] = {"private": 0, "project": 1, "workspace": 2}


class Texts(msgspec.Struct, frozen=True, array_like=True):
    """The parts of an answer that are templates, as their source; they are compiled at first use.

    `headers` are name and source of those that are, in their place among the others. `json` is a tree whose texts
    may be templates, as msgpack; empty if the body is no JSON.
    """

    status: str = ""
    headers: tuple[tuple[bytes, str], ...] = ()
    body: str = ""
    json: bytes = b""
    json_text: str = ""
    capture: tuple[tuple[str, str], ...] = ()
    delay: str = ""
    first_byte: str = ""
    laid: bytes = b""


class Start(msgspec.Struct, frozen=True, array_like=True):
    """`from = "upstream"`: what a mock lays over the real API's answer, but for its headers and templates.

    `status` 0 leaves the real API's, `gone` are headers that are taken away, `laid` is a table of values by JSONPath as
    msgpack, empty if `Texts.laid` has it.
    """

    status: int = 0
    gone: tuple[bytes, ...] = ()
    laid: bytes = b""
    remove: tuple[str, ...] = ()


class Play(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an answer does besides being sent: waits, breaks, counts, remembers. All of it plain data.

    `sets` is the state that the scenario goes to, `until` a moment in epoch seconds, `times` 0 for no limit.
    """

    wait: Wait = NO_WAIT
    first_byte: Wait = NO_WAIT
    pace: Pace = AT_ONCE
    fault: str | Fault = ""
    bucket: Bucket | None = None
    sets: str = ""
    weight: float = 1.0
    times: int = 0
    until: float = 0.0
    texts: Texts | None = None
    events: Script | None = None
    start: Start | None = None

    @property
    def still(self) -> bool:
        """Whether nothing is drawn, counted, remembered or filled in: at most the answer comes a fixed time later."""
        return self.wait.shape == "fixed" and msgspec.structs.replace(self, wait=NO_WAIT) == STILL


STILL = Play()
"""An answer that is sent, and nothing else: its bytes are ready."""


class File(msgspec.Struct, frozen=True, array_like=True):
    """One file of a folder: its content, its type, and the ETag that tells its versions apart."""

    content: bytes | BodyFile
    type: str
    tag: str


class Folder(msgspec.Struct, frozen=True, array_like=True):
    """A folder that is served: its files by their path below it. The index of a folder has that folder's path, with
    the slash at its end; empty for the folder itself.
    """

    files: dict[str, File]


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """One response of a mock. Its bytes are ready to send but for what `play` says.

    `conditions` are the variant's own `when`; the answer without any is the mock's default.
    """

    name: str
    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes = b""
    file: BodyFile | None = None
    folder: Folder | None = None
    conditions: tuple[Condition, ...] = ()
    play: Play = STILL

    @property
    def limited(self) -> bool:
        """Whether it is given only so often, or only until some time."""
        return bool(self.play.times or self.play.until)


class Barrier(msgspec.Struct, frozen=True, array_like=True):
    """A guard, compiled: what a request must fulfil before the mock answers, and what it gets instead.

    `live` are condition tables with templates over `vars` and `state`, as msgpack: they become conditions anew for
    each request. Empty if there are no templates; then `conditions` hold it all.
    """

    otherwise: Answer
    conditions: tuple[Condition, ...] = ()
    live: bytes = b""


class Hook(msgspec.Struct, frozen=True, omit_defaults=True):
    """One of `[[webhooks]]`, compiled: the request as an answer has it (headers, body, templates), and where it goes.

    `url` may be a template; `after` are the answers that it follows, none for each. `backoff` and `timeout` are in
    seconds.
    """

    method: str
    url: str
    content: Answer
    live: bool = False
    """Whether the URL is a template."""
    after: tuple[str, ...] = ()
    wait: Wait = NO_WAIT
    timeout: float = 10.0
    tries: int = 1
    backoff: float = 1.0
    verify: bool = True


class Resource(msgspec.Struct, frozen=True, array_like=True):
    """A `[data]` table with its files. `item` is the path parameter that names a record; empty for the list itself.

    `identity` changes when the records of a session must begin anew; `seed_file` is where the seed lies.
    """

    definition: Data
    seed_name: str
    seed: bytes
    schema: bytes
    identity: str
    item: str = ""
    seed_file: str = ""


class Cors(msgspec.Struct, frozen=True, array_like=True):
    """Who may call from a page of another origin. `origins` of None: loopback origins; empty: nobody; `*`: all."""

    origins: tuple[str, ...] | None = None
    credentials: bool = False


class Route(msgspec.Struct, frozen=True, omit_defaults=True):
    """One mock, compiled. `count` is the number of conditions in the sense of the order of precedence, step 6."""

    id: str
    file: str
    line: int
    name: str
    space: str
    scope: Scope
    methods: tuple[str, ...]
    patterns: tuple[Pattern, ...]
    priority: int
    conditions: tuple[Condition, ...]
    count: int
    answers: tuple[Answer, ...]
    cors: Cors
    enabled: bool = True
    tags: tuple[str, ...] = ()
    select: Literal["rules", "sequence", "cycle", "random"] = "rules"
    at_end: Literal["stay", "cycle", "no-match"] = "stay"
    barrier: Barrier | None = None
    resource: Resource | None = None
    scenario: str = ""
    sets: str = ""
    """The scenario that the mock moves, and the state it goes to."""
    websocket: Plan | None = None
    webhooks: tuple[Hook, ...] = ()
    bare: bool = False
    """Whether it is a mock without TOML, made of nothing but files' names."""
    operation: str = ""
    """The operation of a contract that it answers (`GET /users/{id}`), if its file says so or it is the contract's."""
    contract: str = ""
    """The contract that answers in its name: then it has no answer of its own."""
    validate: str = ""
    """How strictly its contract is kept, as JSON, where its folders say so; see `contract.rules`."""

    @property
    def still(self) -> bool:
        """Whether answering leaves nothing behind, so that one reply is like the other."""
        more = self.barrier, self.resource, self.websocket
        if self.contract:
            return False
        folders = any(answer.folder is not None for answer in self.answers)
        return (
            self.select == "rules" and not self.sets and more == (None, None, None) and not (self.webhooks or folders)
        )

    def recorded_in(self, response: str) -> str:
        """The file that the delay of a response is drawn from; empty if it is drawn from none."""
        return next((each.play.wait.source for each in self.answers if each.name == response), "")

    @property
    def serves_records(self) -> bool:
        """Whether its answers are the records of a resource."""
        return self.resource is not None

    @property
    def width(self) -> int:
        """How many methods it takes; `*` is wider than any list."""
        return 1000 if ANY in self.methods else len(self.methods)

    @property
    def rank(self) -> tuple[int, int, int, str]:
        """Steps 5 to 7 of the order of precedence: scope (TOML first, a contract last), conditions, methods, id."""
        scope = 2 * SCOPE_RANK[self.scope] + self.bare + _LAST * bool(self.contract)
        return scope, -self.count, self.width, self.id
