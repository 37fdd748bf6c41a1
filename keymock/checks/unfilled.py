"""Templates that read what nobody gives: captured values and data that no mock and no file of their space has."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from keymock import events
from keymock.catalog import Catalog
from keymock.checks.served import Served
from keymock.filling import compiled
from keymock.index import Answer, Route
from keymock.index.route import Texts
from keymock.problems import Problem, did_you_mean, warning
from keymock.template import ANYTHING, compile_json


def check(served: Served, catalog: Catalog) -> Iterator[Problem]:
    """`never-captured` for `state.NAME` that no mock of the space keeps, `no-such-data` for `data.NAME` without a
    resource or a file.

    Mocks that are switched off, or that the reader does not see, may give what others read; they are named to nobody.
    """
    reading = {route.id: sorted(_reads(route)) for route in served.routes}
    if not any(reading.values()):
        return
    captured: dict[str, set[str]] = {}
    data: dict[str, set[str]] = {space: set(files) for space, files in catalog.data_files.items()}
    for route in catalog.routes.values():
        captured.setdefault(route.space, set()).update(_given("state", route))
        data.setdefault(route.space, set()).update(_given("data", route))
    for route in served.routes:
        for read in reading[route.id]:
            root, _, name = read.partition(".")
            known = (captured if root == "state" else data).get(route.space, set())
            if name not in known:
                own = {each for other in served.routes if other.space == route.space for each in _given(root, other)}
                yield _problem(
                    route, root, name, own | set(catalog.data_files.get(route.space, ()) if root == "data" else ())
                )


def _problem(route: Route, root: str, name: str, known: set[str]) -> Problem:
    near = did_you_mean(name, sorted(known))
    if root == "state":
        message = f"no mock here captures `{name}`, so `state.{name}` is never there"
        hint = near or f'keep it where it is known: capture = {{ {name} = "{{{{ … }}}}" }}'
        return warning(route.file, "never-captured", message, hint=hint, line=route.line)
    message = f"there is no `data.{name}`: no resource and no file of data/ is called so"
    hint = near or f"write data/{name}.json, .csv or .toml"
    return warning(route.file, "no-such-data", message, hint=hint, line=route.line)


def _answers(route: Route) -> Iterator[Answer]:
    yield from route.answers
    if route.barrier is not None:
        yield route.barrier.otherwise
    yield from (hook.content for hook in route.webhooks)


def _given(root: str, route: Route) -> Iterator[str]:
    """The names that a mock gives to `state` or to `data`."""
    if root == "data":
        yield from [route.resource.definition.resource] if route.resource is not None else []
        return
    for answer in _answers(route):
        yield from dict(answer.play.texts.capture) if answer.play.texts is not None else ()


def _reads(route: Route) -> frozenset[str]:
    """The `state.NAME` and `data.NAME` that a mock reads."""
    found: set[str] = set()
    for answer in _answers(route):
        if answer.play.texts is not None and _may_read(answer.play.texts):
            made = compiled(answer.play.texts, ANY_MORE if route.webhooks else frozenset())
            parts = [made.status, made.text, made.json, made.capture, made.delay, made.first_byte, made.laid]
            found.update(*(part.reads for part in parts if part is not None))
            found.update(*(template.reads for _, template in made.headers))
        if answer.play.events is not None:
            found |= events.reads(answer.play.events)
    if route.barrier is not None and route.barrier.live:
        found |= compile_json(msgspec.msgpack.decode(route.barrier.live), ANYTHING).reads
    return frozenset(name for name in found if name.startswith(("state.", "data.")))


def _may_read(texts: Texts) -> bool:
    """Whether it is worth a compiling: nearly all templates read the request and nothing else."""
    sources = [texts.status, texts.body, texts.json_text, texts.delay, texts.first_byte]
    sources += [source for _, source in (*texts.headers, *texts.capture)]
    if any("state" in source or "data" in source for source in sources):
        return True
    return any(word in tree for tree in (texts.json, texts.laid) for word in (b"state", b"data"))


ANY_MORE = frozenset({"response", "body"})
"""What the templates of webhooks may name besides."""
