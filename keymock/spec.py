"""The shape of every file that keymock reads, as Structs. A key that is not here is a mistake in the file.

`NOT_YET` on a Struct names keys that the format has and this version does not serve: they are refused with that
sentence, so that nobody believes in an answer that does not come.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from keymock import units
from keymock.match import Conditions
from keymock.units import Duration

FORMAT = 1
"""The version of the file format that this program reads and writes."""

dec_hook, enc_hook, schema_hook, duration, size = (
    units.dec_hook, units.enc_hook, units.schema_hook, units.duration, units.size
)  # fmt: skip
"""What the files below are read with; these names stay until every caller takes them from `units`."""

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "QUERY")
"""The usual verbs, for hints; any other token in capitals is a method too, but for TRACE and CONNECT."""

Method = Annotated[str, Meta(pattern=r"^(\*|[A-Z][A-Z0-9!#$%&'*+.^_`|~-]*)$", description="In capitals, or `*`.")]
Status = Annotated[int, Meta(ge=200, le=599)]
HeaderValue = str | list[str]


class PathRegex(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`path = { regex = "…" }`: matches the whole decoded path, named groups become parameters."""

    regex: str


class RequestPattern(Conditions, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[request]`: which requests a mock answers."""

    method: Method | list[Method] = "GET"
    path: str | PathRegex | list[str] | UnsetType = UNSET


class When(Conditions, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`when` of a response: the tables of `[request]`, said of one variant."""

    NOT_YET: ClassVar[dict[str, str]] = {
        "state": "a condition on the state of a scenario",
        "call": "a condition on how often the mock was called",
    }


_LATER_RESPONSE = {
    "template": "`{{ … }}` filled in when the answer is made",
    "first_byte": "a wait before the first byte of the body",
    "throttle": "a body sent slowly",
    "fault": "a connection that breaks",
    "rate_limit": "429 after so many requests",
    "capture": "values of the request kept as state",
    "events": "server-sent events",
    "from": "an answer that starts from the contract's or the upstream's",
    "set": "an answer that starts from the contract's or the upstream's",
    "remove": "an answer that starts from the contract's or the upstream's",
}


class Response(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[response]`: what is sent. At most one of the body keys; none means the sibling body file, if there is one."""

    NOT_YET: ClassVar[dict[str, str]] = _LATER_RESPONSE
    BODY_KEYS: ClassVar[tuple[str, ...]] = ("body", "json", "json_text", "body_file")

    status: Status | UnsetType = UNSET
    headers: dict[str, HeaderValue] = {}
    content_type: str | UnsetType = UNSET
    body: str | UnsetType = UNSET
    json: Any = UNSET
    json_text: str | UnsetType = UNSET
    body_file: str | UnsetType = UNSET
    delay: Duration | UnsetType = UNSET


class Variant(Response, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of `[[responses]]`: an answer with a name and conditions of its own."""

    NOT_YET: ClassVar[dict[str, str]] = _LATER_RESPONSE | {
        "sets": "an answer that moves a scenario",
        "weight": "a share of a random choice",
        "times": "an answer that is given so often",
        "until": "an answer that ends at a time",
    }

    name: str = ""
    when: When | UnsetType = UNSET


class Mock(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`mocks/**/*.toml`: one mock. Keys of the whole mock stand above the first table."""

    NOT_YET: ClassVar[dict[str, str]] = {
        "operation": "an operation of a contract in place of method and path",
        "at_end": "what a sequence does at its end",
        "scenario": "a condition on, and a move of, a named state",
        "guard": "a check before the answer",
        "websocket": "a WebSocket conversation",
        "data": "a resource over a file of records",
        "webhooks": "calls made after the answer",
    }

    name: str = ""
    description: str = ""
    tags: list[str] = []
    enabled: bool = True
    priority: int = 0
    select: Literal["rules"] = "rules"
    request: RequestPattern = msgspec.field(default_factory=RequestPattern)
    response: Response | UnsetType = UNSET
    responses: list[Variant] = []


class DataId(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`id = { field = "id", kind = "integer" }`: which field names a record, and what new ones are called."""

    field: Annotated[str, Meta(min_length=1)] = "id"
    kind: Literal["integer", "uuid", "string"] = "integer"


class Data(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[data]`: records of a file, served as a resource. `path` left out is `/` and the name of the resource."""

    resource: Annotated[str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,62}$")]
    path: Annotated[str, Meta(pattern=r"^/")] | UnsetType = UNSET
    seed: str | UnsetType = UNSET
    id: DataId = DataId()
    schema: str | UnsetType = UNSET
    upsert: bool = False


class CorsPolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`cors = { origins = ["https://…"], credentials = true }`."""

    origins: list[str]
    credentials: bool = False


Cors = Literal["loopback"] | bool | CorsPolicy


class ResponseDefaults(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[response]` of a `_defaults.toml`: what every answer beneath starts from. An empty header takes one away."""

    NOT_YET: ClassVar[dict[str, str]] = {key: _LATER_RESPONSE[key] for key in ("first_byte", "throttle", "fault")}

    headers: dict[str, HeaderValue] = {}
    delay: Duration | UnsetType = UNSET


class Defaults(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`_defaults.toml` in a mocks folder: settings for everything beneath it, nearest wins."""

    NOT_YET: ClassVar[dict[str, str]] = {"guard": "a check before the answer"}

    response: ResponseDefaults = msgspec.field(default_factory=ResponseDefaults)
    cors: Cors | UnsetType = UNSET
    base_path: str = ""


class SettingsDefaults(ResponseDefaults, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[defaults]` of keymock.toml and project.toml: the keys of `_defaults.toml`, with headers at the top."""

    NOT_YET: ClassVar[dict[str, str]] = ResponseDefaults.NOT_YET | Defaults.NOT_YET

    response: ResponseDefaults | UnsetType = UNSET
    cors: Cors | UnsetType = UNSET
    base_path: str = ""


ProjectName = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Port = Annotated[int, Meta(ge=1024, le=65535)]


class Workspace(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`keymock.toml`: settings of the workspace."""

    NOT_YET: ClassVar[dict[str, str]] = {
        "outbound": "hosts that may be reached",
        "allow_env": "process variables that templates may read",
        "session_from": "headers that name a session",
        "variables": "variables for templates and requests",
        "faults": "named profiles of failures",
        "policy": "rules for a review",
        "redact": "more names whose values are hidden",
    }

    name: str = ""
    format: int = FORMAT
    port: Port = 8787
    allow_hosts: list[str] = []
    projects: list[str] = []
    roles: Literal["full", "review"] = "full"
    metadata_headers: bool = True
    cors: Cors = "loopback"
    defaults: SettingsDefaults = msgspec.field(default_factory=SettingsDefaults)


class Project(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`projects/<p>/project.toml`: where a project is mounted, and what its mocks start from."""

    NOT_YET: ClassVar[dict[str, str]] = {
        "contract": "an OpenAPI document as a source of mocks",
        "contract_answers": "an OpenAPI document as a source of mocks",
        "validate": "requests and answers held against a contract",
        "upstream": "the real API behind the mocks",
        "variables": "variables for templates and requests",
    }

    name: str = ""
    mount: str = "/"
    port: Port | UnsetType = UNSET
    host: str | UnsetType = UNSET
    base_path: str = ""
    cors: Cors | UnsetType = UNSET
    defaults: SettingsDefaults = msgspec.field(default_factory=SettingsDefaults)
