"""How conditions are written: the tables that `[request]`, a variant's `when` and `verify` share."""

# Without `from __future__ import annotations`: see `spec`.

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from keymock.match.values import Value

Sha256 = Annotated[str, Meta(pattern=r"^[0-9A-Fa-f]{64}$(?!\n)", description="hexadecimal digest of the body's bytes")]


class Basic(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """HTTP basic authentication."""

    user: Value | UnsetType = UNSET
    password: Value | UnsetType = UNSET


class Auth(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Who the caller says it is. Nothing is verified: the claims of a JWT are read, its signature is not."""

    basic: Basic | UnsetType = UNSET
    bearer: Value | UnsetType = UNSET
    jwt: dict[str, Value] | UnsetType = UNSET


class GraphQL(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A GraphQL request: its operation's name, its normalised query, its variables (a subset)."""

    operation: Value | UnsetType = UNSET
    query: str | UnsetType = UNSET
    variables: dict[str, Any] | UnsetType = UNSET


class JsonRpc(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A JSON-RPC 2.0 call; in a batch, one of its calls."""

    method: Value | UnsetType = UNSET
    params: Any | UnsetType = UNSET


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A part of a multipart body, found by its name. All keys hold for one part."""

    present: bool = True
    filename: Value | UnsetType = UNSET
    content_type: Value | UnsetType = UNSET
    headers: dict[str, Value] = {}
    text: Value | UnsetType = UNSET
    json: Any | UnsetType = UNSET
    sha256: Sha256 | UnsetType = UNSET


class Body(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the body is. Each key is a condition of its own, or several."""

    text: Annotated[Value, Meta(description="the whole body as text")] | UnsetType = UNSET
    json: Annotated[Any, Meta(description="JSON with at least these keys; a matcher's keys carry `$`")] | UnsetType = (
        UNSET
    )
    json_equals: Annotated[Any, Meta(description="exactly this JSON; a matcher's keys carry `$`")] | UnsetType = UNSET
    json_text: Annotated[str, Meta(description="as `json`, written as JSON text")] | UnsetType = UNSET
    json_ignore_order: Annotated[bool, Meta(description="arrays may have their elements in any order")] = False
    json_ignore_extra: Annotated[bool, Meta(description="arrays, and in json_equals objects, may have more")] = False
    jsonpath: Annotated[dict[str, Value], Meta(description="RFC 9535 selector = matcher of what it finds")] = {}
    pointer: Annotated[dict[str, Value], Meta(description="RFC 6901 pointer = matcher of the value there")] = {}
    schema: (
        Annotated[str | dict[str, Any], Meta(description="JSON Schema (2020-12, 7, 4): a file, or a table")] | UnsetType
    ) = UNSET
    xml: (
        Annotated[str, Meta(description="the same XML, whatever its white space, prefixes and comments")] | UnsetType
    ) = UNSET
    xpath: Annotated[dict[str, Value], Meta(description="XPath 1.0 = matcher of what it finds")] = {}
    graphql: GraphQL | UnsetType = UNSET
    jsonrpc: JsonRpc | UnsetType = UNSET
    parts: Annotated[dict[str, Part], Meta(description="parts of a multipart body, by name")] = {}
    sha256: Sha256 | UnsetType = UNSET


class Conditions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a request must look like, besides its method and path. All of it must hold."""

    params: Annotated[dict[str, Value], Meta(description="path parameters, by name")] = {}
    query: Annotated[dict[str, Value], Meta(description="query parameters, by name")] = {}
    query_only: Annotated[bool, Meta(description="no query parameters but those of `query`")] = False
    headers: Annotated[dict[str, Value], Meta(description="headers, by name in any case")] = {}
    cookies: Annotated[dict[str, Value], Meta(description="cookies, by name")] = {}
    form: Annotated[dict[str, Value], Meta(description="fields of a urlencoded body, by name")] = {}
    host: Annotated[Value, Meta(description="the Host header, without its port")] | UnsetType = UNSET
    scheme: Annotated[Value, Meta(description="http or https")] | UnsetType = UNSET
    client: Annotated[Value, Meta(description="the caller's address")] | UnsetType = UNSET
    auth: Auth | UnsetType = UNSET
    body: Body | UnsetType = UNSET
