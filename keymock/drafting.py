"""Anything → a mock worth keeping: a name that says what it answers, a short TOML file, a body file where it helps.

Every new mock comes from here, typed, saved or seen, so that all of them look alike. Text in, bytes out; nothing is
written here.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection, Mapping
from hashlib import blake2b
from typing import Any

import msgspec

from keymock import document, media, pattern, spec, template, units
from keymock.document.write import write
from keymock.exchange import NOT_JSON, BodyFile, read_json
from keymock.index import BodyFault, Context, Listed, compile_mock
from keymock.layout import Item
from keymock.problems import Problem, Severity, error

INLINE_LINES = 12
"""A body whose mock would have more lines than this below [response] gets a file of its own."""
INLINE_TEXT = 400
"""The longest text, in characters, that stands in the mock itself."""

MOST_IN_NAME = 40
MOST_IN_PATH = 110
"""Characters of one folder or file name, and of all below `mocks/`: Windows allows 260 for a whole path."""

RESERVED = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}
)
"""Names that Windows keeps for devices, with any extension."""


class Another(msgspec.Struct, frozen=True, kw_only=True):
    """One more answer of a mock, which its name asks for; the fields are those of a Wish."""

    name: str
    status: int = 200
    headers: Mapping[str, str | list[str]] = {}
    body: bytes = b""
    content_type: str = ""
    literal: bool = False


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What a mock shall take and answer, from wherever that is known.

    `content_type` is that of the body; empty: told from its content. `body_name` is the file that the body comes
    from, if it does: then it stays a file, byte for byte. `name` is the path below `mocks/`, `title` what people call
    it; empty: made from the route. `literal` says that `{{` in the body is no template. With `more` answers,
    `answer` is what the first is called.
    """

    methods: tuple[str, ...] = ("GET",)
    path: str
    query: Mapping[str, str | list[str]] = {}
    status: int = 200
    headers: Mapping[str, str | list[str]] = {}
    body: bytes = b""
    content_type: str = ""
    body_name: str = ""
    name: str = ""
    title: str = ""
    literal: bool = False
    answer: str = ""
    more: tuple[Another, ...] = ()


class Draft(msgspec.Struct, frozen=True):
    """A mock to be written. `files` are contents by id path: its body first, so that no reader finds it without."""

    id: str
    files: Mapping[str, bytes]


def draft(wish: Wish, space: str, taken: Collection[str] = ()) -> Draft:
    """The files of a new mock in a space (`workspace`, `projects/shop`, `private/ada@example.com`).

    `taken` are the ids that exist: a made name keeps clear of them, one that was asked for does not. Raises
    PatternError for a path that cannot be read, ValueError for a name of which nothing is left.
    """
    name = f"{space}/mocks/{asked_name(wish.name) if wish.name else _free_name(wish, f'{space}/mocks/', taken)}"
    request: dict[str, Any] = {
        "method": wish.methods[0] if len(wish.methods) == 1 else list(wish.methods),
        "path": wish.path,
    }
    if wish.query:
        request["query"] = dict(wish.query)
    top: dict[str, Any] = {"name": wish.title} if wish.title else {}
    if wish.more:
        return _several(wish, name, {**top, "request": request})
    response: dict[str, Any] = {"status": wish.status}
    if wish.headers:
        response["headers"] = dict(wish.headers)
    tables = {**top, "request": request, "response": response}
    inline = None if wish.body_name else _inline(wish, tables)
    if inline is not None:
        return Draft(name, {f"{name}.toml": inline.encode()})
    extension = _extension(wish)
    wanted = wish.content_type or _content_type(wish)
    if _essence(wanted) != _essence(media.media_type(f"x.{extension}")) and not _has_type(wish):
        response["content_type"] = wanted
    if _is_filled(wish):
        response["template"] = True
    body = _formatted(wish)
    return Draft(name, {f"{name}.body.{extension}": body, f"{name}.toml": write(tables).encode()})


