"""The body of a request or an answer as the values that its schema speaks of, whatever its content type."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from keymock.contract import forms, xml_reading
from keymock.contract.misread import Misread
from keymock.contract.model import Media
from keymock.contract.schemas import Schema
from keymock.contract.styles import coerced
from keymock.contract.types import kind_of
from keymock.exchange import MAX_JSON_DEPTH, NOT_JSON, Request, read_json

MOST_LINES = 1_000
"""Lines or events of a stream that are looked at."""


class Read(NamedTuple):
    """The values of a body, each with where it stands (`/2`; empty for all of it), and what is wrong besides."""

    values: tuple[tuple[str, Any], ...] = ()
    wrong: tuple[tuple[str, str], ...] = ()


def read(media: Media, schema: Schema, kind: str, body: bytes, request: Request | None = None) -> Read:
    """The body as values; none for what no schema speaks of. Raises Misread. `request` is whose body it is, if any."""
    form = kind_of(kind or media.type)
    if form == "json":
        value = request.json if request is not None else read_json(body)
        if value is NOT_JSON:
            raise Misread(f"it is not JSON, or nested deeper than {MAX_JSON_DEPTH}")
        return _whole(value)
    if form == "lines":
        return Read(tuple((f"/{at}", value) for at, value in enumerate(_lines(body)))) if media.of_items else Read()
    if form == "events":
        return Read(tuple((f"/{at}", value) for at, value in enumerate(_events(body)))) if media.of_items else Read()
    if form == "text":
        return _whole(coerced(_text(body), schema, schema))
    if form == "form":
        return _whole(forms.urlencoded(media.encoding, schema, body))
    if form == "multipart" and request is not None:
        value, wrong = forms.multipart(media.encoding, schema, request)
        return Read((("", value),), wrong)
    if form == "xml":
        return _whole(xml_reading.read(body, schema)) if media.schema is not None else Read()
    return Read()


def _whole(value: Any) -> Read:
    return Read((("", value),))


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise Misread("it is not UTF-8") from None


# ---- streams -------------------------------------------------------------------------------------------------------


def _lines(body: bytes) -> Iterator[Any]:
    for number, line in enumerate(body.replace(b"\x1e", b"").split(b"\n")[:MOST_LINES], 1):
        if line.strip():
            value = read_json(line)
            if value is NOT_JSON:
                raise Misread(f"line {number} is not JSON")
            yield value


def _events(body: bytes) -> Iterator[Any]:
    """Events as tables of their fields, as `itemSchema` speaks of them; `data` that is JSON stays text."""
    for block in _text(body).replace("\r\n", "\n").replace("\r", "\n").split("\n\n")[:MOST_LINES]:
        event: dict[str, Any] = {}
        for line in block.split("\n"):
            name, colon, value = line.partition(":")
            if name and (colon or name in ("data", "event", "id", "retry")):
                value = value.removeprefix(" ")
                event[name] = f"{event[name]}\n{value}" if name in event else value
        if event:
            yield {**event, "retry": int(event["retry"])} if event.get("retry", "").isdigit() else event
