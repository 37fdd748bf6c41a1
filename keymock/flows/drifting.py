"""Document, mock and reality held against each other by shape: a flow run against both, beside what is declared.

Values may be others each time; statuses, content types, headers and the shapes of bodies are what three ways agree on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple
from xml.sax.saxutils import quoteattr

from keymock import redaction
from keymock.contract import Contract, Media, Operation, Response, Spot
from keymock.contract.members import declares, said_of
from keymock.contract.replying import wrong_with
from keymock.contract.schemas import Schema
from keymock.contract.types import bare, fits, kind_of
from keymock.exchange import NOT_JSON, read_json
from keymock.flows.compare import EACH, NOTHING, Path, by_trail, came, headers_of, shape, shown
from keymock.flows.result import FlowRun, StepRun
from keymock.problems import printable
from keymock.sending import Incoming
from keymock.variables import Mask

Side = Literal["mock", "real"]
Key = tuple[str | int, ...]
"""`("status",)`, `("header", name)`, or `("body", …)` with the keys that lead to a place."""

_MISSING = re.compile(r'"(.+)" is a required property')
_UNEXPECTED = "Additional properties are not allowed"
"""What the validator says of an object, where a member of it is meant."""

LISTED = 40
"""Rows of one step that are told."""


class Spoken(NamedTuple):
    """The document that speaks of where a step's request goes, and the operation; None if it has no such operation."""

    contract: Contract
    operation: Operation | None


class Row(NamedTuple):
    """One place in which not all three agree: what each of them has there.

    `departs` are those that the document does not allow; none of them, if mock and reality only differ from each other.
    `allowed` says that the document leaves it open, so that neither is wrong.
    """

    where: str
    pointer: str
    """Of the place in the body, as JSON Pointer with `-` for each element of a list; empty for all else."""
    document: str
    mock: str
    real: str
    departs: tuple[Side, ...]
    allowed: bool
    says: str
    spot: Spot | None


class StepDrift(NamedTuple):
    """One step: the operation (empty if no document has it), the mock that answered, and the rows."""

    step: str
    operation: str
    mock: str
    rows: tuple[Row, ...]

    @property
    def drifted(self) -> bool:
        """Whether anything differs that the document does not leave open."""
        return any(not row.allowed for row in self.rows)


def drifts(mock: FlowRun, real: FlowRun | None, speaks: Callable[[StepRun], Spoken | None]) -> tuple[StepDrift, ...]:
    """Every step that was run, beside its operation. Without `real`, mock and document alone are compared.

    `speaks` gives the document of a step's request, None if there is none.
    """
    mocked, found = dict(by_trail(mock)), dict(by_trail(real)) if real is not None else {}
    told: list[StepDrift] = []
    for trail in dict.fromkeys((*found, *mocked)):
        one, other = mocked.get(trail), found.get(trail)
        runs = [step for step in (one, other) if step is not None and step.response is not None]
        if not runs and all(step is None or step.state in ("skipped", "not-run") for step in (one, other)):
            continue
        spoken = next((known for step in runs if (known := speaks(step)) is not None), None)
        rows = _Comparing(one, other, spoken, three=real is not None).rows()
        answered = one.response.header("x-keymock-mock") if one is not None and one.response is not None else ""
        key = spoken.operation.key if spoken is not None and spoken.operation is not None else ""
        told.append(StepDrift(trail, key, answered, tuple(rows)[:LISTED]))
    return tuple(told)


