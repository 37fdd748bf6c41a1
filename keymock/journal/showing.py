"""Entries as they leave: chosen, redacted, as JSON. Nothing of the journal is shown but through here."""

from __future__ import annotations

import zlib
from base64 import b64encode
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import msgspec

from keymock import redaction
from keymock.exchange import Headers
from keymock.journal.entry import MOST_KEPT, Entry, Story
from keymock.journal.rings import Journal
from keymock.journal.talk import Said, Talked
from keymock.redaction import USUAL, SecretNames

SECRET_PLACES = b"x-keymock-secret-in"
"""What `keymock request send` and `flow run` tell a server that cannot know their secrets: where they are."""


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """Which entries: all that is given must hold. `session` None is every session, `since` an id that they follow."""

    unmatched: bool = False
    mock: str = ""
    session: str | None = None
    method: str = ""
    path: str = ""
    status: int = 0
    since: int = 0
    limit: int = 100

    def takes(self, entry: Entry) -> bool:
        """Whether an entry is one of these. `path` may end in `*`."""
        if self.unmatched and not entry.unmatched:
            return False
        if self.mock and entry.sent.mock != self.mock:
            return False
        if (self.method and entry.method != self.method) or (self.status and entry.sent.status != self.status):
            return False
        if not self.path:
            return True
        path = entry.path.decode("utf-8", "replace")
        return path.startswith(self.path[:-1]) if self.path.endswith("*") else path == self.path


def chosen(journal: Journal, choice: Choice) -> list[Entry]:
    """The newest entries that fit, oldest first."""
    found: list[Entry] = []
    for entry in journal.newest(choice.session):
        if entry.id <= choice.since or len(found) >= choice.limit:
            break
        if choice.takes(entry):
            found.append(entry)
    found.reverse()
    return found


def as_json(entry: Entry, names: SecretNames = USUAL) -> dict[str, Any]:
    """An entry in the shape of `GET /journal`, without secrets: `names` are those of this workspace."""
    sent = entry.sent
    return {
        "id": entry.id,
        "time": datetime.fromtimestamp(entry.time / 1e9, UTC).isoformat(timespec="milliseconds"),
        "session": entry.session,
        "method": entry.method,
        "path": redaction.text(entry.path.decode("utf-8", "replace")),
        "status": sent.status,
        "mock": sent.mock or None,
        "matched": bool(sent.mock),
        "source": sent.source or ("mock" if sent.mock else None),
        "duration_ms": round(entry.duration / 1e6, 3),
        "request": _asked(entry, names),
        "response": {
            "name": sent.response or None,
            "error": sent.error or None,
            "generation": entry.generation,
            "headers": redaction.headers(sent.headers, names),
            "size": sent.size,
            **_body(sent.body, sent.headers, names),
            **(_told(sent.story) if sent.story is not None else {}),
            **({"talk": _talk(sent.talk, names)} if sent.talk is not None else {}),
        },
        "violations": [redaction.text(each) for each in sent.violations],
    }


def as_event(entry: Entry) -> dict[str, Any]:
    """An entry in short, as `GET /events` tells it; `GET /journal/{id}` has the whole of it."""
    sent = entry.sent
    return {
        "event": "exchange",
        "id": entry.id,
        "time": datetime.fromtimestamp(entry.time / 1e9, UTC).isoformat(timespec="milliseconds"),
        "session": entry.session,
        "method": entry.method,
        "path": redaction.text(entry.path.decode("utf-8", "replace")),
        "status": sent.status,
        "mock": sent.mock or None,
        "response": sent.response or None,
        "error": sent.error or None,
        "source": sent.source or ("mock" if sent.mock else None),
        "duration_ms": round(entry.duration / 1e6, 3),
        "generation": entry.generation,
    }


def _asked(entry: Entry, names: SecretNames) -> dict[str, Any]:
    """What was sent. A request of keymock's own names the places that hold a secret; those are not shown at all."""
    places = secret_places(entry)
    headers = redaction.headers(entry.headers, names)
    return {
        "query": query_of(entry, names),
        "headers": [[name, redaction.HIDDEN if name in places else value] for name, value in headers],
        **({"body": redaction.HIDDEN} if "body" in places and entry.body else _body(entry.body, entry.headers, names)),
    }


def query_of(entry: Entry, names: SecretNames = USUAL) -> str:
    """The query of a request, as it may be shown."""
    raw = entry.query.decode("utf-8", "replace")
    return redaction.HIDDEN if raw and "query" in secret_places(entry) else redaction.query(raw, names)


def secret_places(entry: Entry) -> frozenset[str]:
    """Where the request says that it holds secrets: names of headers, `query`, `body`."""
    said = next((value for name, value in entry.headers if name == SECRET_PLACES), b"")
    return frozenset(word.strip().lower() for word in said.decode("latin-1").split(",") if word.strip())


def _told(story: Story) -> dict[str, Any]:
    told: dict[str, Any] = {"file": story.route.file, "line": story.route.line}
    if story.call:
        told |= {"seed": story.seed, "call": story.call}
    if story.route.scenario:
        told["state"] = {"scenario": story.route.scenario, "before": story.before, "after": story.after}
    if story.delay:
        told["delay_ms"] = round(story.delay * 1000, 3)
    if story.fault:
        told["fault"] = story.fault
    return told


def _talk(talked: Talked, names: SecretNames) -> dict[str, Any]:
    """What was said over a WebSocket so far: how many messages, and the newest of them."""
    ended = talked.ended
    end = {"by": ended.by, "code": ended.code, "reason": ended.reason, "after_ms": _ms(ended.after)} if ended else None
    messages = [_message(said, names) for said in tuple(talked.newest)]
    return {"from_client": talked.heard, "to_client": talked.sent, "ended": end, "messages": messages}


def _message(said: Said, names: SecretNames) -> dict[str, Any]:
    told: dict[str, Any] = {"after_ms": _ms(said.after), "by": "client" if said.by_client else "server"}
    if isinstance(said.data, bytes):
        told["base64"] = b64encode(said.data).decode()
    else:
        told["text"] = redaction.body(said.data.encode("utf-8", "replace"), "", names).decode()
    return told if len(said.data) == said.size else {**told, "size": said.size}


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 3)


def _body(body: bytes | None, headers: Headers, names: SecretNames) -> dict[str, Any]:
    """The body as text, or base64 where it is none."""
    if not body:
        return {}
    kind = next((value.decode("latin-1") for name, value in headers if name == b"content-type"), "")
    encoding = next((value for name, value in headers if name == b"content-encoding"), b"identity")
    plain = decoded(body, encoding.strip().lower())
    if plain is None:
        return {}
    try:
        return {"body": redaction.body(plain, kind, names).decode()}
    except UnicodeDecodeError:
        return {"body_base64": b64encode(plain).decode()}


def decoded(body: bytes, encoding: bytes) -> bytes | None:
    """A body as it was before it was compressed, as much of it as was kept; None for what is not unpacked here."""
    if encoding == b"identity":
        return body
    if encoding not in (b"gzip", b"x-gzip", b"deflate"):
        return None
    try:
        unpacked = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32).decompress(body, MOST_KEPT)
    except zlib.error:
        return None
    return unpacked or None


def entries(journal: Journal, choice: Choice) -> list[dict[str, Any]]:
    """The entries that fit, as they leave."""
    return [as_json(entry) for entry in chosen(journal, choice)]


def lines(found: Iterable[Entry], most: int | None = None) -> list[bytes]:
    """Entries as lines of JSON."""
    return [msgspec.json.encode(as_json(entry)) for entry in islice(found, most)]
