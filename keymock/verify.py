"""What was asked of the server, held against what somebody expects: how often, in which order, and nothing else.

A pattern is the `[request]` table of a mock, compiled by the same code and tried by the same matchers; what an
exchange fails to fulfil is told in the words of `explain`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from heapq import nsmallest
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from keymock import explain, redaction
from keymock.exchange import Malformed, Request, split_path
from keymock.index import Context, Route, Table, compile_mock, find
from keymock.index.report import Sentences, Unfiled
from keymock.journal import Entry, request_of
from keymock.journal.showing import as_json, path_of
from keymock.layout import Item
from keymock.match import Observation
from keymock.redaction import SecretNames
from keymock.spec import Mock, RequestPattern
from keymock.variables.mask import Mask

NEAREST = 3
SHOWN = 100
"""Entries of an answer; `count` has them all."""

Number = Annotated[int, Meta(ge=0, le=10**9)]


class Bounds(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """`{"at_least": 1, "at_most": 3}`."""

    at_least: Number = 0
    at_most: Number | UnsetType = UNSET


class Pattern(RequestPattern, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which exchanges are meant: the keys of `[request]`, or the mock that answered, or both; and what it answered.

    With `mock` alone, any method will do. `mock` is an id, or its end.
    """

    mock: str = ""
    response: str = ""
    status: Annotated[int, Meta(ge=100, le=599)] | UnsetType = UNSET


