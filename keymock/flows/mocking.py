"""A flow that ran → mocks that it runs against: an ordered scenario, where one answer gives what the next expects.

Each answer becomes a variant that is given in the state that the flow had reached, and moves it on. Asked once more, it
is given once more, so that retries and waiting go on working. Values that came in one answer and were sent in a later
request (a token, an id) are expected there. What is secret among them is another value, the same everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

import msgspec

from keymock import drafting, media
from keymock.document.write import write
from keymock.drafting import Draft
from keymock.exchange import NOT_JSON, read_json
from keymock.flows.compare import VOLATILE
from keymock.flows.result import FlowRun, StepRun
from keymock.pattern.guessing import varying
from keymock.redaction import SecretNames
from keymock.sending import Incoming, Outgoing
from keymock.variables.mask import MASKED, Mask

FIRST = "Started"
SHORTEST = 4
"""Characters of the shortest text that is taken to be the same thing in an answer and in a later request."""
INLINE = 400
REDACTED = "redacted"
"""What stands in an answer for a secret that it echoed: plain ASCII, which every header takes."""
_DROPPED = (VOLATILE - {"set-cookie", "etag", "last-modified", "vary"}) | {"content-type", "content-encoding"}


class Seen(NamedTuple):
    """One request of the flow with its answer. `before` and `after` are states of the scenario; equal in a group."""

    step: str
    before: str
    after: str
    sent: Outgoing
    came: Incoming
    path: str
    """The path below the project's real API, raw."""


class Made(NamedTuple):
    """The mocks of a flow, and what could not become one."""

    drafts: tuple[Draft, ...]
    notes: tuple[str, ...]


def mocks_of(run: FlowRun, spaces: Mapping[str, tuple[str, str]], mask: Mask) -> Made:
    """The mocks that answer as the flow was answered.

    `spaces` are the bases of real APIs, each with the space that its mocks belong to and the base path that is put in
    front of all paths there.
    """
    folder = drafting.asked_name(run.flow.rpartition("/flows/")[2])
    notes: list[str] = []
    found: dict[str, list[Seen]] = {}
    for seen in _story(run):
        base = next((each for each in sorted(spaces, key=len, reverse=True) if _below(seen.sent.url, each)), None)
        if base is None:
            notes.append(f"{seen.step}: {mask.text(seen.sent.url)} lies beneath no upstream, so it becomes no mock")
            continue
        path = urlsplit(seen.sent.url[len(base.rstrip("/")) :]).path or "/"
        found.setdefault(base, []).append(seen._replace(path=path))
    drafts: list[Draft] = []
    for base, exchanges in found.items():
        space, base_path = spaces[base]
        drafts += _Mocking(exchanges, space, base_path, f"{folder}", base, mask).drafts()
    return Made(tuple(drafts), tuple(notes))


def _below(url: str, base: str) -> bool:
    bare = base.rstrip("/")
    return url == bare or url.startswith((f"{bare}/", f"{bare}?"))


def _story(run: FlowRun) -> Iterator[Seen]:
    """Every exchange in order, with the states before and after it."""
    state = FIRST

    def walk(steps: Sequence[StepRun], above: str, *, together: bool) -> Iterator[Seen]:
        nonlocal state
        for step in steps:
            name = f"{above}{step.id}"
            if step.children:
                group = not all(child.id.startswith(f"{step.id}[") for child in step.children) and _is_group(step)
                yield from walk(step.children, "" if not group else f"{name}.", together=group)
            elif step.request is not None and step.response is not None:
                after = state if together else name
                yield Seen(name, state, after, step.request, step.response, "")
                state = after

    yield from walk(run.steps, "", together=False)


def _is_group(step: StepRun) -> bool:
    """Whether the children ran at the same time: their places lie within that of the step."""
    return all(child.place.rpartition(":")[0] == step.place.rpartition(":")[0] for child in step.children)


