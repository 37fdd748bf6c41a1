"""A request, a clock and a seed that do not change, for the tests of templates and for the examples in the docs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from keymock.chance import Chance
from keymock.exchange import Request
from keymock.template import Names, TemplateError, Values, compile

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC).timestamp()
BODY = '{"user": {"name": "Ada", "tags": ["b", "a"]}, "items": [{"sku": "x", "qty": 2}, {"sku": "y", "qty": 1}]}'


def ask(
    method: str = "POST",
    url: str = "/users/7?n=5&tag=a&tag=b",
    body: str | bytes = BODY,
    content_type: str = "application/json",
    **headers: str,
) -> Request:
    """The request of the docs: its headers, cookies, parameters and body."""
    sent = {"X-Request-Id": "r-1", "Cookie": "theme=dark", "Content-Type": content_type, "Host": "localhost:8787"}
    request = Request.of(method, url, {**sent, **headers}, body)
    request.params = {"id": "7"}
    return request


def values(request: Request | None = None, *, call: int = 1, seed: int = 1, **given: Any) -> Values:
    """Everything a template can read: noon of 1 June 2026, seed 1, the first call."""
    known: dict[str, Any] = {
        "vars": {"currency": "CHF"},
        "state": {"token": "t-1", "cart": {"items": ["x"]}},
        "data": {"prices": {"x": 4.5}, "users": [{"id": "7", "name": "Ada"}, {"id": "8", "name": "Bob"}]},
        "env": {"REGION": "eu"},
        "scenarios": {"order": "paid"},
        **given,
    }
    chance = Chance(seed, "alice", "shop/users/get", call)
    return Values(request or ask(), chance=chance, now=NOON, **known)


NAMES = Names(
    params=frozenset({"id"}),
    vars=frozenset({"currency"}),
    data=frozenset({"prices", "users"}),
    env=frozenset({"REGION"}),
)


def filled(source: str, **given: Any) -> str:
    """A template, filled in with what the docs fill in."""
    return compile(source, NAMES).render(values(**given))


def refusal(source: str, **given: Any) -> TemplateError:
    """What a template is refused for, while it is read or while it is filled in."""
    with pytest.raises(TemplateError) as caught:
        filled(source, **given)
    return caught.value