class Expectation(Pattern, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is expected: so many exchanges of a pattern; or several patterns in this order; or nothing but these.

    Without `times`, at least one. `since` is the id of an entry that they follow, `timeout` how many seconds to wait
    until it holds.
    """

    times: Number | Bounds | UnsetType = UNSET
    in_order: list[Pattern] | UnsetType = UNSET
    nothing_else: list[Pattern] | UnsetType = UNSET
    since: Number = 0
    timeout: Annotated[float, Meta(ge=0, le=600)] = 0.0


class Verdict(msgspec.Struct, frozen=True):
    """Whether it holds. `count` is how many exchanges are meant, `said` a sentence, `near` the exchanges that came
    nearest to the first pattern that found none, each beside its mismatches."""

    ok: bool
    count: int
    said: str
    entries: Sequence[Entry] = ()
    near: Sequence[tuple[Entry, Sequence[Observation]]] = ()


class Taking:
    """A pattern, compiled. Raises Malformed for one that makes no sense."""

    def __init__(self, pattern: Pattern) -> None:
        self.pattern = pattern
        self.anything = pattern.path is UNSET
        request = RequestPattern(**{name: getattr(pattern, name) for name in RequestPattern.__struct_fields__})
        if self.anything:
            methods = "*" if pattern.method == "GET" else pattern.method
            request = msgspec.structs.replace(request, path="/*rest?", method=methods)
        self.route = _compiled(request)
        self.table = Table([self.route])

    @property
    def words(self) -> str:
        """`POST /orders`, or the mock that was named."""
        pattern = self.pattern
        method = pattern.method if isinstance(pattern.method, str) else " or ".join(pattern.method)
        asked = "" if self.anything and pattern.mock else f"{'any request' if self.anything else method}"
        path = pattern.path if isinstance(pattern.path, str) else ", ".join(map(str, _paths(pattern)))
        answered = f"answered by {pattern.mock}" if pattern.mock else ""
        status = f"with {pattern.status}" if pattern.status is not UNSET else ""
        return " ".join(filter(None, (asked, path, answered, status)))

    def takes(self, entry: Entry) -> bool:
        """Whether an exchange is meant."""
        if not self._answered(entry):
            return False
        request = _request(entry)
        return request is not None and any(find(self.table, request, segments) for segments in _paths_of(entry))

    def observed(self, entry: Entry) -> tuple[float, Sequence[Observation]]:
        """How far an exchange is from what is meant, and every condition with a tick or a cross."""
        request = _request(entry)
        if request is None:
            return 100.0, ()
        tried = [
            explain.candidate(self.route, path, request, segments)
            for path in self.route.patterns
            for segments in _paths_of(entry)
        ]
        best = min(tried, key=lambda one: one.distance)
        seen = [one for one in best.observations if not (self.anything and one.where == "path")]
        seen += self._answers(entry)
        if _body_unread(entry) and any(one.where.startswith("body") for one in seen):
            seen.append(Observation("body", "", "to be kept", "it was not read: up --journal-bodies", False))
        return sum(10.0 if one.where == "path" else 3.0 if one.where == "method" else 1.0
                   for one in seen if not one.ok), seen  # fmt: skip

    def _answered(self, entry: Entry) -> bool:
        return all(one.ok for one in self._answers(entry))

    def _answers(self, entry: Entry) -> list[Observation]:
        pattern, sent, seen = self.pattern, entry.sent, []
        if pattern.mock:
            named = sent.mock.rpartition("@")[2]  # an override says whom it stands for
            held = named == pattern.mock or named.endswith("/" + pattern.mock)
            seen.append(Observation("mock", "", pattern.mock, sent.mock or sent.error, held))
        if pattern.response:
            seen.append(Observation("response", "", pattern.response, sent.response, sent.response == pattern.response))
        if pattern.status is not UNSET:
            seen.append(Observation("status", "", str(pattern.status), str(sent.status), sent.status == pattern.status))
        return seen


def judge_of(wanted: Expectation) -> Callable[[Sequence[Entry]], Verdict]:
    """Compiles an expectation; what comes back judges exchanges, oldest first. Raises Malformed."""
    kinds = [name for name in ("in_order", "nothing_else", "times") if getattr(wanted, name) is not UNSET]
    if len(kinds) > 1:
        raise Malformed(f"`{kinds[0]}` and `{kinds[1]}` are two questions: ask them one by one")
    if wanted.in_order is not UNSET:
        patterns = [Taking(each) for each in wanted.in_order]
        if not patterns:
            raise Malformed("`in_order` names no pattern")
        return lambda entries: _in_order(patterns, entries)
    if wanted.nothing_else is not UNSET:
        patterns = [Taking(each) for each in wanted.nothing_else]
        return lambda entries: _nothing_else(patterns, entries)
    taking, bounds = Taking(wanted), _bounds(wanted.times)
    if bounds.at_most is not UNSET and bounds.at_most < bounds.at_least:
        raise Malformed("`at_most` is less than `at_least`")
    return lambda entries: _counted(taking, bounds, entries)


def _bounds(times: int | Bounds | UnsetType) -> Bounds:
    if times is UNSET:
        return Bounds(at_least=1)
    return Bounds(at_least=times, at_most=times) if isinstance(times, int) else times


def _counted(taking: Taking, bounds: Bounds, entries: Sequence[Entry]) -> Verdict:
    found = [entry for entry in entries if taking.takes(entry)]
    taken = {entry.id for entry in found}
    count = len(found)
    ok = count >= bounds.at_least and (bounds.at_most is UNSET or count <= bounds.at_most)
    said = f"{taking.words}: {_times(count)}" + ("" if ok else f", expected {_expected(bounds)}")
    others = [entry for entry in entries if entry.id not in taken] if not ok and count < bounds.at_least else []
    return Verdict(ok, count, said, found, _near(taking, others))


def _in_order(patterns: Sequence[Taking], entries: Sequence[Entry]) -> Verdict:
    """Each pattern after the one before; whatever lies between does not matter."""
    rest = iter(entries)
    found: list[Entry] = []
    for number, taking in enumerate(patterns):
        next_one = next((entry for entry in rest if taking.takes(entry)), None)
        if next_one is None:
            after = f" after {patterns[number - 1].words} (entry {found[-1].id})" if found else ""
            later = [entry for entry in entries if not found or entry.id > found[-1].id]
            early = [entry for entry in entries if taking.takes(entry)]
            came = f"; it came before, as entry {early[-1].id}" if early else ""
            return Verdict(False, len(found), f"{taking.words}: not{after}{came}", found, _near(taking, later))
        found.append(next_one)
    return Verdict(True, len(found), f"{len(found)} in this order", found)


def _nothing_else(patterns: Sequence[Taking], entries: Sequence[Entry]) -> Verdict:
    others = [entry for entry in entries if not any(taking.takes(entry) for taking in patterns)]
    said = "nothing else was asked" if not others else f"{len(others)} more than these: {_request_line(others[0])}"
    return Verdict(not others, len(others), said, others)


def _near(taking: Taking, entries: Iterable[Entry]) -> list[tuple[Entry, Sequence[Observation]]]:
    """The exchanges that came nearest, nearest first, of two alike the later."""
    looked = ((*taking.observed(entry), entry) for entry in entries)
    best = nsmallest(NEAREST, looked, key=lambda one: (one[0], -one[2].id))
    return [(entry, seen) for _, seen, entry in best]


def as_answer(verdict: Verdict, mask: Mask, lost: int = 0) -> dict[str, Any]:
    """The verdict in the shape of `POST /verify`. `lost` are exchanges that were no longer there to be judged."""
    return {
        "ok": verdict.ok,
        "count": verdict.count,
        "said": mask.text(verdict.said) + (f" ({lost} older exchanges are no longer in the journal)" if lost else ""),
        "entries": [as_json(entry, mask) for entry in verdict.entries[-SHOWN:]],
        "near_misses": [
            {
                "entry": as_json(entry, mask),
                "conditions": [
                    clean(
                        {"where": explain.label(one), "expected": one.expected, "actual": one.actual, "ok": one.ok},
                        mask,
                    )
                    for one in seen
                ],
            }
            for entry, seen in verdict.near
        ],
        "lost": lost,
    }


def clean(seen: Mapping[str, Any], mask: Mask) -> dict[str, Any]:
    """A condition as it leaves: nothing in it that came under a secret name, and no secret that is known."""
    actual = mask.tree(_without_names(seen["where"], seen["actual"], mask.names))
    return {**seen, "expected": mask.tree(seen["expected"]), "actual": actual}


def _without_names(where: str, actual: str, names: SecretNames) -> str:
    """What came at a place: `headers.authorization`, `body.json.$.password`, `auth.bearer`."""
    place, _, name = where.partition(".")
    last = where.rpartition(".")[2]
    hidden = place in ("auth", "cookies") or names.key(last) or names.header(name.lower().encode())
    return redaction.HIDDEN if actual and hidden else redaction.text(actual)


# ---- patterns ----------------------------------------------------------------------------------------------------


def _compiled(request: RequestPattern) -> Route:
    wrong = Sentences(below=1)
    item = Item("verify.toml", "mock", "workspace", "workspace/mocks/verify.toml")
    routes = compile_mock(Mock(request=request), item, Context(), Unfiled(), wrong)
    if wrong.faults or not routes:
        raise Malformed("; ".join(wrong.faults) or "the pattern cannot be read")
    return routes[0]


def _paths(pattern: Pattern) -> list[object]:
    if pattern.path is UNSET:
        return []
    return list(pattern.path) if isinstance(pattern.path, list) else [pattern.path]


def _body_unread(entry: Entry) -> bool:
    lengths = {name: value for name, value in entry.headers if name in (b"content-length", b"transfer-encoding")}
    return entry.body is None and lengths.get(b"content-length", b"0") + lengths.get(b"transfer-encoding", b"") != b"0"


def _request(entry: Entry) -> Request | None:
    try:
        return request_of(entry)
    except Malformed:
        return None


def _paths_of(entry: Entry) -> list[tuple[str, ...]]:
    """The path as it came, and without the mount of the project that answered."""
    try:
        segments = split_path(entry.path)
    except Malformed:
        return [("", "")]
    mount = entry.sent.story.mount.strip("/") if entry.sent.story is not None else ""
    return [segments, segments[mount.count("/") + 1 :] or ("",)] if mount else [segments]


def _request_line(entry: Entry) -> str:
    return f"{entry.method} {path_of(entry, Mask())} (entry {entry.id})"


def _times(count: int) -> str:
    return "never" if not count else "1 time" if count == 1 else f"{count} times"


def _expected(bounds: Bounds) -> str:
    least, most = bounds.at_least, bounds.at_most
    if most == least:
        return _times(least)
    if most is UNSET:
        return f"at least {_times(least)}"
    return f"at most {_times(most)}" if not least else f"{least} to {most} times"
