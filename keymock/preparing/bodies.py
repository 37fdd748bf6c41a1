"""The body of a request, in the seven ways in which one can be written, and the content type that goes with it."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from typing import Any, NamedTuple
from urllib.parse import quote_plus

import msgspec
from msgspec import UNSET

from keymock import media, saved
from keymock.index import BodyFault
from keymock.preparing.addresses import as_text, pairs
from keymock.preparing.place import Place
from keymock.variables import Variables

ReadFile = Callable[[str], bytes]
"""The content of a file beside the request. Raises BodyFault."""


class Body(NamedTuple):
    """What is sent, and as what; no type for no body."""

    content: bytes = b""
    type: str = ""


def body_of(sent: saved.Sent, place: Place, variables: Variables, read: ReadFile) -> Body:
    """The body, filled in. Raises Stop."""
    return _Bodies(sent, place, variables, read).body()


class _Bodies(NamedTuple):
    """The making of one body."""

    sent: saved.Sent
    place: Place
    variables: Variables
    read: ReadFile

    def body(self) -> Body:
        keys = self.sent.bodies
        if len(keys) > 1:
            message = f"a request has one body, and `{keys[0]}` and `{keys[1]}` are two"
            raise self.place.stop((keys[1],), "two-bodies", message, "keep one of them", part="key")
        if not keys:
            return Body()
        makers: dict[str, Callable[[], Body]] = {
            "body": self._text, "json": self._json, "json_text": self._json_text, "body_file": self._file,
            "form": self._form, "parts": self._parts, "graphql": self._graphql,
        }  # fmt: skip
        made = makers[keys[0]]()
        if self.sent.content_type is not UNSET:
            return made._replace(type=self._filled(self.sent.content_type, "content_type"))
        return made

    def _filled(self, value: Any, *where: str | int) -> Any:
        return value if self.sent.template is False else self.place.filled(self.variables, value, *where)

    def _text(self) -> Body:
        return Body(as_text(self._filled(self.sent.body, "body")).encode(), "text/plain; charset=utf-8")

    def _json(self) -> Body:
        return Body(msgspec.json.encode(self._filled(self.sent.json, "json")), media.JSON)

    def _json_text(self) -> Body:
        text = str(self.sent.json_text)
        if self.sent.template is False:
            return Body(text.encode(), media.JSON)
        return Body(self.place.filled_json(self.variables, text, "json_text"), media.JSON)

    def _file(self) -> Body:
        name = str(self.sent.body_file)
        content = self._content(name, "body_file")
        kind = media.media_type(name)
        if self.sent.template is not True:
            return Body(content, kind)
        text = self._decoded(content, "body_file")
        if media.JSON in kind:
            return Body(self.place.filled_json(self.variables, text, "body_file"), kind)
        return Body(as_text(self.place.filled(self.variables, text, "body_file")).encode(), kind)

    def _form(self) -> Body:
        form = self._filled(self.sent.form, "form")
        fields = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in pairs(form))
        return Body(fields.encode(), "application/x-www-form-urlencoded")

    def _graphql(self) -> Body:
        graphql = self.sent.graphql
        if not isinstance(graphql, saved.GraphQL):
            raise AssertionError("bodies says that it is there")
        if graphql.query_file is not UNSET:
            query = self._decoded(self._content(graphql.query_file, "graphql", "query_file"), "graphql", "query_file")
        else:
            query = self._filled(graphql.query, "graphql", "query")
        content: dict[str, Any] = {"query": query}
        if graphql.operation is not UNSET:
            content["operationName"] = self._filled(graphql.operation, "graphql", "operation")
        if graphql.variables:
            content["variables"] = self._filled(graphql.variables, "graphql", "variables")
        return Body(msgspec.json.encode(content), media.JSON)

    # ---- multipart -----------------------------------------------------------------------------------------------

    def _parts(self) -> Body:
        parts = self.sent.parts
        if not isinstance(parts, dict):
            raise AssertionError("bodies says that it is there")
        written: list[bytes] = []
        for name, given in parts.items():
            if isinstance(given, list):
                written += [self._part(name, one, "parts", name, number) for number, one in enumerate(given)]
            else:
                written.append(self._part(name, given, "parts", name))
        mark = f"keymock-{blake2b(b''.join(written), digest_size=16).hexdigest()}"  # in none of them, so likely as not
        content = b"".join(b"--" + mark.encode() + b"\r\n" + part + b"\r\n" for part in written)
        return Body(content + b"--" + mark.encode() + b"--\r\n", f"multipart/form-data; boundary={mark}")

    def _part(self, name: str, given: saved.Part | str | float, *where: str | int) -> bytes:
        if not isinstance(given, saved.Part):
            return _written(name, as_text(self._filled(given, *where)).encode())
        kind = "" if given.content_type is UNSET else as_text(self._filled(given.content_type, *where, "content_type"))
        filename = "" if given.filename is UNSET else as_text(self._filled(given.filename, *where, "filename"))
        if given.file is not UNSET:
            content = self._content(given.file, *where, "file")
            usual = given.file.rpartition("/")[2]
            return _written(name, content, filename or usual, kind or media.media_type(given.file))
        if given.json is not UNSET:
            encoded = msgspec.json.encode(self._filled(given.json, *where, "json"))
            return _written(name, encoded, filename, kind or media.JSON)
        return _written(name, as_text(self._filled(given.body, *where, "body")).encode(), filename, kind)

    # ---- files ---------------------------------------------------------------------------------------------------

    def _content(self, name: str, *where: str | int) -> bytes:
        if "{{" in name or "{%" in name:
            hint = "name the file itself, or make one request for each"
            raise self.place.stop(where, "body-outside", "the name of a file is never a template", hint)
        try:
            return self.read(name)
        except BodyFault as fault:
            raise self.place.stop(where, fault.code, fault.message, fault.hint) from None

    def _decoded(self, content: bytes, *where: str | int) -> str:
        try:
            return content.decode()
        except UnicodeDecodeError:
            raise self.place.stop(where, "not-utf8", "the file is not UTF-8, so nothing can be filled in") from None


def _written(name: str, content: bytes, filename: str = "", kind: str = "") -> bytes:
    """One part, as RFC 7578 has it."""
    lines = f'Content-Disposition: form-data; name="{_quoted(name)}"'
    lines += f'; filename="{_quoted(filename)}"' if filename else ""
    lines += f"\r\nContent-Type: {kind}" if kind else ""
    return lines.encode() + b"\r\n\r\n" + content


def _quoted(text: str) -> str:
    """As browsers escape the names of parts."""
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