def _several(wish: Wish, name: str, tables: dict[str, Any]) -> Draft:
    """The files of a mock with several answers: one of `[[responses]]` each, larger bodies beside it by their names."""
    files: dict[str, bytes] = {}
    responses: list[dict[str, Any]] = []
    slugs: list[str] = []
    first = Another(name=wish.answer, status=wish.status, headers=wish.headers, body=wish.body,
                    content_type=wish.content_type, literal=wish.literal)  # fmt: skip
    for each in (first, *wish.more):
        one = Wish(path=wish.path, status=each.status, headers=each.headers, body=each.body,
                   content_type=each.content_type, literal=each.literal)  # fmt: skip
        called = _unlike(each.name or str(each.status), [response["name"] for response in responses])
        table: dict[str, Any] = {"name": called, "status": each.status}
        if each.headers:
            table["headers"] = dict(each.headers)
        body = _inline_body(one, {"request": tables["request"], "response": table})
        if body is None:
            extension, kind = _extension(one), each.content_type or _content_type(one)
            if _essence(kind) != _essence(media.media_type(f"x.{extension}")) and not _has_type(one):
                table["content_type"] = kind
            if _is_filled(one):
                table["template"] = True
            slug = _unlike(_slug(called) or "answer", slugs)
            slugs.append(slug)
            file = f"{name}.{slug}.body.{extension}"
            files[file] = _formatted(one)
            if slug != called:
                table["body_file"] = file.rpartition("/")[2]
        responses.append(table if body is None else {**table, **body})
    files[f"{name}.toml"] = write({**tables, "responses": responses}).encode()
    return Draft(name, files)


def _unlike(name: str, taken: Collection[str]) -> str:
    number, found = 2, name
    while found in taken:
        number, found = number + 1, f"{name}-{number}"
    return found


def problems_of(made: Draft) -> tuple[Problem, ...]:
    """What is wrong with a draft, told before anything is written; the problems are placed in the file to be."""
    file = f"{made.id}.toml"
    parsed = document.parse(made.files[file], file, spec.Mock, dec_hook=units.dec_hook)
    found = list(parsed.problems)
    if parsed.value is not None:

        def report(
            where: document.KeyPath, code: str, message: str, hint: str = "", severity: Severity = "error", **_: Any
        ) -> None:
            place = document.place(parsed, where)
            found.append(Problem(file, place.line, place.column, code, severity, message, hint, place.excerpt))

        space = "/".join(made.id.split("/mocks/")[:1])
        compile_mock(parsed.value, Item(file, "mock", space, file), Context(), _Drafted(made), report)
    for name, content in made.files.items():
        if name == file and len(content) > MOST_TOML:
            found.append(error(file, "too-large", "the file would have more than 256 KiB"))
    return tuple(found)


MOST_TOML = 256 * 1024


class _Drafted:
    """The bodies of a draft, as `index.Bodies`."""

    def __init__(self, made: Draft) -> None:
        self.made = made

    def sibling(self, variant: str) -> list[str]:
        stem = self.made.id + (f".{variant}" if variant else "")
        return [file for file in self.made.files if file.startswith(f"{stem}.body.")]

    def load(self, file: str, *, whole: bool = False) -> bytes | BodyFile:  # noqa: ARG002  (never large)
        return self.made.files[file]

    def named(self, name: str) -> bytes:
        raise ValueError(f"a new mock has no file {name} beside it")

    def folder(self, name: str, *, whole: bool = False) -> Listed:  # noqa: ARG002  (as with a file)
        raise BodyFault("folder-missing", f"a new mock has no folder {name} beside it")

    def in_data(self, name: str) -> str:
        return name

    def beside(self, name: str) -> str:
        return f"{self.made.id.rpartition('/')[0]}/{name}"


# ---- bodies ------------------------------------------------------------------------------------------------------


