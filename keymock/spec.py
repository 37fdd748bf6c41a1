"""The shape of every file that keymock reads, as Structs. A key that is not here is a mistake in the file.

`NOT_YET` on a Struct names keys that the format has and this version does not serve: they are refused with that
sentence, so that nobody believes in an answer that does not come. `MEANT` names keys that other tools have, and
what they are called here.
"""

# Without `from __future__ import annotations`, and so are the modules of its parts: msgspec would evaluate every
# annotation from its text, which takes 20 ms before a process has read its first mock.

import re
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from keymock.events import Events
from keymock.faults import Delay, Fault, Kind, Profile, RateLimit, Spread, Throttle
from keymock.match import Auth, Conditions, Value
from keymock.redaction import SecretNames, with_names
from keymock.units import DURATION_PATTERN, Duration, Size
from keymock.websocket import WebSocket

FORMAT = 1
"""The version of the file format that this program reads and writes."""

_METHOD = r"^(\*|[A-Z][A-Z0-9!#$%&'*+.^_`|~-]*)$"
_IS_METHOD = re.compile(_METHOD)
Method = Annotated[str, Meta(extra_json_schema={"pattern": _METHOD}, description="In capitals, or `*`.")]
"""Not by `Meta(pattern=…)`: beside a list that makes msgspec 0.22 crash when its memory is collected, at the latest
when the program ends."""
Status = Annotated[int, Meta(ge=200, le=599)]
Template = Annotated[
    str, Meta(pattern=r"\{\{|\{%", title="a template", description="a template is text with {{ … }} in it")
]
HeaderValue = str | list[str]


