"""What goes out after an answer: the webhooks of a mock, filled in when the answer is given, with what it says."""

from __future__ import annotations

import functools
from typing import Any

import msgspec

from keymock import faults
from keymock.chance import Chance
from keymock.exchange import NOT_JSON, Call, Reply, Request, read_json
from keymock.filling import OF_BODY, Filling, compiled, values_of
from keymock.index import Route
from keymock.index.calling import NAMES, OF_HEADERS
from keymock.index.route import Hook, Texts
from keymock.state import Session
from keymock.template import ANYTHING, Template, TemplateError, Values, compile


def calls(
    route: Route, made: Reply, request: Request, session: Session, filling: Filling, chance: Chance
) -> tuple[Call, ...]:
    """The calls that follow a reply which a mock has made for a request; `chance` is the answer's."""
    answered = _answered(made)
    found = []
    for number, hook in enumerate(route.webhooks, 1):
        if hook.after and made.response not in hook.after:
            continue
        own = Chance(chance.seed, chance.session, f"{chance.mock} webhook {number}", chance.call)
        values = values_of(route, request, session, filling, own)
        values.more = {"response": answered}
        found.append(_call(hook, route, number, values, own))
    return tuple(found)


def reads_body(hook: Hook) -> bool:
    """Whether the body of the request must have been read before a webhook can be filled in."""
    if hook.live and not OF_BODY.isdisjoint(_address(hook.url).reads):
        return True
    texts = hook.content.play.texts
    return texts is not None and _read_body(texts)


@functools.lru_cache(maxsize=4096)
def _read_body(texts: Texts) -> bool:
    return compiled(texts, OF_HEADERS).reads_body


@functools.lru_cache(maxsize=1024)
def _address(source: str) -> Template:
    return compile(source, msgspec.structs.replace(ANYTHING, more=NAMES))


def _answered(made: Reply) -> dict[str, Any]:
    """The answer as templates read it; of events the first turn."""
    whole = made.body or b"".join(part for _, part in made.stream)
    body = read_json(whole)
    return {
        "status": made.status,
        "name": made.response,
        "headers": {name.decode("latin-1"): value.decode("utf-8", "replace") for name, value in made.headers},
        "body": whole.decode("utf-8", "replace"),
        **({"json": body} if body is not NOT_JSON else {}),
    }


def _call(hook: Hook, route: Route, number: int, values: Values, chance: Chance) -> Call:
    wait = faults.seconds(hook.wait, chance.stream("delay").float)
    try:
        url = _address(hook.url).render(values) if hook.live else hook.url
        body = _body(hook, values)
        headers = _headers(hook, values, body)
    except TemplateError as fault:
        told = f"{route.file}:{route.line}: {fault.message}"
        return Call(route.id, number, wait, hook.method, hook.url, (), b"", fault=told)
    return Call(
        route.id, number, wait, hook.method, url, headers, body, hook.timeout, hook.tries, hook.backoff, hook.verify
    )  # fmt: skip


def _body(hook: Hook, values: Values) -> bytes:
    texts = hook.content.play.texts
    templates = compiled(texts, OF_HEADERS) if texts is not None else None
    if templates is not None and templates.text is not None:
        return templates.text.render(values).encode()
    if templates is not None and templates.json is not None:
        return templates.json.encode(values)
    return hook.content.body


def _headers(hook: Hook, values: Values, body: bytes) -> tuple[tuple[str, str], ...]:
    """The headers; those that are templates may read the body, to sign it."""
    texts = hook.content.play.texts
    plain = [(name.decode(), value.decode()) for name, value in hook.content.headers]
    if texts is not None:
        values.more = {**values.more, "body": body.decode("utf-8", "replace")}
        plain += [(name.decode(), each.render(values)) for name, each in compiled(texts, OF_HEADERS).headers]
    return tuple(plain)
