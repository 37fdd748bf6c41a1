"""Entries as they leave: chosen, redacted, as JSON. Nothing of the journal is shown but through here.

Hidden is what is secret by its name or its shape, and every secret that the server was told of, wherever it stands.
"""

from __future__ import annotations

import zlib
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import msgspec

from keymock import redaction
from keymock.exchange import Headers
from keymock.journal.entry import MOST_KEPT, Entry, Sent, Story
from keymock.journal.rings import Journal
from keymock.journal.talk import Ended, Said, Talked
from keymock.redaction import HIDDEN
from keymock.variables.mask import Mask

SECRET_PLACES = b"x-keymock-secret-in"
"""Where a request that keymock sends has secrets. They are told to the server beforehand; one that has forgotten them,
for its worker is another one by now, hides these places whole.
"""


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


def as_json(entry: Entry, mask: Mask) -> dict[str, Any]:
    """An entry in the shape of `GET /journal`, without secrets: names, and what else `mask` knows."""
    return _Showing(entry, mask).all()


def as_json_each(entries: Sequence[Entry], mask: Mask) -> Iterator[dict[str, Any]]:
    """Each of several entries in that shape. What they have in common is made once: it takes longest."""
    made: dict[tuple[object, ...], dict[str, Any]] = {}
    for entry in entries:
        # By identity, for the entries hold them: answers that are kept share what was asked and what was sent.
        alike = (id(entry.headers), id(entry.sent), entry.session, entry.method, entry.path, entry.query,
                 entry.generation, entry.body)  # fmt: skip
        shown = made.get(alike)
        if shown is None:
            shown = made[alike] = as_json(entry, mask)
        yield {**shown, **_own(entry)}


def _own(entry: Entry) -> dict[str, Any]:
    """What no two entries share."""
    return {"id": entry.id, "time": _moment(entry), "duration_ms": round(entry.duration / 1e6, 3)}


def _moment(entry: Entry) -> str:
    return datetime.fromtimestamp(entry.time / 1e9, UTC).isoformat(timespec="milliseconds")


def as_event(entry: Entry, mask: Mask) -> dict[str, Any]:
    """An entry in short, as `GET /events` tells it; `GET /journal/{id}` has the whole of it."""
    sent = entry.sent
    return {
        "event": "exchange",
        "id": entry.id,
        "time": _moment(entry),
        "session": entry.session,
        "method": entry.method,
        "path": path_of(entry, mask),
        "status": sent.status,
        "mock": sent.mock or None,
        "response": sent.response or None,
        "error": sent.error or None,
        "source": sent.source or ("mock" if sent.mock else None),
        "duration_ms": round(entry.duration / 1e6, 3),
        "generation": entry.generation,
    }


def address_of(entry: Entry, mask: Mask) -> str:
    """The path and the query of a request, as they may be shown."""
    showing = _Showing(entry, mask)
    return showing.path() + (f"?{showing.query()}" if entry.query else "")


def query_of(entry: Entry, mask: Mask) -> str:
    """The query of a request, as it may be shown."""
    return _Showing(entry, mask).query()


def path_of(entry: Entry, mask: Mask) -> str:
    """The path of a request, as it may be shown."""
    return _Showing(entry, mask).path()


