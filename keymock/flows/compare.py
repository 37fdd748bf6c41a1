"""Where mock and reality differ: a flow run against both, compared by status, headers and the shape of bodies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from keymock.exchange import NOT_JSON, read_json
from keymock.flows.result import FlowRun, StepRun
from keymock.sending import Incoming

VOLATILE = frozenset({
    "age", "cf-ray", "connection", "content-length", "date", "etag", "expires", "keep-alive", "last-modified", "server",
    "set-cookie", "transfer-encoding", "vary", "via", "x-request-id", "x-runtime", "x-powered-by",
})  # fmt: skip
"""Headers that say nothing of the API, or are another one each time."""

LISTED = 20

Path = tuple[str | int, ...]
"""The keys that lead to a place of a JSON value; a number for the elements of a list."""

EACH = 0
NOTHING = "nothing"


class Difference(NamedTuple):
    """One thing in which they differ. `where` is `status`, `header NAME` or `body PATH`."""

    step: str
    where: str
    mock: str
    real: str


def differences(mock: FlowRun, real: FlowRun) -> tuple[Difference, ...]:
    """Everything in which two runs of a flow differ, step by step."""
    mocked, found = dict(by_trail(mock)), dict(by_trail(real))
    listed: list[Difference] = []
    for key in dict.fromkeys((*found, *mocked)):
        one, other = mocked.get(key), found.get(key)
        if one is None or other is None or (one.response is None) != (other.response is None):
            listed.append(Difference(key, "answer", came(one), came(other)))
        elif one.response is not None and other.response is not None:
            listed += _of_answers(key, one.response, other.response)
    return tuple(listed)


def by_trail(run: FlowRun) -> Iterator[tuple[str, StepRun]]:
    """Every single step with the ids that lead to it."""

    def walk(steps: tuple[StepRun, ...], above: str) -> Iterator[tuple[str, StepRun]]:
        for step in steps:
            trail = f"{above}{step.id}"
            if step.children:
                yield from walk(step.children, f"{trail} > ")
            else:
                yield trail, step

    return walk(run.steps, "")


def came(step: StepRun | None) -> str:
    """What came of a step in a few words: its status, or why there is none."""
    if step is None:
        return "no such step"
    if step.response is not None:
        return str(step.response.status)
    return step.problem.message if step.problem is not None else step.state


def _of_answers(step: str, mock: Incoming, real: Incoming) -> Iterator[Difference]:
    if mock.status != real.status:
        yield Difference(step, "status", str(mock.status), str(real.status))
    one, other = headers_of(mock), headers_of(real)
    for name in sorted(one.keys() ^ other.keys()):
        yield Difference(step, f"header {name}", one.get(name, "nothing"), other.get(name, "nothing"))
    for name in sorted(one.keys() & other.keys() & {"content-type"}):
        if _essence(one[name]) != _essence(other[name]):
            yield Difference(step, f"header {name}", one[name], other[name])
    yield from list(_of_bodies(step, mock.body, real.body))[:LISTED]


def headers_of(came: Incoming) -> dict[str, str]:
    """The headers that say something of the API, by their names in lower case."""
    found = {name.lower(): value for name, value in came.headers}
    return {
        name: value for name, value in found.items()
        if name not in VOLATILE and not name.startswith(("x-keymock-", "access-control-"))
    }  # fmt: skip


def _essence(value: str) -> str:
    return value.partition(";")[0].strip().lower()


def _of_bodies(step: str, mock: bytes, real: bytes) -> Iterator[Difference]:
    one, other = read_json(mock), read_json(real)
    if one is NOT_JSON and other is NOT_JSON:
        if bool(mock) != bool(real):
            yield Difference(step, "body", f"{len(mock)} bytes", f"{len(real)} bytes")
        return
    shapes, others = shape(one), shape(other)
    for path in dict.fromkeys((*others, *shapes)):
        was, came = shapes.get(path, NOTHING), others.get(path, NOTHING)
        if was != came and not _below_missing(path, shapes, others):
            yield Difference(step, f"body {shown(path)}", was, came)


def _below_missing(path: Path, *shapes: Mapping[Path, str]) -> bool:
    """Whether something above is missing in one of the two already, which was told."""
    above = path[:-1]
    if not path:
        return False
    return any(above not in each for each in shapes) or any(each.get(above) == "an empty list" for each in shapes)


def shape(value: object) -> dict[Path, str]:
    """Every place of a JSON value with the kind of what stands there; elements of a list are one place."""
    found: dict[Path, str] = {}
    for path, kind in _shape(value, ()):
        found.setdefault(path, kind)
    return found


def _shape(value: object, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, dict):
        yield path, "an object"
        for key, inner in value.items():
            yield from _shape(inner, (*path, key))
    elif isinstance(value, list):
        yield path, "a list" if value else "an empty list"
        for inner in value:
            yield from _shape(inner, (*path, EACH))
    else:
        yield path, _kind(value)


def shown(path: Path) -> str:
    """`$.items[].name`."""
    return "$" + "".join("[]" if isinstance(step, int) else f".{step}" for step in path)


def _kind(value: object) -> str:
    if value is NOT_JSON:
        return "no JSON"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    return "a number" if isinstance(value, int | float) else "text"