def _inline(wish: Wish, tables: Mapping[str, Any]) -> str | None:
    """The text of the mock with its body in it; None if the body is better kept in a file of its own."""
    body = _inline_body(wish, tables)
    return None if body is None else write({**tables, "response": {**tables["response"], **body}})


def _inline_body(wish: Wish, tables: Mapping[str, Any]) -> dict[str, Any] | None:
    """The keys that say the body in the mock itself; None if it is better kept in a file of its own."""
    if not wish.body:
        return {}
    text = _text(wish.body)
    if text is None or (wish.literal and ("{{" in text or "{%" in text)):
        return None
    body: dict[str, Any]
    kind = _essence(wish.content_type or _content_type(wish))
    if kind == media.JSON or kind.endswith("+json"):
        value = read_json(wish.body)
        if value is NOT_JSON and not _is_filled_json(wish, text):
            return None
        body = {"json_text": text} if value is NOT_JSON else {"json": value}
        own = media.JSON
    else:
        body, own = {"body": text}, media.TEXT
    if _essence(own) != kind and not _has_type(wish):
        body["content_type"] = wish.content_type or _content_type(wish)
    try:
        written = write({**tables, "response": {**tables["response"], **body}})
    except ValueError:  # null, say, which TOML does not have
        return None
    lines = written.partition("[response]")[2].count("\n")
    long = "json" not in body and len(text) > INLINE_TEXT
    if lines > INLINE_LINES or long or not _same(written, wish.body, body):
        return None
    return body


def _same(written: str, meant: bytes, body: Mapping[str, Any]) -> bool:
    """Whether what was written says what was meant, order of keys included: people see it in every answer."""
    read = document.parse(written.encode(), "draft", dict[str, Any])
    found = read.tables.get("response", {})
    if read.problems:
        return False
    if "json" not in body:
        return bool(found.get("json_text" if "json_text" in body else "body", "").encode() == meant)
    # By Python's own reader, which keeps numbers of any length.
    return json.dumps(json.loads(msgspec.json.encode(found.get("json")))) == json.dumps(json.loads(meant))


def _formatted(wish: Wish) -> bytes:
    """The content of the body file: JSON that was typed gets a line a key, so that changes show in a diff."""
    value = read_json(wish.body)
    if wish.body_name or value is NOT_JSON or b"\n" in wish.body.strip():
        return wish.body
    return msgspec.json.format(wish.body.strip(), indent=2) + b"\n"


def _text(body: bytes) -> str | None:
    """The body as text that a TOML file can show; None for what is none."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    controls = any(unicodedata.category(char) == "Cc" and char not in "\n\t" for char in text)
    return None if controls else text


def _content_type(wish: Wish) -> str:
    """What kind of body it is: by the header that was given, its file's name, what it looks like."""
    for name, value in wish.headers.items():
        if name.lower() == "content-type":
            return value if isinstance(value, str) else ", ".join(value)
    if wish.body_name and "." in wish.body_name:
        return media.media_type(wish.body_name)
    text = _text(wish.body)
    if text is None:
        return media.BINARY
    start = text.lstrip()[:64].lower()
    if start.startswith(("{", "[")) and (read_json(wish.body) is not NOT_JSON or _is_filled_json(wish, text)):
        return media.JSON
    if start.startswith(("<!doctype html", "<html")):
        return "text/html; charset=utf-8"
    if start.startswith("<?xml") or (re.match(r"<[a-z_][^<>]*>", start) and text.rstrip().endswith(">")):
        return "application/xml"
    return media.TEXT


def _is_filled(wish: Wish) -> bool:
    """Whether the body has templates, which a file of its own has only where the mock says so."""
    text = "" if wish.literal or wish.body_name else _text(wish.body)
    return bool(text) and template.has_template(text or "")


def _is_filled_json(wish: Wish, text: str) -> bool:
    """Whether it is JSON once its templates are filled in: `{"n": {{ call }}}`."""
    ends = text.rstrip().endswith(("}", "]"))
    return not wish.literal and template.has_template(text) and ends and begins_as_json(text) and not json_fault(text)