class _Showing:
    """One entry, as it is shown. `closed` are the places that are not shown at all."""

    def __init__(self, entry: Entry, mask: Mask) -> None:
        self.entry = entry
        self.mask = mask
        self.closed = closed_places(entry, mask)

    def all(self) -> dict[str, Any]:
        entry, sent = self.entry, self.entry.sent
        headers = [[name, HIDDEN if name in self.closed else value] for name, value in self._headers(entry)]
        return {
            "id": entry.id,
            "time": _moment(entry),
            "session": entry.session,
            "method": entry.method,
            "path": self.path(),
            "status": sent.status,
            "mock": sent.mock or None,
            "matched": bool(sent.mock),
            "source": sent.source or ("mock" if sent.mock else None),
            "duration_ms": round(entry.duration / 1e6, 3),
            "request": {
                "query": self.query(),
                "headers": headers,
                **self._body("body", entry.body, entry.headers),
            },
            "response": {
                "name": sent.response or None,
                "error": sent.error or None,
                "generation": entry.generation,
                "headers": [[name, HIDDEN if self.closed else value] for name, value in self._headers(sent)],
                "size": sent.size,
                **self._body("answer", sent.body, sent.headers, cut=len(sent.body) < sent.size),
                **(_told(sent.story, sent.response) if sent.story is not None else {}),
                **({"talk": self._talk(sent.talk)} if sent.talk is not None else {}),
            },
            "violations": [self.mask.text(redaction.text(each)) for each in sent.violations],
        }

    def path(self) -> str:
        if "path" in self.closed:
            return f"/{HIDDEN}"
        return self.mask.text(redaction.text(self.entry.path.decode("utf-8", "replace")))

    def query(self) -> str:
        raw = self.entry.query.decode("utf-8", "replace")
        if raw and "query" in self.closed:
            return HIDDEN
        return self.mask.text(redaction.query(raw, self.mask.names))

    def _headers(self, of: Entry | Sent) -> list[list[str]]:
        return [[name, self.mask.text(value)] for name, value in redaction.headers(of.headers, self.mask.names)]

    def _talk(self, talked: Talked) -> dict[str, Any]:
        """What was said over a WebSocket so far: how many messages, and the newest of them."""
        messages = [self._message(said) for said in tuple(talked.newest)]
        end = self._end(talked.ended) if talked.ended is not None else None
        return {"from_client": talked.heard, "to_client": talked.sent, "ended": end, "messages": messages}

    def _end(self, ended: Ended) -> dict[str, Any]:
        reason = HIDDEN if self.closed and ended.reason else self.mask.text(ended.reason)
        return {"by": ended.by, "code": ended.code, "reason": reason, "after_ms": _ms(ended.after)}

    def _message(self, said: Said) -> dict[str, Any]:
        told: dict[str, Any] = {"after_ms": _ms(said.after), "by": "client" if said.by_client else "server"}
        cut = len(said.data) < said.size
        if self.closed:
            return {**told, "text": HIDDEN}
        if isinstance(said.data, bytes):
            told["base64"] = b64encode(self.mask.data(said.data, cut=cut)).decode()
        else:
            told["text"] = self._text(said.data.encode("utf-8", "replace"), cut=cut).decode()
        return {**told, "size": said.size} if cut else told

    def _body(self, place: str, body: bytes | None, headers: Headers, *, cut: bool = False) -> dict[str, Any]:
        """A body as text, or base64 where it is none. What answers a request with closed places is closed, too."""
        if not body:
            return {}
        if place in self.closed or (self.closed and place == "answer"):
            return {"body": HIDDEN}
        kind = next((value.decode("latin-1") for name, value in headers if name == b"content-type"), "")
        encoding = next((value for name, value in headers if name == b"content-encoding"), b"identity")
        plain = decoded(body, encoding.strip().lower())
        if plain is None:
            return {}
        shown = self._text(plain, kind, cut=cut or len(plain) >= MOST_KEPT)
        try:
            return {"body": shown.decode()}
        except UnicodeDecodeError:
            return {"body_base64": b64encode(shown).decode()}

    def _text(self, data: bytes, kind: str = "", *, cut: bool) -> bytes:
        return self.mask.data(redaction.body(data, kind, self.mask.names), cut=cut)


def closed_places(entry: Entry, mask: Mask) -> frozenset[str]:
    """The places that are not shown at all: the request says that secrets are in them, and none of those is known."""
    places = secret_places(entry)
    return frozenset() if not places or _knows(mask, entry) else places


def _knows(mask: Mask, entry: Entry) -> bool:
    """Whether any of the secrets that a request says it has is known here."""
    values = [value for name, value in entry.headers if name != SECRET_PLACES]
    parts = (entry.path, entry.query, entry.body or b"", *values)
    return any(mask.hides(part.decode("utf-8", "surrogateescape")) for part in parts)


def secret_places(entry: Entry) -> frozenset[str]:
    """Where the request says that it holds secrets: names of headers, `path`, `query`, `body`."""
    said = next((value for name, value in entry.headers if name == SECRET_PLACES), b"")
    return frozenset(word.strip().lower() for word in said.decode("latin-1").split(",") if word.strip())


def _told(story: Story, response: str) -> dict[str, Any]:
    told: dict[str, Any] = {"file": story.route.file, "line": story.route.line}
    if story.call:
        told |= {"seed": story.seed, "call": story.call}
    if story.route.scenario:
        told["state"] = {"scenario": story.route.scenario, "before": story.before, "after": story.after}
    if story.delay:
        told["delay_ms"] = round(story.delay * 1000, 3)
        source = story.route.recorded_in(response)
        told |= {"delay_from": source} if source else {}
    if story.fault:
        told["fault"] = story.fault
    return told


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 3)


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


def entries(journal: Journal, choice: Choice, mask: Mask) -> list[dict[str, Any]]:
    """The entries that fit, as they leave."""
    return [as_json(entry, mask) for entry in chosen(journal, choice)]


def lines(found: Iterable[Entry], mask: Mask, most: int | None = None) -> list[bytes]:
    """Entries as lines of JSON."""
    return [msgspec.json.encode(as_json(entry, mask)) for entry in islice(found, most)]
