"""`[[webhooks]]` of a mock → what goes out after its answers, with every fault of it named."""

from __future__ import annotations

from urllib.parse import urlsplit

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from keymock.exchange import BodyFile
from keymock.faults import NO_WAIT
from keymock.index.answering import Owner, answer_of
from keymock.index.report import Bodies, Context, KeyPath, Report
from keymock.index.route import Hook
from keymock.index.waiting import Waiting
from keymock.problems import did_you_mean
from keymock.spec import Mock, Response, Webhook
from keymock.template import TemplateError, compile, has_template

TIMEOUT = 10.0
BACKOFF = 1.0
"""Seconds, where the file does not say."""

NAMES = frozenset({"response"})
"""What URL and body may read besides: the answer that went before."""

OF_HEADERS = NAMES | {"body"}
"""What headers may read besides: the body that is about to be sent, for signatures."""


def hooks_of(mock: Mock, owner: Owner, bodies: Bodies, note: Report) -> tuple[Hook, ...]:
    """The webhooks of a mock; where there were errors, they are none to serve."""
    if mock.websocket is not UNSET:
        note(("webhooks",), "bad-webhook", "a WebSocket calls no webhooks", "put them into the mock of a request")
    known = {variant.name for variant in mock.responses if variant.name}
    found = []
    for number, hook in enumerate(mock.webhooks):
        where: KeyPath = ("webhooks", number)
        for place, name in enumerate(hook.after):
            if name not in known:
                hint = did_you_mean(name, known) or "name one of [[responses]], or leave `after` out"
                note((*where, "after", place), "no-such-answer", f"the mock has no response `{name}`", hint)
        found.append(_hook(hook, where, owner, bodies, note))
    return tuple(found)


def _hook(hook: Webhook, where: KeyPath, owner: Owner, bodies: Bodies, note: Report) -> Hook:
    given = {name: getattr(hook, name) for name in _CONTENT if getattr(hook, name) is not UNSET}
    content = answer_of(
        where, Response(**given), None, replace(owner, more=OF_HEADERS), Context(), _Named(bodies), note
    )  # fmt: skip
    if isinstance(content.file, BodyFile):
        size = content.file.size
        note((*where, "body_file"), "too-large", f"{hook.body_file} has {size} bytes, too many for a webhook")
    live = hook.template is not False and has_template(hook.url)
    _check_url(hook.url, live, (*where, "url"), replace(owner, more=NAMES), note)
    waiting = Waiting(owner.takes, bodies, note)
    retry = hook.retry if not isinstance(hook.retry, msgspec.UnsetType) else None
    return Hook(
        method=hook.method,
        url=hook.url,
        content=content,
        live=live,
        after=tuple(hook.after),
        wait=waiting.wait(hook.delay, (*where, "delay")) if hook.delay is not UNSET else NO_WAIT,
        timeout=float(hook.timeout) if hook.timeout is not UNSET else TIMEOUT,
        tries=1 + retry.times if retry is not None else 1,
        backoff=float(retry.backoff) if retry is not None and retry.backoff is not UNSET else BACKOFF,
        verify=hook.verify,
    )


_CONTENT = ("headers", "content_type", "body", "json", "json_text", "body_file", "template")


def _check_url(url: str, live: bool, where: KeyPath, owner: Owner, note: Report) -> None:
    if live:
        try:
            compile(url, owner.names)
        except TemplateError as fault:
            note(where, fault.code, fault.message, fault.hint, part="value", character=fault.offset)
        return
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or not url.isprintable() or " " in url:
        note(where, "bad-url", f"`{url}` is no address", "it begins with http:// or https:// and a host", part="value")


class _Named:
    """The files that a webhook may send: those that it names, never the body beside the mock."""

    def __init__(self, bodies: Bodies) -> None:
        self.load = bodies.load
        self.named = bodies.named
        self.in_data = bodies.in_data
        self.folder = bodies.folder
        self.beside = bodies.beside

    def sibling(self, variant: str) -> list[str]:  # noqa: ARG002
        return []