def begins_as_json(text: str) -> bool:
    """Whether a text begins as objects and arrays do."""
    begin = text.lstrip()
    return begin.startswith(("{", "[")) and not begin.startswith(("{{", "{%", "{#"))


def json_fault(text: str) -> str:
    """Why a text is no JSON, whatever its templates are filled in with, and where; empty if it may be.

    >>> json_fault('{"n": {{ call }}, "on": tru}')
    'expecting value, line 1, column 25'
    """
    try:
        template.compile_json_text(text, template.ANYTHING)
    except template.TemplateError as fault:
        if fault.code == "invalid-json":
            return f"{fault.message.removeprefix('not JSON: ')}, line {fault.line}, column {fault.column}"
    return ""


def _has_type(wish: Wish) -> bool:
    return any(name.lower() == "content-type" for name in wish.headers)


def _essence(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _extension(wish: Wish) -> str:
    """That of the file it came from, else the usual one of its type."""
    own = wish.body_name.rpartition(".")[2].lower() if "." in wish.body_name else ""
    return own if re.fullmatch(r"[a-z0-9]{1,10}", own) else media.extension(wish.content_type or _content_type(wish))


# ---- names -------------------------------------------------------------------------------------------------------


def name_of(methods: tuple[str, ...], path: str) -> str:
    """The path below `mocks/` that a route gives a mock: folders for the literal beginning, the rest in the name.

    >>> name_of(("GET",), "/users"), name_of(("POST",), "/users/:id/orders")
    ('users/get', 'users/post-by-id-orders')
    """
    segments = pattern.parse(path)[0]
    folders: list[str] = []
    tail: list[str] = []
    for segment in segments.segments:
        words = [part if isinstance(part, str) else f"by-{part.name}" for part in segment]
        word = _slug("-".join(words))
        (tail if tail or not isinstance(segment[0], str) or len(segment) > 1 else folders).append(word)
    if segments.rest:
        tail.append("any")
    method = "any" if "*" in methods else "-".join(method.lower() for method in methods)
    file = _slug("-".join([method, *filter(None, tail)]))
    return _shortened("/".join([*filter(None, folders), file]), path)


def _free_name(wish: Wish, within: str, taken: Collection[str]) -> str:
    """The name of the route, with the status and then a number behind it if others have it. No case: Windows."""
    used = {name.casefold() for name in taken}
    base = name_of(wish.methods, wish.path)
    if f"{within}{base}".casefold() not in used:
        return base
    name = f"{base}-{wish.status}"
    number = 2
    while f"{within}{name}".casefold() in used:
        name = f"{base}-{number}"
        number += 1
    return name


def asked_name(text: str) -> str:
    """A name that somebody chose, as a path of files: `Get a user` → `get-a-user`."""
    parts = [_slug(part) for part in text.removesuffix(".toml").split("/")]
    parts = [part for part in parts if part]
    if not parts:
        raise ValueError(f"nothing of the name `{text}` can be the name of a file")
    return _shortened("/".join([*parts[:-1], parts[-1].lstrip("_") or "mock"]), text)


def _slug(text: str) -> str:
    """Letters, digits, `-` and `_`, in lower case; never a name that a system reserves."""
    kept = "".join(char if char.isalnum() or char in "-_" else "-" for char in unicodedata.normalize("NFC", text))
    name = re.sub(r"-{2,}", "-", kept.lower())[:MOST_IN_NAME].strip("-")
    return f"{name}_" if name in RESERVED else name


def _shortened(name: str, full: str) -> str:
    """A name that every system can hold; what is cut off is stood for by a few letters that depend on all of it."""
    if len(name) <= MOST_IN_PATH:
        return name
    mark = blake2b(full.encode(), digest_size=4).hexdigest()
    return f"{name[: MOST_IN_PATH - 9].rstrip('/-')}-{mark}"
