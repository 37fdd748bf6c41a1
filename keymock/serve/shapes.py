"""What the control plane takes and gives, as JSON: the source of its OpenAPI description, and of nothing else to give.

Answers are built where the facts are (`Service`), so fields may be added there before they are described here;
what is described here stays.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from keymock.index.switch import Pinned
from keymock.overriding import Override
from keymock.toggles import Toggles

Session = Annotated[str, msgspec.Meta(pattern=r"^([A-Za-z0-9_-]{1,64})?$(?!\n)")]
SessionOrAll = Annotated[str, msgspec.Meta(pattern=r"^([A-Za-z0-9_-]{1,64}|\*)?$(?!\n)")]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=600)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**62)]


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """No query parameters."""


class JournalQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which exchanges: only those no mock answered, of one mock, session, method, status or path (which may end in
    `*`), after one id; the last `limit`. `near_misses` adds to those without a mock what came near. `commits` adds the
    commit that changed each mock last.
    """

    unmatched: bool = False
    mock: str = ""
    session: Session = ""
    method: str = ""
    path: str = ""
    status: Annotated[int, msgspec.Meta(ge=0, le=599)] = 0
    since: Count = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 100
    commits: bool = False
    near_misses: bool = False


class EventsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether exchanges are told too, and which: as in `JournalQuery`. With a `Last-Event-ID`, those after that one."""

    exchanges: bool = False
    unmatched: bool = False
    mock: str = ""
    session: Session = ""
    method: str = ""
    path: str = ""
    status: Annotated[int, msgspec.Meta(ge=0, le=599)] = 0


class CallsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which webhooks: of one mock, of one session, after one id; the last `limit`."""

    mock: str = ""
    session: Session = ""
    since: Count = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 100


class WaitQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which generation must be served, and how many seconds to wait for it."""

    generation: Count
    timeout: Seconds = 30.0


class SyncQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many seconds to wait."""

    timeout: Seconds = 30.0


class ResetQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose state goes back to its beginning: the default session's if left out, everybody's with `*`."""

    session: SessionOrAll = ""


class SessionQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose it is: everybody's if left out."""

    session: Session = ""


Secret = Annotated[str, msgspec.Meta(min_length=1, max_length=64 * 1024)]


class Secrets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Texts that shall be shown nowhere: not in the journal, on the terminal, in any answer of the control plane."""

    values: Annotated[list[Secret], msgspec.Meta(max_length=200)] = []


class Hidden(msgspec.Struct, frozen=True):
    """How many texts are hidden. They can be told, never asked for."""

    hidden: int


class SessionWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is different for one session; what is left out stays as it is. `freeze_time` of null lets time go on."""

    seed: Annotated[int, msgspec.Meta(ge=0, le=2**62)] | UnsetType = UNSET
    preset: str | UnsetType = UNSET
    faults: str | UnsetType = UNSET
    freeze_time: str | UnsetType | None = UNSET
    toggles: Toggles | UnsetType = UNSET


