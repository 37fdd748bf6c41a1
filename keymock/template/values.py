"""What a template can read: the request, variables, state, data and the exchange's own numbers; each made when read.

The names are two tables written by hand: ROOTS, and the members of `request`. Names are plain data all the way down:
texts, numbers, booleans, null, lists and objects.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from keymock.chance import Chance
from keymock.exchange import NOT_JSON, Request
from keymock.template.errors import Refused

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Values(msgspec.Struct, eq=False):
    """Everything one rendering may read. Making one costs next to nothing: no part is looked at before it is named.

    `now` is in epoch seconds. `more` are names beyond the usual: those of a flow's steps, the `n` of a ticking socket.
    """

    request: Request
    chance: Chance
    now: float
    vars: Mapping[str, Any] = _NOTHING
    state: Mapping[str, Any] = _NOTHING
    data: Mapping[str, Any] = _NOTHING
    env: Mapping[str, str] = _NOTHING
    more: Mapping[str, Any] = _NOTHING
    base_url: str = ""
    scenarios: Mapping[str, str] = _NOTHING

    def target_url(self, project: str = "") -> str:
        """Where a project is reached now, real or mock; empty: the own one. Raises Refused where nothing is sent."""
        raise Refused(
            f"nothing is sent here, so there is no address to send it to{' in ' + project if project else ''}"
        )


class AnyCase(dict[str, Any]):
    """Headers by lower-case name, found in any case, and with `_` for `-`: `request.headers.x_request_id`."""

    def __missing__(self, name: str) -> Any:
        folded = name.lower()
        for spelled in (folded, folded.replace("_", "-")):
            found = self.get(spelled)
            if found is not None:
                return found
        raise KeyError(name)


def _first(of: Mapping[str, list[str]]) -> dict[str, str]:
    return {name: values[0] for name, values in of.items()}


def _base_url(values: Values) -> str:
    request = values.request
    if values.base_url:
        return values.base_url
    port = "" if request.port is None else f":{request.port}"
    return f"{request.scheme}://{request.host}{port}{request.mount}"


def _target(request: Request) -> str:
    path = request.raw_path.decode("latin-1")
    return f"{path}?{request.query_string.decode('latin-1')}" if request.query_string else path


def _port(request: Request) -> int:
    return request.port or (443 if request.scheme == "https" else 80)


def _json(request: Request) -> Any:
    if request.json is NOT_JSON:
        raise KeyError("json")
    return request.json


REQUEST: dict[str, tuple[Callable[[Values], Any], str]] = {
    "method": (lambda values: values.request.method, "the method, as sent"),
    "path": (lambda values: values.request.path, "the decoded path, without the project's mount"),
    "segments": (lambda values: list(values.request.segments), "the parts of the path, decoded"),
    "url": (lambda values: _base_url(values).removesuffix(values.request.mount) + _target(values.request), "all of it"),
    "target": (lambda values: _target(values.request), "path and query, as sent"),
    "params": (lambda values: dict(values.request.params), "the path parameters"),
    "query": (lambda values: _first(values.request.query), "query parameters, the first value of each"),
    "query_all": (lambda values: values.request.query, "query parameters, a list of values each"),
    "query_string": (lambda values: values.request.query_string.decode("latin-1"), "the query as sent"),
    "headers": (
        lambda values: AnyCase(_first(values.request.header_map)),
        "headers, the first value of each; names in any case, `_` for `-`",
    ),
    "headers_all": (lambda values: AnyCase(values.request.header_map), "headers, a list of values each"),
    "cookies": (lambda values: _first(values.request.cookies), "cookies, the first value of each"),
    "body": (lambda values: values.request.text, "the body as text"),
    "json": (lambda values: _json(values.request), "the body as JSON"),
    "form": (lambda values: _first(values.request.form), "fields of a urlencoded body, the first value of each"),
    "form_all": (lambda values: values.request.form, "fields of a urlencoded body, a list of values each"),
    "base_url": (_base_url, "where the project is: scheme, host, port and mount"),
    "scheme": (lambda values: values.request.scheme, "`http` or `https`"),
    "host": (lambda values: values.request.host, "the Host header without its port"),
    "port": (lambda values: _port(values.request), "the port, a number"),
    "client": (lambda values: values.request.client, "the caller's address"),
}
"""`request.…`: how each is read, and what it is. KeyError means: there is none."""

OF_BODY = frozenset({"body", "json", "form", "form_all"})


def _header(values: Values, name: str) -> str:
    folded = name.lower()
    found = values.request.header(folded) or values.request.header(folded.replace("_", "-"))
    return found or str(AnyCase(_first(values.request.header_map))[name])


BY_NAME: dict[str, Callable[[Values, str], Any]] = {
    "params": lambda values, name: values.request.params[name],
    "query": lambda values, name: values.request.query[name][0],
    "query_all": lambda values, name: values.request.query[name],
    "headers": _header,
    "cookies": lambda values, name: values.request.cookies[name][0],
    "form": lambda values, name: values.request.form[name][0],
}
"""The short way to `request.query.q` and its like: without a table of all of them."""

ROOTS: dict[str, tuple[Callable[[Values], Any], str]] = {
    "vars": (lambda values: values.vars, "the variables of the project and the workspace"),
    "state": (lambda values: values.state, "what was captured and counted in this session"),
    "scenarios": (lambda values: values.scenarios, "the state that each scenario of the space is in, by its name"),
    "data": (lambda values: values.data, "the data stores and data files, by name"),
    "env": (lambda values: values.env, "process variables that `allow_env` names"),
    "session": (lambda values: values.chance.session, "the name of the session"),
    "call": (lambda values: values.chance.call, "the number of this answer of this mock in this session, from 1"),
    "seed": (lambda values: values.chance.seed, "the seed of the run"),
}
"""The other names: how each is read, and what it is."""