class PathRegex(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`path = { regex = "…" }`: matches the whole decoded path, named groups become parameters."""

    regex: str


def _check_method(method: str) -> None:
    if not _IS_METHOD.search(method):
        raise ValueError(f"`{method}` is no method: write it in capitals, or `*`")


class RequestPattern(Conditions, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[request]`: which requests a mock answers."""

    MEANT: ClassVar[dict[str, str]] = {
        "url": "path", "urlPath": "path", "urlPathTemplate": "path", "endpoint": "path", "route": "path",
        "urlPattern": "path.regex", "urlPathPattern": "path.regex", "queryParameters": "query",
        "bodyPatterns": "body", "basicAuth": "auth.basic", "basicAuthCredentials": "auth.basic",
        "formParameters": "form", "pathParameters": "params",
    }  # fmt: skip

    method: Method | list[Method] = "GET"
    path: str | PathRegex | list[str] | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.method == "GET":
            return
        for method in (self.method,) if isinstance(self.method, str) else self.method:
            _check_method(method)


class When(Conditions, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`when` of a response: the tables of `[request]`, said of one variant; and what went before."""

    state: Annotated[str, Meta(min_length=1, description="The state that the mock's scenario is in.")] | UnsetType = (
        UNSET
    )
    call: Annotated[Value, Meta(description="The number of this call of the mock, from 1.")] | UnsetType = UNSET


LiveDuration = Annotated[
    str,
    Meta(
        pattern=rf"{DURATION_PATTERN}|\{{\{{|\{{%",
        title="a duration",
        description='a duration is text with its unit, like "50ms", "2s", "1m"',
    ),
]
LiveDelay = LiveDuration | Spread


class Folder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`folder = { path = "public", index = "home.html" }`: a folder whose files are served as they are."""

    path: str
    index: str = "index.html"


class Response(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"origin": "from", "laid": "set"}
):
    """`[response]`: what is sent. At most one of the body keys; none means the sibling body file, if there is one."""

    MEANT: ClassVar[dict[str, str]] = {
        "text": "body", "content": "body", "file": "body_file", "body_path": "body_file", "type": "content_type",
        "code": "status", "status_code": "status", "statusCode": "status", "latency": "delay",
        "jsonBody": "json", "bodyFileName": "body_file", "fixedDelayMilliseconds": "delay",
        "delayDistribution": "delay", "chunkedDribbleDelay": "throttle", "contentType": "content_type",
    }  # fmt: skip
    BODY_KEYS: ClassVar[tuple[str, ...]] = ("body", "json", "json_text", "body_file", "events", "folder")

    status: Status | Template | UnsetType = UNSET
    headers: dict[str, HeaderValue] = {}
    content_type: str | UnsetType = UNSET
    body: str | UnsetType = UNSET
    json: Any = UNSET
    json_text: str | UnsetType = UNSET
    body_file: str | UnsetType = UNSET
    events: Events | UnsetType = UNSET
    folder: str | Folder | UnsetType = UNSET
    origin: (
        Annotated[
            Literal["contract", "upstream"], Meta(description="Start from what the contract, or the real API, answers.")
        ]
        | UnsetType
    ) = UNSET
    laid: Annotated[dict[str, Any], Meta(description="Values by JSONPath, laid over that answer.")] = {}
    remove: Annotated[list[str], Meta(description="JSONPaths of what is taken out of that answer.")] = []
    template: (
        Annotated[bool, Meta(description="Whether `{{ … }}` is filled in; for a body file only if true.")] | UnsetType
    ) = UNSET
    delay: LiveDelay | UnsetType = UNSET
    first_byte: LiveDelay | UnsetType = UNSET
    throttle: Throttle | UnsetType = UNSET
    fault: Kind | Fault | UnsetType = UNSET
    rate_limit: RateLimit | UnsetType = UNSET
    capture: Annotated[dict[str, str], Meta(description="Templates whose values are kept as `state.NAME`.")] = {}


class Variant(Response, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of `[[responses]]`: an answer with a name and conditions of its own."""

    name: str = ""
    when: When | UnsetType = UNSET
    sets: Annotated[str, Meta(min_length=1, description="The state that the mock's scenario goes to.")] | UnsetType = (
        UNSET
    )
    weight: Annotated[float, Meta(ge=0, le=1e9, description="Its share when `select` is random.")] = 1
    times: Annotated[int, Meta(ge=1, description="Given so often, then no longer.")] | UnsetType = UNSET
    until: Annotated[str, Meta(description="Given until this time, RFC 3339.")] | UnsetType = UNSET


class Scenario(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[scenario]`: a named state that the mock needs, or moves, or both. Every scenario begins as `Started`."""

    MEANT: ClassVar[dict[str, str]] = {
        "scenarioName": "name", "requiredScenarioState": "requires", "required_state": "requires",
        "newScenarioState": "sets", "new_state": "sets",
    }  # fmt: skip

    name: Annotated[str, Meta(min_length=1)]
    requires: Annotated[str, Meta(min_length=1)] | UnsetType = UNSET
    sets: Annotated[str, Meta(min_length=1)] | UnsetType = UNSET


class Guard(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    rename={"otherwise": "else"},
):
    """`[guard]`: what a request must bring before the mock answers it, and what it gets if it does not."""

    auth: Auth | UnsetType = UNSET
    headers: dict[str, Value] = {}
    query: dict[str, Value] = {}
    cookies: dict[str, Value] = {}
    otherwise: Response = msgspec.field(default_factory=lambda: Response(status=401))


class DataId(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`id = { field = "id", kind = "integer" }`: which field names a record, and what new ones are called."""

    field: Annotated[str, Meta(min_length=1)] = "id"
    kind: Literal["integer", "uuid", "string"] = "integer"


class Data(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[data]`: records of a file, served as a resource. `path` left out is `/` and the name of the resource."""

    resource: Annotated[str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,62}$(?!\n)")]
    path: Annotated[str, Meta(pattern=r"^/")] | UnsetType = UNSET
    seed: str | UnsetType = UNSET
    id: DataId = DataId()
    schema: str | UnsetType = UNSET
    upsert: bool = False


class Retry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`retry = { times = 3, backoff = "1s" }`: so many tries more, each after twice the pause of the one before."""

    times: Annotated[int, Meta(ge=1, le=20)]
    backoff: Annotated[Duration, Meta(description="1s if left out.")] | UnsetType = UNSET


class Webhook(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of `[[webhooks]]`: a request that goes out after the answer, to a host that was allowed."""

    url: Annotated[str, Meta(min_length=1)]
    method: Method = "POST"
    headers: dict[str, HeaderValue] = {}
    content_type: str | UnsetType = UNSET
    body: str | UnsetType = UNSET
    json: Any = UNSET
    json_text: str | UnsetType = UNSET
    body_file: str | UnsetType = UNSET
    template: bool | UnsetType = UNSET
    delay: Delay | UnsetType = UNSET
    after: Annotated[list[str], Meta(description="The responses that it follows, by name; left out: each.")] = []
    timeout: Annotated[Duration, Meta(description="10s if left out.")] | UnsetType = UNSET
    retry: Retry | UnsetType = UNSET
    verify: Annotated[bool, Meta(description="Whether its TLS certificate must be a trusted one.")] = True

    def __post_init__(self) -> None:
        _check_method(self.method)
        if self.method == "*":
            raise ValueError("a webhook has one method")


class Mock(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`mocks/**/*.toml`: one mock. Keys of the whole mock stand above the first table."""

    MEANT: ClassVar[dict[str, str]] = {
        "scenarioName": "scenario.name", "requiredScenarioState": "scenario.requires",
        "newScenarioState": "scenario.sets", "responseMode": "select",
    }  # fmt: skip

    name: str = ""
    description: str = ""
    tags: list[str] = []
    operation: Annotated[str, Meta(description="An operation of the contract: it stands for method and path.")] = ""
    enabled: bool = True
    priority: int = 0
    select: Annotated[
        Literal["rules", "sequence", "cycle", "random"], Meta(description="How one of the responses is chosen.")
    ] = "rules"
    at_end: Annotated[
        Literal["stay", "cycle", "no-match"], Meta(description="What a sequence does after its last response.")
    ] = "stay"
    request: RequestPattern = msgspec.field(default_factory=RequestPattern)
    scenario: Scenario | UnsetType = UNSET
    guard: Guard | bool | UnsetType = UNSET
    response: Response | UnsetType = UNSET
    responses: list[Variant] = []
    websocket: WebSocket | UnsetType = UNSET
    data: Data | UnsetType = UNSET
    webhooks: list[Webhook] = []


class CorsPolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`cors = { origins = ["https://…"], credentials = true }`."""

    origins: list[str]
    credentials: bool = False


Cors = Literal["loopback"] | bool | CorsPolicy


class ResponseDefaults(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[response]` of a `_defaults.toml`: what every answer beneath starts from. An empty header takes one away."""

    headers: dict[str, HeaderValue] = {}
    delay: Delay | UnsetType = UNSET
    first_byte: Delay | UnsetType = UNSET
    throttle: Throttle | UnsetType = UNSET
    fault: Kind | Fault | UnsetType = UNSET


Strictness = Literal["off", "warn", "enforce"]
"""Whether what a contract does not allow passes unseen, is told, or is refused."""


class Parts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How strictly each part is held against a contract. `request` is all of one but what is said by itself."""

    request: Strictness | UnsetType = UNSET
    response: Strictness | UnsetType = UNSET
    security: Strictness | UnsetType = UNSET
    path: Strictness | UnsetType = UNSET
    query: Strictness | UnsetType = UNSET
    header: Strictness | UnsetType = UNSET
    cookie: Strictness | UnsetType = UNSET
    body: Strictness | UnsetType = UNSET


class Validate(Parts, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`validate = { request = "enforce", query = "off", operations.getUser = "off" }`."""

    operations: Annotated[dict[str, Strictness | Parts], Meta(description="By operationId, nearer than the rest.")] = {}


class Defaults(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`_defaults.toml` in a mocks folder: settings for everything beneath it, nearest wins."""

    response: ResponseDefaults = msgspec.field(default_factory=ResponseDefaults)
    cors: Cors | UnsetType = UNSET
    guard: Guard | bool | UnsetType = UNSET
    base_path: str = ""
    validate: Annotated[
        Strictness | Validate | UnsetType,
        Meta(description="How strictly what lies beneath is held against the contract."),
    ] = UNSET


class SettingsDefaults(ResponseDefaults, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[defaults]` of keymock.toml and project.toml: the keys of `_defaults.toml`, with headers at the top."""

    response: ResponseDefaults | UnsetType = UNSET
    cors: Cors | UnsetType = UNSET
    guard: Guard | bool | UnsetType = UNSET
    base_path: str = ""
    validate: Annotated[
        Strictness | Validate | UnsetType,
        Meta(description="How strictly what lies beneath is held against the contract."),
    ] = UNSET


class Preset(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`presets/<name>.toml`: a named set of answers."""

    description: str = ""
    extends: Annotated[str, Meta(description="A preset of the same space, or of the workspace.")] = ""
    faults: Annotated[str, Meta(description="A fault profile of keymock.toml.")] = ""
    use: Annotated[
        dict[str, str | Status],
        Meta(description="A mock, by the end of its id, and its answer: a name, a status, or `off`."),
    ] = {}


class Policy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[policy]` of keymock.toml: what a review asks of mocks that are new or different."""

    require_variants: Annotated[
        dict[Method, list[Status]], Meta(description="By method, the statuses that a mock must have an answer for.")
    ] = {}
    max_inline_body: Annotated[
        Size | UnsetType, Meta(description="The most that a body may have inside of a mock's file.")
    ] = UNSET
    history: Annotated[
        Literal["full", "net"], Meta(description="Whether every commit is judged, or only what they come to.")
    ] = "full"


ProjectName = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$(?!\n)")]
Port = Annotated[int, Meta(ge=1024, le=65535)]


Folders = Annotated[str, Meta(pattern="[^/]", description="A folder beneath keymock.toml, or a pattern of some.")]


VariableName = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*$(?!\n)",
        description="A process variable that templates read as env.NAME, once you allow it: keymock allow --env NAME",
    ),
]

Reachable = Annotated[
    str,
    Meta(
        pattern=r"^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_][A-Za-z0-9_.-]*)(:[0-9]{1,5})?$(?!\n)",
        description="HOST or HOST:PORT, to be reached once you allow it: keymock allow",
    ),
]


HeaderName = Annotated[str, Meta(pattern=r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$(?!\n)", description="In any case.")]


class Redact(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[redact]`: names whose values are never shown, besides those that go for secrets everywhere."""

    headers: list[HeaderName] = []
    json_keys: Annotated[
        list[Annotated[str, Meta(pattern=r"[A-Za-z0-9]")]],
        Meta(description="Keys of JSON at any depth, fields of forms, parameters and cookies."),
    ] = []

    @property
    def names(self) -> SecretNames:
        """The same, to be asked."""
        return with_names(self.headers, self.json_keys)


class Workspace(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`keymock.toml`: settings of the workspace."""

    name: str = ""
    format: int = FORMAT
    port: Port = 8787
    allow_hosts: list[str] = []
    allow_env: list[VariableName] = []
    outbound: list[Reachable] = []
    projects: list[Folders] = []
    roles: Literal["full", "review"] = "full"
    metadata_headers: bool = True
    cors: Cors = "loopback"
    session_from: list[Annotated[str, Meta(pattern=r"^header:[!-~]+$(?!\n)")]] = []
    variables: dict[str, Any] = {}
    faults: dict[str, Profile] = {}
    policy: Policy = Policy()
    redact: Redact = Redact()
    defaults: SettingsDefaults = msgspec.field(default_factory=SettingsDefaults)


Mode = Literal["mock", "real", "fallback"]
"""Where answers come from: mocks; the real API; or mocks as far as there are any, else the real API."""


class Upstream(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[upstream]` of a project.toml: where the real API is, by environment."""

    mode: Mode = "mock"
    default: Annotated[str, Meta(description="The environment whose address it is, if nobody says another.")] = ""
    urls: Annotated[dict[str, str], Meta(description="The address of the real API in each environment.")] = {}
    timeout: Annotated[Duration, Meta(description="How long the real API may be silent; 30s.")] | UnsetType = UNSET


class Project(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`projects/<p>/project.toml`: where a project is mounted, and what its mocks start from."""

    name: str = ""
    mount: str = "/"
    port: Port | UnsetType = UNSET
    host: str | UnsetType = UNSET
    base_path: str = ""
    contract: Annotated[
        str | list[str], Meta(description="OpenAPI documents; left out: the openapi.* of the folder, if there is one.")
    ] = []
    contract_answers: Annotated[
        Literal["all", "examples", "none"], Meta(description="What the contract answers where no mock does.")
    ] = "all"
    rewrite_links: Annotated[
        bool, Meta(description="Links in examples to the document's own servers lead to the mock instead.")
    ] = True
    validate: Annotated[
        Strictness | Validate | UnsetType,
        Meta(description="How strictly requests and answers keep to the contract."),
    ] = UNSET
    cors: Cors | UnsetType = UNSET
    upstream: Upstream | UnsetType = UNSET
    variables: dict[str, Any] = {}
    defaults: SettingsDefaults = msgspec.field(default_factory=SettingsDefaults)
