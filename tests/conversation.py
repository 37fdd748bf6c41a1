"""Conversations with a server as plain text: a tree, requests, and exactly what was answered.

A file opens with a sentence that says what it shows. Then come, in any number and order, sections:

    === file projects/shop/mocks/a.toml        a file of the tree; its content follows
    === workspace example-workspace            the tree is this folder of the repository instead
    === as ada@example.com                     whom the server serves from here on (`nobody` to begin with)
    === with project=shop seed=1               what else it was told, words parted by spaces; `frozen` is a moment
    >>> POST /orders?dry=1                     a request, its target as it goes over the wire; headers, a blank
                                               line and a body may follow. `Host: localhost` unless it says so
    <<< 201                                    the answer: the status, then the headers that matter, then, after a
                                               blank line, the whole body
    <<< as if there were no private/ada        the answer is, byte for byte, that of a tree without these files

In an answer, `!etag` says that the header is not there; a body `@path` is this file of the tree, `(empty)` is none
at all, and without a blank line the answer says nothing of its body. Newlines at the end of a body are not told
apart.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import NamedTuple

REPOSITORY = Path(__file__).parent.parent
AS_IF = "as if there were no "
EMPTY = "(empty)"
PER_CONNECTION = frozenset({"date", "server"})
"""Headers that a server adds by itself, different for each answer."""


class Said(NamedTuple):
    """A request. `target` is path and query as they go over the wire; header names are as the author wrote them."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Answer(NamedTuple):
    """What came back. Header names are lower-case."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name.lower()]

    def lasting(self) -> Answer:
        """The answer without what differs each time."""
        return self._replace(headers=tuple(sorted(pair for pair in self.headers if pair[0] not in PER_CONNECTION)))


class Exchange(NamedTuple):
    """A request, whom it is served as, and the lines that were written down as its answer."""

    said: Said
    actor: str | None
    options: Mapping[str, str]
    expected: str
    line: int


class Conversation(NamedTuple):
    """One file: its opening sentence, its tree (files by path, or a folder of the repository), its exchanges."""

    title: str
    files: Mapping[str, str]
    workspace: str
    exchanges: tuple[Exchange, ...]


Ask = Callable[[Said], Answer]
Serve = Callable[[Path, str | None, Mapping[str, str]], AbstractContextManager[Ask]]
"""Serves a folder as somebody, with options; in the `with` block, requests are answered."""


def read(text: str) -> Conversation:
    """The conversation that a file tells. Raises ValueError with a line number for what is none."""
    title = text.partition("\n=== ")[0].partition("\n>>> ")[0].strip()
    files: dict[str, str] = {}
    workspace, actor, options, said, asked = "", None, dict[str, str](), None, 0
    exchanges: list[Exchange] = []
    for line, heading, content in _sections(text):
        sign, _, words = heading.partition(" ")
        kind, _, rest = words.partition(" ")
        if said is not None and sign != "<<<":
            raise ValueError(f"line {asked}: nobody answers this request")
        if sign == ">>>":
            said, asked = _said(kind, rest, content), line
        elif sign == "<<<" and said is not None:
            exchanges.append(Exchange(said, actor, dict(options), f"{words}\n{content}".rstrip("\n"), line))
            said = None
        elif sign == "===" and kind == "file":
            files[rest] = content
        elif sign == "===" and kind == "workspace":
            workspace = rest
        elif sign == "===" and kind == "as":
            actor = None if rest == "nobody" else rest
        elif sign == "===" and kind == "with":
            options = dict(word.split("=", 1) for word in rest.split())
        else:
            raise ValueError(f"line {line}: `{heading}` is no section of a conversation")
    if said is not None:
        raise ValueError(f"line {asked}: nobody answers this request")
    return Conversation(title, files, workspace, tuple(exchanges))


def _sections(text: str) -> Iterator[tuple[int, str, str]]:
    """Line number, heading and content of every section."""
    start, heading, lines = 0, "", list[str]()
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith(("=== ", ">>> ", "<<<")):
            if heading:
                yield start, heading, _content(lines)
            start, heading, lines = number, line, []
        else:
            lines.append(line)
    if heading:
        yield start, heading, _content(lines)


def _content(lines: list[str]) -> str:
    return "\n".join(lines).rstrip("\n") + "\n" if any(lines) else ""


def _said(method: str, target: str, content: str) -> Said:
    head, _, body = content.partition("\n\n") if not content.startswith("\n") else ("", "", content)
    pairs = [line.partition(":") for line in head.splitlines() if line]
    headers = tuple((name, value.strip()) for name, _, value in pairs)
    return Said(method, target, headers, body.strip("\n").encode())


def replay(conversation: Conversation, serve: Serve, scratch: Path) -> Iterator[tuple[Exchange, str]]:
    """Every exchange with the answer that it really got, told as its author told the expected one."""
    with ExitStack() as servers:
        asks: dict[str, Ask] = {}

        def ask(exchange: Exchange, without: str = "") -> Answer:
            key = f"{exchange.actor} {sorted(exchange.options.items())} {without}"
            if key not in asks:
                root = plant(conversation, scratch / str(len(asks)), without)
                asks[key] = servers.enter_context(serve(root, exchange.actor, exchange.options))
            return asks[key](exchange.said)

        for exchange in conversation.exchanges:
            answer = ask(exchange)
            if exchange.expected.startswith(AS_IF):
                other = ask(exchange, exchange.expected.removeprefix(AS_IF))
                same = answer.lasting() == other.lasting()
                yield exchange, exchange.expected if same else told(answer, "", conversation)
            else:
                yield exchange, told(answer, exchange.expected, conversation)


def plant(conversation: Conversation, root: Path, without: str = "") -> Path:
    """The tree of a conversation on disk, less the files beneath `without`."""
    if conversation.workspace:
        shutil.copytree(REPOSITORY / conversation.workspace, root, ignore=shutil.ignore_patterns(".keymock"))
    for path, content in conversation.files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8", newline="")
    root.mkdir(parents=True, exist_ok=True)
    gone = root / without
    if without and gone.is_dir():
        shutil.rmtree(gone)
    elif without:
        gone.unlink()
    return root


def told(answer: Answer, like: str, conversation: Conversation) -> str:
    """An answer as text, with those headers (and the body) that `like` has too; with all of them if it is empty."""
    head, blank, body = f"{like}\n".partition("\n\n")
    names = [line.lstrip("!").partition(":")[0] for line in head.splitlines()[1:]]
    if not like:
        names, blank = sorted({name for name, _ in answer.headers}), "\n\n"
    lines = [str(answer.status)]
    for name in dict.fromkeys(names):
        lines += [f"{name}: {value}" for value in answer.values(name)] or [f"!{name}"]
    if blank:
        lines += ["", _body(answer.body, body.strip("\n"), conversation)]
    return "\n".join(lines).strip("\n")


def _body(body: bytes, expected: str, conversation: Conversation) -> str:
    if expected.startswith("@"):
        file = REPOSITORY / conversation.workspace / expected[1:]
        return expected if file.read_bytes() == body else repr(body)
    try:
        return body.decode().strip("\n") or EMPTY
    except UnicodeDecodeError:
        return repr(body)
