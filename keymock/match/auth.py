"""`auth`: basic, bearer, and the claims of a JWT. They are read, never verified: a mock is no authority."""

# ruff: noqa: SIM110  (flat loops: a generator costs more than the comparison in it)

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import UNSET

from keymock.exchange import Request, read_json
from keymock.match import jsonpath, values
from keymock.match.condition import Condition, Fault
from keymock.match.dates import uses_now
from keymock.match.member import Matcher, Test, Wrong, show, show_all, within
from keymock.match.place import Find, Found, Holds, Place, ReadFile, fault, now_of, of_values, once
from keymock.match.spelling import Conditions
from keymock.match.values import Value


def _credentials(request: Request, scheme: str) -> str:
    """What follows the scheme in the Authorization header, or nothing."""
    given, _, rest = request.header("authorization").partition(" ")
    return rest.strip() if given.lower() == scheme else ""


def basic(request: Request) -> tuple[str, str] | None:
    """User and password of basic authentication; None if there is none, or it cannot be read."""
    try:
        text = base64.b64decode(_credentials(request, "basic"), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return None
    user, colon, password = text.partition(":")
    return (user, password) if colon else None


def claims(request: Request) -> dict[str, Any] | None:
    """The claims of a bearer token that is a JWT, unverified; None for anything else."""
    return once(request, "claims", _claims)


def _claims(request: Request) -> dict[str, Any] | None:
    parts = _credentials(request, "bearer").split(".")
    if len(parts) != 3:
        return None
    try:
        payload = base64.b64decode(parts[1] + "=" * (-len(parts[1]) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    found = read_json(payload)
    return found if isinstance(found, dict) else None


def _clean_all(table: Mapping[str, Value], *, json: bool) -> Matcher:
    cleaned = {}
    for name, value in table.items():
        with within(name):
            cleaned[name] = values.clean(value, json=json)
    return cleaned


def _read_basic(conditions: Conditions, _read: ReadFile | None) -> Iterator[Condition | Fault]:
    if conditions.auth is UNSET or conditions.auth.basic is UNSET:
        return
    given = {"user": conditions.auth.basic.user, "password": conditions.auth.basic.password}
    try:
        matcher = _clean_all({key: value for key, value in given.items() if value is not UNSET}, json=False)
    except Wrong as wrong:
        yield fault(wrong, ("auth", "basic"))
    else:
        yield Condition("auth.basic", "", matcher)


def _compile_basic(condition: Condition) -> Holds:
    tests = {name: values.compile(matcher) for name, matcher in condition.matcher.items()}
    user, password = tests.get("user", _anything), tests.get("password", _anything)

    def holds(request: Request) -> bool:
        found = basic(request)
        if found is None:
            return False
        now = now_of(request)
        return user(found[:1], now) and password(found[1:], now)

    return holds


def _anything(_values: object, _now: float) -> bool:
    return True


def _observe_basic(condition: Condition, request: Request) -> tuple[bool, str]:
    found = basic(request)
    if found is None:
        return False, _instead(request)
    given = {"user": found[0], "password": found[1]}
    ok = all(values.holds(matcher, (given[name],), now_of(request)) for name, matcher in condition.matcher.items())
    return ok, f"user {show(found[0])}, password " + ("given" if found[1] else "empty")


def _instead(request: Request) -> str:
    header = request.header("authorization")
    return f"{show(header.partition(' ')[0])} credentials that do not fit" if header else "no Authorization header"


def _expected_basic(condition: Condition) -> str:
    """A password is a secret even in a mock: what is wanted stands in the file, not in every answer."""
    user = condition.matcher.get("user")
    said = f"basic, user {values.words(user)}" if user else "basic"
    return said + (" and a password" if "password" in condition.matcher else "")


def _read_bearer(conditions: Conditions, _read: ReadFile | None) -> Iterator[Condition | Fault]:
    if conditions.auth is UNSET or conditions.auth.bearer is UNSET:
        return
    try:
        yield Condition("auth.bearer", "", values.clean(conditions.auth.bearer))
    except Wrong as wrong:
        yield fault(wrong, ("auth", "bearer"))


def _find_bearer(_condition: Condition) -> Find:
    def find(request: Request) -> Found:
        token = _credentials(request, "bearer")
        return (token,) if token else ()

    return find


def _read_jwt(conditions: Conditions, _read: ReadFile | None) -> Iterator[Condition | Fault]:
    if conditions.auth is UNSET or conditions.auth.jwt is UNSET:
        return
    given = conditions.auth.jwt
    try:
        matcher = _clean_all(given, json=True)
        for name in given:
            _claim(name)
    except Wrong as wrong:
        yield fault(wrong, ("auth", "jwt"))
    else:
        yield Condition("auth.jwt", "", matcher)


def _claim(name: str) -> jsonpath.Query:
    """A claim by its name, or by JSONPath."""
    with within(name):
        return jsonpath.compile(name) if name.startswith("$") else jsonpath.walk((name,))


def _compile_jwt(condition: Condition) -> Holds:
    tests: tuple[tuple[jsonpath.Query, Test], ...] = tuple(
        (_claim(name), values.compile(matcher, json=True)) for name, matcher in condition.matcher.items()
    )
    with_now = uses_now(condition.matcher)

    def holds(request: Request) -> bool:
        found = claims(request)
        if found is None:
            return False
        now = now_of(request) if with_now else 0.0
        for query, test in tests:
            if not test(query(found), now):
                return False
        return True

    return holds


def _observe_jwt(condition: Condition, request: Request) -> tuple[bool, str]:
    found = claims(request)
    if found is None:
        return False, "a bearer token that is no JWT" if _credentials(request, "bearer") else _instead(request)
    for name, matcher in condition.matcher.items():
        claim = _claim(name)(found)
        if not values.holds(matcher, claim, now_of(request), json=True):
            return False, f"{name} is {show_all(claim)}"
    return True, show(found)


def _expected_jwt(condition: Condition) -> str:
    claimed = [f"{name} {values.words(matcher, json=True)}" for name, matcher in condition.matcher.items()]
    return ", ".join(claimed) or "a JWT"


BASIC = Place(
    where="auth.basic",
    cost=25,
    read=_read_basic,
    compile=_compile_basic,
    observe=_observe_basic,
    expected=_expected_basic,
)
BEARER = of_values(where="auth.bearer", cost=22, read=_read_bearer, find=_find_bearer)
JWT = Place(
    where="auth.jwt",
    cost=30,
    read=_read_jwt,
    compile=_compile_jwt,
    observe=_observe_jwt,
    expected=_expected_jwt,
)
