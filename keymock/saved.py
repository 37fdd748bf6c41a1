"""The shape of saved requests, as Structs: what is sent, and what came back once. Environments are free tables.

Every text may hold `{{ … }}`: variables are filled in when the request is sent, not when its file is read.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from keymock.spec import HeaderValue, Status
from keymock.units import DURATION_PATTERN

Method = Annotated[str, Meta(pattern=r"^[A-Z][A-Z0-9!#$%&'*+.^_`|~-]*$(?!\n)", description="In capitals.")]
Timeout = Annotated[
    str,
    Meta(pattern=rf"{DURATION_PATTERN}|\{{\{{", title="a duration", description='text with its unit, like "5s", "1m"'),
]
Plain = str | int | float | bool
"""A value of a query, a form or a path: sent as text, as JSON writes it."""

Text = Annotated[str, Meta(min_length=1)]


class BasicAuth(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`auth.basic`: user and password."""

    user: str
    password: str = ""


class ApiKey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`auth.api_key`: a key in a header, in the query or in a cookie, by the name it has there."""

    value: str
    header: Text | UnsetType = UNSET
    query: Text | UnsetType = UNSET
    cookie: Text | UnsetType = UNSET

    def __post_init__(self) -> None:
        if sum(place is not UNSET for place in (self.header, self.query, self.cookie)) != 1:
            raise ValueError("an API key goes to one place: `header`, `query` or `cookie`, and its name there")


class OAuth2(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`auth.oauth2`: a token is asked for with client credentials (RFC 6749, 4.4) and sent as bearer."""

    token_url: Text
    client_id: Text
    client_secret: str
    scope: str = ""
    audience: str = ""
    credentials: Annotated[
        Literal["header", "body"], Meta(description="Where the client's credentials go: basic auth, or the form.")
    ] = "header"


class Auth(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[auth]`: who the request is from; one kind of it."""

    basic: BasicAuth | UnsetType = UNSET
    bearer: Annotated[str, Meta(description="The token, without the word Bearer.")] | UnsetType = UNSET
    api_key: ApiKey | UnsetType = UNSET
    oauth2: OAuth2 | UnsetType = UNSET

    def __post_init__(self) -> None:
        if sum(getattr(self, kind) is not UNSET for kind in ("basic", "bearer", "api_key", "oauth2")) > 1:
            raise ValueError("one kind of auth at a time: basic, bearer, api_key or oauth2")


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One part of a multipart body: text, JSON or a file."""

    body: str | UnsetType = UNSET
    json: Any = UNSET
    file: Annotated[str, Meta(description="A file beside the request.")] | UnsetType = UNSET
    filename: str | UnsetType = UNSET
    content_type: str | UnsetType = UNSET

    def __post_init__(self) -> None:
        if sum(getattr(self, key) is not UNSET for key in ("body", "json", "file")) != 1:
            raise ValueError("a part has one of `body`, `json` and `file`")


class GraphQL(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[graphql]`: a query with its variables, sent as JSON."""

    query: str | UnsetType = UNSET
    query_file: Annotated[str, Meta(description="A file beside the request.")] | UnsetType = UNSET
    operation: str | UnsetType = UNSET
    variables: dict[str, Any] = {}

    def __post_init__(self) -> None:
        if (self.query is UNSET) == (self.query_file is UNSET):
            raise ValueError("`graphql` has one of `query` and `query_file`")


class Example(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of `[[examples]]`: an answer that was kept. Nothing in it is a template."""

    BODY_KEYS: ClassVar[tuple[str, ...]] = ("body", "json", "json_text", "body_file")

    name: Text
    status: Status = 200
    headers: dict[str, HeaderValue] = {}
    content_type: str | UnsetType = UNSET
    body: str | UnsetType = UNSET
    json: Any = UNSET
    json_text: str | UnsetType = UNSET
    body_file: str | UnsetType = UNSET


class Sent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is sent: the keys that a saved request and a step of a flow have in common. At most one of the bodies."""

    BODY_KEYS: ClassVar[tuple[str, ...]] = ("body", "json", "json_text", "body_file", "form", "parts", "graphql")

    method: Method | UnsetType = UNSET
    url: Annotated[str, Meta(description='Usually "{{ base_url }}/users/:id".')] | UnsetType = UNSET
    params: dict[str, Plain] = {}
    query: dict[str, Plain | list[Plain]] = {}
    headers: dict[str, HeaderValue] = {}
    cookies: dict[str, str] = {}
    auth: Auth | UnsetType = UNSET
    content_type: str | UnsetType = UNSET
    body: str | UnsetType = UNSET
    json: Any = UNSET
    json_text: str | UnsetType = UNSET
    body_file: str | UnsetType = UNSET
    form: dict[str, Plain | list[Plain]] | UnsetType = UNSET
    parts: dict[str, Plain | Part | list[Part]] | UnsetType = UNSET
    graphql: GraphQL | UnsetType = UNSET
    template: (
        Annotated[bool, Meta(description="Whether `{{ … }}` in the body is filled in; in a file only if true.")]
        | UnsetType
    ) = UNSET
    timeout: Timeout | UnsetType = UNSET
    redirects: (
        Annotated[int, Meta(ge=0, le=50)]
        | Annotated[bool, Meta(description="Whether, or how many, are followed; 10 if left out.")]
        | UnsetType
    ) = UNSET
    verify: (
        Annotated[bool, Meta(description="Whether a TLS certificate must be one that this machine trusts.")] | UnsetType
    ) = UNSET
    proxy: Annotated[str, Meta(description="http://host:port")] | UnsetType = UNSET

    @property
    def bodies(self) -> tuple[str, ...]:
        """The keys of the bodies that it has; more than one is a mistake, which whoever reads the file tells."""
        return tuple(key for key in self.BODY_KEYS if getattr(self, key) is not UNSET)


class Request(Sent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`requests/**/*.toml`: one saved request. `method` left out is GET."""

    name: str = ""
    description: str = ""
    tags: list[str] = []
    examples: list[Example] = []


class Environment(msgspec.Struct, frozen=True):
    """`environments/<name>.toml`: variables by name, of any kind. Committed, so no secrets: `{{ secret.NAME }}`."""
