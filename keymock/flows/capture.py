"""What a step keeps of an answer, by JSONPath, header, cookie, status or regex; and what later steps read of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET

from keymock.exchange import NOT_JSON, read_json
from keymock.match import jsonpath
from keymock.match.member import Wrong
from keymock.match.regex import SUBJECT, linear
from keymock.sending import Incoming
from keymock.steps import Capture


class NotFound(Exception):
    """Nothing is where a capture looks, in a sentence."""


def as_capture(given: str | Capture) -> Capture:
    """A capture as people write one: a bare text is a JSONPath."""
    return Capture(jsonpath=given) if isinstance(given, str) else given


def taken(given: str | Capture, came: Incoming) -> Any:
    """The value that a capture finds in an answer. Raises NotFound."""
    capture = as_capture(given)
    try:
        return _found(capture, came)
    except NotFound:
        if capture.default is UNSET:
            raise
        return capture.default


def _found(capture: Capture, came: Incoming) -> Any:
    if capture.status is not UNSET:
        return came.status
    if isinstance(capture.header, str):
        values = [value for name, value in came.headers if name.lower() == capture.header.lower()]
        if not values:
            raise NotFound(f"the answer has no header `{capture.header}`")
        return values[0]
    if isinstance(capture.cookie, str):
        cookies = cookies_of(came)
        if capture.cookie not in cookies:
            raise NotFound(f"the answer sets no cookie `{capture.cookie}`")
        return cookies[capture.cookie]
    if isinstance(capture.regex, str):
        return _by_regex(capture.regex, came.body)
    return _by_jsonpath(str(capture.jsonpath), came.body)


def _by_jsonpath(selector: str, body: bytes) -> Any:
    value = read_json(body)
    if value is NOT_JSON:
        raise NotFound(f"the body is no JSON, so `{selector}` finds nothing")
    found = jsonpath.compile(selector)(value)
    if not found:
        raise NotFound(f"`{selector}` finds nothing in the body")
    return found[0] if len(found) == 1 else found


def _by_regex(pattern: str, body: bytes) -> str:
    import re2  # noqa: PLC0415  (20 ms, and few flows need it)

    found = re2.search(pattern, body.decode("utf-8", "replace")[:SUBJECT])
    if found is None:
        raise NotFound(f"the regex `{pattern}` finds nothing in the body")
    return str(found.group(1) if found.re.groups else found.group(0))


def fault_of(given: str | Capture) -> Wrong | None:
    """What is wrong with a capture as it is written; None if nothing is."""
    capture = as_capture(given)
    try:
        if isinstance(capture.jsonpath, str) and "{{" not in capture.jsonpath:
            jsonpath.compile(capture.jsonpath)
        if isinstance(capture.regex, str) and "{{" not in capture.regex:
            linear(capture.regex)
    except Wrong as fault:
        return fault
    return None


def cookies_of(came: Incoming) -> dict[str, str]:
    """The cookies that an answer sets."""
    found: dict[str, str] = {}
    for name, value in came.headers:
        if name.lower() == "set-cookie":
            cookie, equals, rest = value.partition(";")[0].partition("=")
            if equals and cookie.strip():
                found[cookie.strip()] = rest.strip().strip('"')
    return found


def readable(came: Incoming) -> Mapping[str, Any]:
    """What `{{ login.body.token }}` reads of an answer: `status`, `headers`, `cookies`, `body`, `json`, `text`, `time`.

    Header names are lower-case; `content-type` is `headers.content_type` too. `body` is JSON if it is that, else text.
    """
    headers: dict[str, Any] = {}
    for name, text in came.headers:
        headers.setdefault(name.lower(), text)
        headers.setdefault(name.lower().replace("-", "_"), text)
    value: object = read_json(came.body)
    text = came.body.decode("utf-8", "replace")
    return {
        "status": came.status,
        "headers": headers,
        "cookies": cookies_of(came),
        "body": text if value is NOT_JSON else value,
        "json": None if value is NOT_JSON else value,
        "text": text,
        "time": round(came.seconds * 1000, 3),
    }