class _Comparing:
    """One step. `three` says that reality was asked."""

    def __init__(self, mock: StepRun | None, real: StepRun | None, spoken: Spoken | None, *, three: bool) -> None:
        self.steps: dict[Side, StepRun | None] = {"mock": mock, "real": real} if three else {"mock": mock}
        self.contract = spoken.contract if spoken is not None else None
        self.operation = spoken.operation if spoken is not None else None
        self.answers: dict[Side, Incoming] = {
            side: step.response for side, step in self.steps.items() if step is not None and step.response is not None
        }
        self.shapes = {side: shape(_json(answer)) for side, answer in self.answers.items()}
        self.headers = {side: headers_of(answer) for side, answer in self.answers.items()}
        self.wrong: dict[Key, dict[Side, str]] = {}

    def rows(self) -> Iterator[Row]:
        if len(self.answers) < len(self.steps):
            cells = {side: came(step) for side, step in self.steps.items()}
            yield self._row(
                ("answer",), cells, "an answer", tuple(self.steps.keys() - self.answers.keys()), "no answer"
            )
            if not self.answers:
                return
        if self.contract is not None and self.operation is None:
            cells = {side: str(answer.status) for side, answer in self.answers.items()}
            says = "the document has no such operation"
            yield self._row(("operation",), cells, "not declared", tuple(self.answers), says)
        for side in self.answers:
            self._hold(side)
        for key in self._keys():
            cells = {side: self._cell(side, key) for side in self.answers}
            wrong = self.wrong.get(key, {})
            if wrong or (len(cells) > 1 and len(set(cells.values())) > 1 and not self._below_missing(key)):
                yield self._row(key, cells, self._declared(key), tuple(wrong), "; ".join(dict.fromkeys(wrong.values())))

    # ---- against the document ------------------------------------------------------------------------------------

    def _hold(self, side: Side) -> None:
        """Notes all that the document says against an answer."""
        contract, operation, answer = self.contract, self.operation, self.answers[side]
        if contract is None or operation is None:
            return
        headers = [(name.lower().encode("latin-1", "replace"), value.encode("latin-1", "replace"))
                   for name, value in answer.headers]  # fmt: skip
        for fault in wrong_with(contract, operation, answer.status, headers, answer.body):
            missing = _MISSING.fullmatch(fault.message)
            if not fault.message.startswith(_UNEXPECTED):  # told member by member below
                key = _key_of(fault.where, _json(answer))
                self._note(side, (*key, missing[1]) if missing and key[0] == "body" else key, fault.message)
        root = self._schema(answer)
        for path in self.shapes[side] if root is not None else ():
            if root is not None and path and declares(root, path[:-1]) and not declares(root, path):
                self._note(side, ("body", *path), "it is not declared")

    def _note(self, side: Side, key: Key, message: str) -> None:
        """What a document says against a place; the values of secrets are no part of it."""
        if any(redaction.is_secret(step) for step in key if isinstance(step, str)):
            message = "the document does not allow it"
        self.wrong.setdefault(key, {}).setdefault(side, message)

    def _schema(self, answer: Incoming) -> Schema | None:
        """The schema of an answer's body, if the document has one and the body is JSON."""
        media = self._media(answer)
        if media is None or media.schema is None or self.contract is None or _json(answer) is NOT_JSON:
            return None
        return self.contract.schemas.bundle(media.schema, "response")

    def _media(self, answer: Incoming) -> Media | None:
        response = self._response(answer)
        kind = answer.header("content-type")
        content = response.content if response is not None else ()
        return next((each for each in content if fits(kind, each.type)), None)

    def _response(self, answer: Incoming) -> Response | None:
        return self.operation.response(answer.status) if self.operation is not None else None

    # ---- one place -----------------------------------------------------------------------------------------------

    def _keys(self) -> list[Key]:
        """Every place that any of them has, or should have."""
        found: list[Key] = [("status",), ("header", "content-type")]
        found += [("header", name) for names in self.headers.values() for name in sorted(names)]
        found += [key for key in self.wrong if key[0] == "header"]
        if any(NOT_JSON is not _json(answer) for answer in self.answers.values()):
            found += [("body", *path) for paths in self.shapes.values() for path in paths]
        else:
            found.append(("body",))
        return list(dict.fromkeys([*found, *self.wrong]))

    def _cell(self, side: Side, key: Key) -> str:
        """What an answer has at a place, in a word or two."""
        answer = self.answers[side]
        if key == ("status",):
            return str(answer.status)
        if key == ("header", "content-type"):
            return bare(answer.header("content-type")) or NOTHING
        if key[0] == "header":
            text = self.headers[side].get(str(key[1]))
            return NOTHING if text is None else "there" if self._both_have(key) else text
        if _json(answer) is NOT_JSON:
            return "some bytes" if answer.body else NOTHING
        return self.shapes[side].get(key[1:], NOTHING)

    def _both_have(self, key: Key) -> bool:
        """Whether a header is there on both sides; then its value may be another one."""
        return all(key[1] in names for names in self.headers.values()) and key not in self.wrong

    def _below_missing(self, key: Key) -> bool:
        """Whether something above a place is missing on a side already, which is told there."""
        if key[0] != "body" or len(key) == 1:
            return False
        above: Path = key[1:-1]
        return any(paths.get(above, NOTHING) in (NOTHING, "an empty list") for paths in self.shapes.values())

    def _declared(self, key: Key) -> str:
        """What the document says of a place."""
        if self.operation is None:
            return "not declared" if self.contract is not None else "no document"
        responses = [each for answer in self.answers.values() if (each := self._response(answer)) is not None]
        if key == ("status",):
            return ", ".join(each.status for each in self.operation.responses) or NOTHING
        if key == ("header", "content-type"):
            kinds = dict.fromkeys(bare(media.type) for each in responses for media in each.content)
            return ", ".join(kinds) or "no body"
        if key[0] == "header":
            known = [header for each in responses for header in each.headers if header.name.lower() == key[1]]
            return ("required" if known[0].required else "optional") if known else "not declared"
        root = self._root()
        return said_of(root, key[1:]) if root is not None else "anything" if responses else "not declared"

    def _root(self) -> Schema | None:
        roots = [root for answer in self.answers.values() if (root := self._schema(answer)) is not None]
        return roots[0] if roots else None

    def _row(self, key: Key, cells: Mapping[Side, str], document: str, departs: tuple[Side, ...], says: str) -> Row:
        open_to_both = key[0] in ("header", "body") and key != ("header", "content-type")
        spoken = self.operation is not None and (key[0] != "body" or self._root() is not None)
        return Row(
            where=_shown(key),
            pointer="".join(f"/{_step(step)}" for step in key[1:]) if key[0] == "body" else "",
            document=document,
            mock=cells.get("mock", ""),
            real=cells.get("real", ""),
            departs=tuple(side for side in self.steps if side in departs),
            allowed=not departs and open_to_both and spoken,
            says=says,
            spot=self._spot(key),
        )

    def _spot(self, key: Key) -> Spot | None:
        """The place in the document that says otherwise."""
        if self.operation is None:
            return None
        for answer in self.answers.values():
            media, response = self._media(answer), self._response(answer)
            if key[0] == "body" and media is not None and media.schema is not None:
                return media.schema
            if response is not None:
                return response.spot
        return self.operation.spot.child("responses")


