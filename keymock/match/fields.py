"""Path parameters, query, headers, cookies and form fields: named texts, each of which may come several times."""

# ruff: noqa: SIM110  (flat loops: a generator costs more than the comparison in it)

from __future__ import annotations

import re
from collections.abc import Iterator

from keymock.exchange import Request
from keymock.match.condition import Condition, Fault
from keymock.match.member import cut, show
from keymock.match.place import Find, Found, Holds, Place, ReadFile, entries, literal, of_values
from keymock.match.spelling import Conditions

MAX_FIELDS = 10_000

_FORM = "application/x-www-form-urlencoded"
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def _params(condition: Condition) -> Find:
    name = condition.name

    def find(request: Request) -> Found:
        value = request.params.get(name)
        return () if value is None else (value,)

    return find


def _param_equals(condition: Condition) -> Holds | None:
    wanted, name = literal(condition), condition.name
    return (lambda request: request.params.get(name) == wanted) if isinstance(wanted, str) else None


def _query_equals(condition: Condition) -> Holds | None:
    wanted, name = literal(condition), condition.name
    return (lambda request: wanted in request.query.get(name, ())) if isinstance(wanted, str) else None


def _header_equals(condition: Condition) -> Holds | None:
    """ASCII is the same bytes in every encoding that a header may have, so nothing needs to be decoded."""
    wanted = literal(condition)
    if not isinstance(wanted, str) or not wanted.isascii():
        return None
    name, value = condition.name.encode(), wanted.encode()

    def holds(request: Request) -> bool:
        for key, came in request.headers:
            if key == name and came == value:
                return True
        return False

    return holds


def _cookie_equals(condition: Condition) -> Holds | None:
    wanted, name = literal(condition), condition.name
    return (lambda request: wanted in request.cookies.get(name, ())) if isinstance(wanted, str) else None


def _form(condition: Condition) -> Find:
    name = condition.name

    def find(request: Request) -> Found:
        if request.content_type != _FORM or (request.body or b"").count(b"&") >= MAX_FIELDS:
            return None
        return request.form.get(name, ())

    return find


def _no_form(request: Request) -> str:
    if request.content_type == _FORM:
        return f"a form of more than {MAX_FIELDS} fields"
    return f"no form: its content type is {show(request.content_type)}"


def _read_headers(conditions: Conditions, _read: ReadFile | None) -> Iterator[Condition | Fault]:
    names: dict[str, str] = {}
    for name in conditions.headers:
        if _TOKEN.fullmatch(name) is None:
            yield Fault(
                ("headers", name),
                f"`{name}` cannot be the name of a header",
                "letters, digits, `-` and a few signs; no spaces, no colon",
                "invalid-header",
            )
        elif name.lower() in names:
            yield Fault(
                ("headers", name),
                f"`{name}` and `{names[name.lower()]}` are one header: its name may be written in any case",
                "keep one of them; `all_of` joins two matchers",
                "duplicate-header",
            )
        else:
            names[name.lower()] = name
    for condition in entries("headers", conditions.headers, ("headers",)):
        if not isinstance(condition, Condition):
            yield condition
        elif names.get(condition.name.lower()) == condition.name:
            yield Condition("headers", condition.name.lower(), condition.matcher)


def _read_query_only(conditions: Conditions, _read: ReadFile | None) -> Iterator[Condition]:
    if conditions.query_only:
        yield Condition("query_only", "", {"names": sorted(conditions.query)})


def _others(condition: Condition, request: Request) -> list[str]:
    allowed = condition.matcher["names"]
    return [name for name in request.query if name not in allowed]


def _only(condition: Condition) -> Holds:
    names = frozenset(condition.matcher["names"])
    return lambda request: request.query.keys() <= names


def _observe_only(condition: Condition, request: Request) -> tuple[bool, str]:
    others = _others(condition, request)
    return not others, "also " + show_names(others) if others else "no others"


def show_names(names: list[str]) -> str:
    """Names in backticks, at most five of them."""
    shown = ", ".join(f"`{cut(name)}`" for name in names[:5])
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5} more"


PARAMS = of_values(
    where="params",
    cost=5,
    read=lambda conditions, _read: entries("params", conditions.params, ("params",)),
    find=_params,
    compile=_param_equals,
)
QUERY = of_values(
    where="query",
    cost=10,
    read=lambda conditions, _read: entries("query", conditions.query, ("query",)),
    find=lambda condition: lambda request: request.query.get(condition.name, ()),
    compile=_query_equals,
)
QUERY_ONLY = Place(
    where="query_only",
    cost=12,
    read=_read_query_only,
    compile=_only,
    observe=_observe_only,
    expected=lambda condition: (
        "no parameters but " + show_names(condition.matcher["names"]) if condition.matcher["names"] else "no parameters"
    ),
)
HEADERS = of_values(
    where="headers",
    cost=8,
    read=_read_headers,
    find=lambda condition: lambda request: request.header_map.get(condition.name, ()),
    compile=_header_equals,
)
COOKIES = of_values(
    where="cookies",
    cost=20,
    read=lambda conditions, _read: entries("cookies", conditions.cookies, ("cookies",)),
    find=lambda condition: lambda request: request.cookies.get(condition.name, ()),
    compile=_cookie_equals,
)
FORM = of_values(
    where="form",
    cost=40,
    read=lambda conditions, _read: entries("form", conditions.form, ("form",)),
    find=_form,
    nothing=_no_form,
    body=True,
)