class Overrides(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Mocks of one session: the keys of a mock's file as JSON."""

    overrides: list[Override]


class Moved(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The state that a scenario shall be in; left out: its first."""

    state: str = ""


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A request to explain: `url`, or `path` alone. `body` is text, or any other JSON value to be sent as JSON."""

    method: str = "GET"
    url: str = ""
    path: str = ""
    headers: dict[str, str | list[str]] = {}
    body: Any = None
    session: Session = ""


class ProblemShown(msgspec.Struct, frozen=True):
    """One problem of the tree, as `keymock check --json` has it."""

    code: str
    severity: Literal["error", "warning"]
    path: str
    line: int
    column: int
    message: str
    hint: str


class Target(msgspec.Struct, frozen=True):
    """Where the answers of a project come from (`mock`, `real`, `fallback`), and where its real API is."""

    mode: str
    upstream: str


class JournalFile(msgspec.Struct, frozen=True):
    """The file of `--journal-to`: exchanges that are in it, that wait to be written, and that it will never have."""

    file: str
    kept: int
    waiting: int
    lost: int


class Status(msgspec.Struct, frozen=True):
    """What is served, as whom, and what is broken. `since` is when the server started, in seconds since 1970."""

    generation: int
    actor: str | None
    mocks: int
    routes: int
    problems: list[ProblemShown]
    targets: dict[str, Target]
    since: int
    workers: int
    journal_file: JournalFile | None = None


class RouteShown(msgspec.Struct, frozen=True):
    """One mock that the actor sees, as `keymock ls --json` has it; `role` is what they are there."""

    mock: str
    name: str
    method: str
    path: str
    scope: str
    project: str | None
    role: str
    usable: bool
    enabled: bool
    file: str
    line: int


class Routes(msgspec.Struct, frozen=True):
    """Every mock that the actor sees."""

    routes: list[RouteShown]


class Condition(msgspec.Struct, frozen=True):
    """One thing a mock asks of a request, and whether it held."""

    where: str
    expected: Any
    actual: Any
    ok: bool


class Candidate(msgspec.Struct, frozen=True):
    """A mock that answered, or came close."""

    mock: str
    matched: bool
    conditions: list[Condition]


class Answer(msgspec.Struct, frozen=True):
    """Which response of which mock would be sent; after which delay, which file that is drawn from, and how the
    connection would break, if any of that is so.
    """

    mock: str
    response: str | None
    status: int
    delay_ms: float | UnsetType = UNSET
    delay_from: str | UnsetType = UNSET
    fault: str | UnsetType = UNSET


class Explanation(msgspec.Struct, frozen=True):
    """Which mock would answer, and why the others do not."""

    answer: Answer | None
    candidates: list[Candidate]


class LastCommit(msgspec.Struct, frozen=True):
    """The commit that changed a mock last."""

    id: str
    author: str
    when: str
    subject: str


class Exchange(msgspec.Struct, frozen=True):
    """One request and what it got, redacted. `mock` is null where none answered, else `file` and `line` say where.

    `source` is `mock`, `real` or null.
    """

    id: int
    time: str
    session: str
    method: str
    path: str
    status: int
    mock: str | None
    matched: bool
    source: str | None
    duration_ms: float
    request: dict[str, Any]
    response: dict[str, Any]
    file: str = ""
    line: int = 0
    commit: LastCommit | None = None
    violations: list[str] = []
    webhooks: list[CalledBack] = []


class CalledBack(msgspec.Struct, frozen=True):
    """One webhook, redacted: which it is of its mock, after which entry of the journal, and what became of it."""

    id: int
    entry: int
    time: str
    session: str
    mock: str
    webhook: int
    method: str
    url: str
    state: Literal["waiting", "sending", "sent", "failed", "refused", "cancelled"]
    status: int | None
    tries: int
    duration_ms: float
    error: str | None
    detail: str
    hint: str
    request: dict[str, Any]


class Calls(msgspec.Struct, frozen=True):
    """Webhooks, oldest first."""

    webhooks: list[CalledBack]


class Detail(Exchange, frozen=True):
    """One request and what it got; with the conditions that held, or the mocks that came near."""

    conditions: list[Condition] = []
    near_misses: list[Candidate] = []


class Exchanges(msgspec.Struct, frozen=True):
    """Exchanges, oldest first."""

    entries: list[Exchange]


class DraftQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where it shall lie (`private`, `workspace`, `project:NAME`), and under which name; left out: as it comes."""

    scope: str = ""
    name: str = ""


class DraftWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where it shall lie (`private`, `workspace`, `project:NAME`), and under which name; left out: as it comes."""

    scope: str = ""
    name: str = ""


class DraftedFile(msgspec.Struct, frozen=True, omit_defaults=True):
    """One file of a draft, and where it lies in the workspace; `base64` where it is no text."""

    path: str
    text: str = ""
    base64: str = ""


class DraftedMock(msgspec.Struct, frozen=True):
    """A mock that answers an exchange again, and whether it was written."""

    mock: str
    files: list[DraftedFile]
    written: bool


class DraftedRequest(msgspec.Struct, frozen=True):
    """A saved request that asks an exchange again, and whether it was written.

    It needs `secrets` to be sent; it is not `whole` if the journal did not keep its body.
    """

    request: str
    files: list[DraftedFile]
    written: bool
    secrets: list[str]
    whole: bool


class Nearby(msgspec.Struct, frozen=True):
    """An exchange that was not what was expected, and what of it was not."""

    entry: Exchange
    conditions: list[Condition]


class Verdict(msgspec.Struct, frozen=True):
    """Whether what was expected holds, in a sentence. `lost` are exchanges that are no longer in the journal."""

    ok: bool
    count: int
    said: str
    entries: list[Exchange]
    near_misses: list[Nearby]
    lost: int


class AnswerUsed(msgspec.Struct, frozen=True):
    """One response of a mock, and how often it was given."""

    response: str = ""
    status: int = 200
    used: int = 0
    declared: bool = True


class MockUsed(msgspec.Struct, frozen=True):
    """One mock, with its answers, and the day it was last used."""

    mock: str
    file: str
    route: str
    answers: list[AnswerUsed]
    last: str = ""


class StatusUsed(msgspec.Struct, frozen=True):
    """A status of an operation, as its contract has it or undeclared, and how often it was given."""

    status: str
    used: int = 0
    declared: bool = True


class Gave(msgspec.Struct, frozen=True):
    """What answered an operation: a response of a mock, or keymock itself."""

    mock: str
    response: str = ""
    status: int = 200
    used: int = 0


class OperationUsed(msgspec.Struct, frozen=True):
    """One operation of a contract: its statuses, and what gave them."""

    operation: str
    file: str
    route: str
    statuses: list[StatusUsed]
    given: list[Gave] = []


class Missed(msgspec.Struct, frozen=True):
    """A request that no mock answered, and how often it came."""

    method: str
    path: str
    count: int


class Covered(msgspec.Struct, frozen=True):
    """Which mocks and answers were used since the start, and which operations of contracts."""

    mocks: list[MockUsed]
    operations: list[OperationUsed] = []
    unmatched: int = 0
    misses: list[Missed] = []
    runs: int = 1


class SessionShown(msgspec.Struct, frozen=True):
    """One session: what is different for it, and how much it was asked."""

    session: str
    seed: int
    preset: str
    faults: str
    freeze_time: str | None
    toggles: Toggles
    overrides: list[str]
    requests: int
    idle_seconds: float | None


class SessionsShown(msgspec.Struct, frozen=True):
    """Every session."""

    sessions: list[SessionShown]


class Ended(msgspec.Struct, frozen=True):
    """A session that is no more: how many requests it had, and those that no mock answered, with near misses."""

    session: str
    ended: bool
    requests: int
    unmatched: list[Detail]


class Overridden(msgspec.Struct, frozen=True):
    """The overrides that were added, and all that the session has now, by id."""

    session: str
    added: list[str]
    overrides: list[str]


class StoreShown(msgspec.Struct, frozen=True):
    """How many records a resource has in a session, and whether they are others than its seed's."""

    records: int
    changed: bool


class StateShown(msgspec.Struct, frozen=True):
    """The state of each scenario and the records of each resource, by `space/name`; what was captured, by space."""

    scenarios: dict[str, str]
    values: dict[str, dict[str, Any]]
    data: dict[str, StoreShown]


class RecordsShown(msgspec.Struct, frozen=True):
    """The records of one resource in a session. `identity` is another when its seed, schema or ids are."""

    resource: str
    seed: str
    identity: str
    records: list[dict[str, Any]]


class Snapshots(msgspec.Struct, frozen=True):
    """The names of the snapshots that are kept."""

    snapshots: list[str]


class ScenarioShown(msgspec.Struct, frozen=True):
    """The state of one scenario."""

    scenario: str
    state: str


class Reached(msgspec.Struct, frozen=True):
    """The generation that is served now, and whether it is the one waited for, or a later one."""

    generation: int
    reached: bool


class Synced(msgspec.Struct, frozen=True):
    """All that was on disk at the call is served as of `generation`, or refused for these problems."""

    generation: int
    problems: list[ProblemShown]


class Reset(msgspec.Struct, frozen=True):
    """What requests left behind is forgotten."""

    reset: bool
    generation: int


class Switched(msgspec.Struct, frozen=True):
    """What is switched by hand: where answers come from (`mock`, `real`, `fallback`), and single mocks.

    A mock may be `off` too, or pinned to an answer: `{"answer": "empty"}`, by name or status. `default` is empty where
    each project.toml decides.
    """

    default: str
    projects: dict[str, str]
    mocks: dict[str, Literal["off", "mock", "real", "fallback"] | Pinned]
    flows: dict[str, str]
    preset: str


class Trouble(msgspec.Struct, frozen=True):
    """Problem details (RFC 9457): what was wrong with the request, in a sentence."""

    type: str
    title: str
    status: int
    code: str
    detail: str = ""


class OpenAPI(msgspec.Struct, frozen=True):
    """An OpenAPI 3.1 document."""

    openapi: str
    info: dict[str, Any]
    paths: dict[str, Any]
    components: dict[str, Any]
