"""A request that reaches a mock: built from what the mock asks for, and tried on the engine before it is shown."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import quote, urlencode

from keymock import engine, match, pattern
from keymock.commands.seen import Seen
from keymock.commands.servers import servers_of
from keymock.exchange import Reply, Request
from keymock.index import Route
from keymock.layout import project_of
from keymock.pattern.overlap import witness
from keymock.problems import Stop
from keymock.serve.runfiles import Ready

SAMPLES = ("1", "x")
"""What stands for a path parameter, if it fits: the first is what ids look like."""


class Call(NamedTuple):
    """One request, whole. `sure` says that the engine answered it with the mock it is for."""

    method: str
    url: str
    headers: Mapping[str, list[str]]
    body: bytes
    sure: bool
    instead: str = ""
    """The mock that answers it in the place of the one it is for, if one does."""

    @property
    def curl(self) -> str:
        """The command line that sends it."""
        words = ["curl", "-i"]
        if self.method == "HEAD":
            words[1] = "-I"
        elif self.method != ("POST" if self.body else "GET"):
            words += ["-X", self.method]
        words.append(self.url)
        for name, values in self.headers.items():
            for value in values:
                words += ["-H", f"{name}: {value}"]
        if self.body:
            words += ["-d", self.body.decode("utf-8", "replace")]
        return " ".join(map(shlex.quote, words))


def call_of(seen: Seen, route: Route) -> Call:
    """A request that this mock answers; if none was found, the one that comes nearest, and not `sure`."""
    first = None
    for call in _calls(seen, route):
        found = answering(seen.service.world, call)
        if found == route.id:
            return call._replace(sure=True)
        first = first or call._replace(instead=found)
    return first or Call(route.methods[0], _base(seen), {}, b"", sure=False)


def answering(world: engine.World, call: Call) -> str:
    """The mock that answers a call in a world, empty if none does."""
    request = Request.of(call.method, call.url, dict(call.headers), call.body)
    reply = engine.answer(request, world)
    return reply.mock if isinstance(reply, Reply) else ""


def _calls(seen: Seen, route: Route) -> Iterator[Call]:
    for given in route.answers:
        if not given.conditions:
            break
    else:
        given = route.answers[0]
    parts = match.witness((*route.conditions, *given.conditions)) or {}
    method = "GET" if route.methods[0] == "*" else route.methods[0]
    headers = {name: list(values) for name, values in parts.get("headers", {}).items()}
    if "cookies" in parts:
        headers["cookie"] = ["; ".join(f"{name}={value}" for name, value in parts["cookies"].items())]
    query = urlencode(parts.get("query", {}), doseq=True)
    for base in _bases(seen, route, parts.get("host", "")):
        for path in _paths(route, parts.get("params", {})):
            yield Call(method, f"{base}{path}" + (f"?{query}" if query else ""), headers, parts.get("body", b""), False)


def _bases(seen: Seen, route: Route, host: str) -> Iterator[str]:
    """Where it may be reached: at the bare host under its mount, at its project's own host."""
    base = _base(seen)
    port = base.rpartition(":")[2]
    if host:
        yield f"http://{host}:{port}"
    project = project_of(route.space)
    address = seen.catalog.addresses.get(project)
    yield base + (address.mount.rstrip("/") if address else "")
    if project:
        yield f"http://{project}.localhost:{port}"


def _base(seen: Seen) -> str:
    """The running server's address; without one, where `keymock up` will be."""
    running = running_of(seen)
    return running[0].url.rstrip("/") if running else f"http://127.0.0.1:{seen.catalog.settings.port}"


def running_of(seen: Seen) -> list[Ready]:
    """The servers that an address may be of; none if that which is named is not there yet."""
    try:
        return servers_of(seen.invocation, seen.root)
    except Stop:
        return []


def _paths(route: Route, params: Mapping[str, str]) -> Iterator[str]:
    for one in route.patterns:
        example = witness(one)
        for sample in SAMPLES:
            yield _spelled(tuple(_filled(segment, params, sample) for segment in _segments(one, sample, example)))
        if example is not None:
            yield _spelled(example)


def _segments(one: pattern.Pattern, sample: str, example: pattern.Path | None) -> tuple[pattern.Segment, ...]:
    if one.regex:
        return tuple((text,) for text in example or ())
    rest = ((sample,),) if one.rest and not one.rest_optional else ()
    return (*one.segments, *rest)


def _filled(segment: pattern.Segment, params: Mapping[str, str], sample: str) -> str:
    return "".join(part if isinstance(part, str) else params.get(part.name, sample) for part in segment)


def _spelled(segments: tuple[str, ...]) -> str:
    return "/" + "/".join(quote(segment, safe="!$'()*+,;=:@-._~") for segment in segments)