class _Mocking:
    """The making of the mocks of one project."""

    def __init__(
        self, exchanges: Sequence[Seen], space: str, base_path: str, folder: str, base: str, mask: Mask
    ) -> None:
        self.space = space
        self.base_path = base_path.rstrip("/")
        self.folder = folder
        self.base = base.rstrip("/")
        self.scenario = folder.replace("/", "-")
        self.exchanges = exchanges
        self.mask = mask
        self.hidden = _hidden(exchanges, mask.names)
        self.known = [_values(exchanges[:number]) for number in range(len(exchanges))]

    def drafts(self) -> list[Draft]:
        routes: dict[tuple[str, str], list[tuple[Seen, dict[str, str], set[str]]]] = {}
        for number, seen in enumerate(self.exchanges):
            pattern, params = self._pattern(seen.path, self.known[number])
            routes.setdefault((seen.sent.method, pattern), []).append((seen, params, self.known[number]))
        taken: list[str] = []
        made = []
        for (method, pattern), answers in routes.items():
            name = _free(f"{self.folder}/{drafting.name_of((method,), pattern)}", taken)
            taken.append(name)
            made.append(self._draft(f"{self.space}/mocks/{name}", method, pattern, answers))
        return made

    def _pattern(self, path: str, known: set[str]) -> tuple[str, dict[str, str]]:
        """The path with parameters in the places of ids, of values that came before and of secrets; and what stood
        there, but for secrets.
        """
        if self.base_path and path.startswith(f"{self.base_path}/"):
            path = path[len(self.base_path) :]
        parts = path.split("/")
        marked = "/".join("000" if unquote(part) in known or self.mask.hides(part) else part for part in parts)
        pattern, _ = varying(marked)
        stood = {
            word[1:]: self._shown(unquote(part))
            for word, part in zip(pattern.split("/"), parts, strict=True)
            if word.startswith(":") and word != part and not self.mask.hides(part)
        }
        return pattern.replace("*", "**"), stood

    def _draft(
        self, mock: str, method: str, pattern: str, answers: Sequence[tuple[Seen, dict[str, str], set[str]]]
    ) -> Draft:
        files: dict[str, bytes] = {}
        wanted = [self._conditions(*each) for each in answers]
        common = {key: value for key, value in wanted[0].items() if all(each.get(key) == value for each in wanted)}
        responses: list[dict[str, Any]] = []
        for number, ((seen, _, _), conditions) in enumerate(zip(answers, wanted, strict=True)):
            own = {key: value for key, value in conditions.items() if key not in common}
            name = drafting.asked_name(re.sub(r"[\[\].]+", "-", seen.step).strip("-"))
            response = self._response(seen, f"{mock}.{name}", files)
            first = seen.before == FIRST
            moves = {"sets": seen.after} if seen.after != seen.before else {}
            when = own if first else {"state": seen.before, **own}
            responses.append({"name": name, **moves, **({"when": when} if when else {}), **response})
            if moves and not first and not any(later.before == seen.after for later, _, _ in answers[number + 1 :]):
                responses.append({"name": f"{name}-again", "when": {"state": seen.after, **own}, **response})
        request = {"method": method, "path": pattern, **common}
        tables = {"request": request, "scenario": {"name": self.scenario}, "responses": responses}
        files[f"{mock}.toml"] = write(tables).encode()
        return Draft(mock, files)

    def _conditions(self, seen: Seen, params: Mapping[str, str], known: set[str]) -> dict[str, Any]:
        """What the request must bring of what came before."""
        found: dict[str, Any] = {"params": dict(params)} if params else {}
        headers = {}
        for name, value in seen.sent.headers:
            asks = name.lower() in ("authorization", "cookie", "x-api-key") and any(each in value for each in known)
            if asks and not self.mask.hides(value):
                headers[name] = self._shown(value)
        if headers:
            found["headers"] = headers
        body = read_json(seen.sent.body)
        if isinstance(body, dict):
            texts = {key: value for key, value in body.items() if isinstance(value, str) and value in known}
            same = {key: self._shown(value) for key, value in texts.items() if not self.mask.hides(f"{key} {value}")}
            if same:
                found["body"] = {"json": same}
        return found

    def _response(self, seen: Seen, stem: str, files: dict[str, bytes]) -> dict[str, Any]:
        came = seen.came
        made: dict[str, Any] = {"status": came.status}
        headers: dict[str, Any] = {}
        for name, value in came.headers:
            if name.lower() in _DROPPED or name.lower().startswith(("x-keymock-", "access-control-")):
                continue
            shown = self._shown(value.removeprefix(self.base) if name.lower() == "location" else value)
            before = headers.get(name)
            headers[name] = shown if before is None else [*(before if isinstance(before, list) else [before]), shown]
        if headers:
            made["headers"] = headers
        kind = came.header("content-type")
        return made | self._body(came.body, kind, stem, files)

    def _body(self, body: bytes, kind: str, stem: str, files: dict[str, bytes]) -> dict[str, Any]:
        """The body in the mock itself if it is small JSON, else in a file beside it."""
        if not body:
            return {}
        value = read_json(body)
        if value is not NOT_JSON:
            value = self._tree(value)
            text = msgspec.json.encode(value).decode()
            if len(text) <= INLINE and "null" not in text and "{{" not in text and "{%" not in text:
                return {"json": value} | _type(kind, media.JSON)
            body = msgspec.json.format(text.encode(), indent=2) + b"\n"
        else:
            for old, new in self.hidden.items():
                body = body.replace(old.encode(), new.encode())
            masked = self.mask.data(body)
            body = body if masked == body else masked.replace(MASKED.encode(), REDACTED.encode())
        extension = media.extension(kind) if kind else "bin"
        name = f"{stem}.body.{extension}"
        files[name] = body
        return {"body_file": name.rpartition("/")[2]} | _type(kind, media.media_type(name))

    def _tree(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._shown(value)
        if isinstance(value, dict):
            return {self._shown(key): self._tree(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._tree(inner) for inner in value]
        return REDACTED if self.mask.tree(value) != value else value

    def _shown(self, text: str) -> str:
        for old, new in self.hidden.items():
            text = text.replace(old, new)
        masked = self.mask.text(text)
        return text if masked == text else masked.replace(MASKED, REDACTED)


def _type(kind: str, own: str) -> dict[str, Any]:
    """The content type, where it is not the one that goes without saying."""
    bare = kind.partition(";")[0].strip().lower()
    return {"content_type": kind} if kind and bare != own.partition(";")[0] else {}


def _hidden(exchanges: Iterable[Seen], names: SecretNames) -> dict[str, str]:
    """Values that are secret by the name they have, each with what stands for it; the longest first."""
    found: dict[str, str] = {}

    def look(name: str, value: Any) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                look(key, inner)
        elif isinstance(value, list):
            for inner in value:
                look(name, inner)
        elif isinstance(value, str) and len(value) >= SHORTEST and names.key(name):
            found.setdefault(value, f"{re.sub(r'[^a-z0-9]+', '-', name.lower())}-{len(found) + 1}")

    for seen in exchanges:
        look("", read_json(seen.came.body) or None)
        for name, value in seen.came.headers:
            if name.lower() == "set-cookie":
                cookie, _, rest = value.partition(";")[0].partition("=")
                if len(rest) >= SHORTEST:
                    found.setdefault(rest, f"{re.sub(r'[^a-z0-9]+', '-', cookie.lower())}-{len(found) + 1}")
    return dict(sorted(found.items(), key=lambda pair: -len(pair[0])))


def _values(exchanges: Iterable[Seen]) -> set[str]:
    """Texts that have come in answers so far, and numbers as text."""
    found: set[str] = set()

    def look(value: Any) -> None:
        if isinstance(value, dict):
            for inner in value.values():
                look(inner)
        elif isinstance(value, list):
            for inner in value:
                look(inner)
        elif isinstance(value, str) and len(value) >= SHORTEST:
            found.add(value)
        elif isinstance(value, int) and not isinstance(value, bool) and value > 999:
            found.add(str(value))

    for seen in exchanges:
        look(read_json(seen.came.body) or None)
        for name, value in seen.came.headers:
            if name.lower() == "set-cookie":
                look(value.partition(";")[0].partition("=")[2])
            elif name.lower() in ("location", "etag") or name.lower().startswith("x-"):
                look(value)
                look(value.rstrip("/").rpartition("/")[2])
    return found


def _free(name: str, taken: Iterable[str]) -> str:
    number, free = 2, name
    while free in taken:
        free, number = f"{name}-{number}", number + 1
    return free