def _json(answer: Incoming) -> object:
    kind = answer.header("content-type")
    if not answer.body or (kind and kind_of(kind) not in ("json", "text")):
        return NOT_JSON
    return read_json(answer.body)


def _key_of(where: str, value: Any) -> Key:
    """The place that a violation is at: `response.body/items/0` → `("body", "items", EACH)`."""
    part, _, rest = where.removeprefix("response.").partition("/")
    if part == "content_type":
        return ("header", "content-type")
    name, _, header = part.partition(".")
    if name == "headers":
        return ("header", header.lower())
    steps: list[str | int] = []
    for step in rest.split("/") if rest else ():
        in_list = isinstance(value, list)
        steps.append(EACH if in_list else step)
        try:
            value = value[int(step)] if in_list else value[step]
        except (LookupError, TypeError, ValueError):
            value = None
    return (name, *steps)


def _shown(key: Key) -> str:
    if key[0] == "body":
        return f"body {shown(key[1:])}"
    return " ".join(map(str, key))


def _step(step: str | int) -> str:
    return "-" if isinstance(step, int) else step.replace("~", "~0").replace("/", "~1")


def words(row: Row, *, three: bool) -> str:
    """Who differs from whom."""
    others = "document and real API" if three and row.real else "the document"
    if row.departs == ("mock",):
        return f"the mock differs from {others}"
    if row.departs == ("real",):
        return f"the real API differs from {'document and mock' if row.mock else 'the document'}"
    if row.departs:
        return "mock and real API differ from the document"
    return "mock and real API differ, and the document allows both" if row.allowed else "mock and real API differ"


def junit(flow: str, found: Sequence[StepDrift], *, three: bool, mask: Mask) -> str:
    """JUnit's XML: a case a step, a failure for each place that differs and is not left open."""
    failed = sum(one.drifted for one in found)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        "<testsuites>",
        f'  <testsuite name={_quoted(f"{flow} (drift)", mask)} tests="{len(found)}" failures="{failed}">',
    ]
    for one in found:
        lines.append(f"    <testcase classname={_quoted(flow, mask)} name={_quoted(one.step, mask)}>")
        for row in one.rows:
            if not row.allowed:
                cells = f"document: {row.document}, mock: {row.mock}" + (f", real: {row.real}" if three else "")
                said = f"{row.where}: {words(row, three=three)} ({cells}){f': {row.says}' if row.says else ''}"
                lines.append(f"      <failure message={_quoted(said, mask)}/>")
        lines.append("    </testcase>")
    return "\n".join([*lines, "  </testsuite>", "</testsuites>", ""])


def _quoted(text: str, mask: Mask) -> str:
    return quoteattr(printable(mask.text(text)))
