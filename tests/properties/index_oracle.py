"""A naive linear oracle for "which mock answers", written from the text of product.md §3 and rules.md alone.

It knows nothing of shapes, tables or dictionaries: it looks at every mock there is, keeps those that fit, sorts them
by the stated order and takes the first. `Sketch` is a mock as this oracle reads it; `draw_tree` and `draw_call` make
sketches and requests that clash as often as possible.
"""

from __future__ import annotations

import re
from random import Random
from typing import Any, Literal, NamedTuple
from urllib.parse import unquote_to_bytes

UUID = "3f2504e0-4f89-11d3-9a0c-0305e82c3301"
EXPRESSIONS = {"": ".+", "int": "-?[0-9]+", "uuid": "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
               "re:[ab]+": "[ab]+"}  # fmt: skip


class Asked(NamedTuple):
    """One condition: a place, a name there (for JSON, the keys that lead to it), a matcher and its argument."""

    place: str
    name: Any
    matcher: str
    argument: Any


class PathSketch(NamedTuple):
    """Segments as tuples of texts and (name, type) pairs; then a rest; or a regex behind the segments."""

    segments: tuple[tuple[Any, ...], ...]
    rest: Literal["", "rest", "rest?"] = ""
    regex: str = ""


class Sketch(NamedTuple):
    """A mock. `variants` are the conditions of its responses, in order; a response without any is the default."""

    id: str
    space: str
    scope: str
    methods: tuple[str, ...]
    paths: tuple[PathSketch, ...]
    priority: int
    asked: tuple[Asked, ...]
    variants: tuple[tuple[Asked, ...], ...]
    enabled: bool


class Call(NamedTuple):
    """A request: its path as bytes, then what it carries."""

    method: str
    path: bytes
    query: tuple[tuple[str, str], ...]
    headers: tuple[tuple[str, str], ...]
    cookies: tuple[tuple[str, str], ...]
    json: Any
    host: str


class Told(NamedTuple):
    """What the oracle says: the mock and the number of its response; or none, with the status and `Allow`."""

    mock: str
    response: int
    status: int
    allow: tuple[str, ...] = ()


NO_JSON = object()
ABSENT = object()

# ---- the rules -----------------------------------------------------------------------------------------------------


def tell(sketches: list[Sketch], projects: dict[str, str], call: Call) -> Told:
    """Which mock answers. `projects` are their names with their mounts."""
    segments = read_path(call.path)
    if segments is None:
        return Told("", -1, 400)
    on = [sketch for sketch in sketches if sketch.enabled]
    methods: set[str] = set()
    for visible, path in _views(on, projects, call.host, segments):
        matching = []
        for sketch in visible:
            ranks = [(_rank(one), params) for one in sketch.paths if (params := path_params(one, path)) is not None]
            if not ranks:
                continue
            methods |= set(sketch.methods)
            if not _takes(sketch, call.method):
                continue
            # every path of the list that fits is a way in of its own, in its own rank
            for rank, params in ranks:
                response = _response(sketch, call, params)
                if response is not None and all(holds(one, call, params) for one in sketch.asked):
                    matching.append((_order(sketch, rank, call.method), sketch.id, response))
        if matching:
            _, winner, response = min(matching)
            return Told(winner, response, 200)
    return _missed(call, methods)


def read_path(raw: bytes) -> list[str] | None:
    """Split at `/`, then percent-decoded as UTF-8. Bad escape, invalid UTF-8, NUL, `.` and `..`: None, which is 400."""
    try:
        segments = [unquote_to_bytes(part).decode() for part in raw.split(b"/")[1:]]
    except UnicodeDecodeError:
        return None
    broken = re.search(rb"%(?![0-9A-Fa-f]{2})", raw)
    return None if broken or any("\0" in text or text in (".", "..") for text in segments) else segments


def _views(
    on: list[Sketch], projects: dict[str, str], host: str, segments: list[str]
) -> list[tuple[list[Sketch], list[str]]]:
    """Rules, Views: by host one project; at the bare host the mounts, the longest first, each taken off the path."""
    name = host.removesuffix(".localhost")
    if name in projects:
        return [(_visible(on, {name}), segments)]
    found = []
    for mount in sorted({*projects.values(), "/"}, key=lambda mount: -len([part for part in mount.split("/") if part])):
        prefix = [part for part in mount.split("/") if part]
        if segments[: len(prefix)] == prefix:
            beneath = segments[len(prefix) :] or [""]
            found.append((_visible(on, {p for p, where in projects.items() if where == mount}), beneath))
    return found


def _visible(on: list[Sketch], projects: set[str]) -> list[Sketch]:
    return [s for s in on if not s.space.startswith("projects/") or s.space.removeprefix("projects/") in projects]


def _takes(sketch: Sketch, method: str) -> bool:
    return "*" in sketch.methods or method in sketch.methods or (method == "HEAD" and "GET" in sketch.methods)


def _order(sketch: Sketch, rank: list[int], method: str) -> tuple[Any, ...]:
    """Steps 3 to 7. HEAD follows from GET, so that what names HEAD itself goes first among equals."""
    scope = ["private", "project", "workspace"].index(sketch.scope)
    count = sum(1 for one in sketch.asked)
    width = 1000 if "*" in sketch.methods else len(sketch.methods)
    implied = method == "HEAD" and "HEAD" not in sketch.methods
    return (-sketch.priority, rank, scope, -count, implied, width, sketch.id)


def _rank(path: PathSketch) -> list[int]:
    """Literal; constrained (typed, or with literals around); plain parameter; rest; a whole-path regex last."""
    if path.regex:
        return [9]
    ranks = []
    for segment in path.segments:
        if all(isinstance(part, str) for part in segment):
            ranks.append(0)
        else:
            ranks.append(2 if len(segment) == 1 and segment[0][1] == "" else 1)
    return ranks + ([3] if path.rest else [])


def path_params(path: PathSketch, segments: list[str]) -> dict[str, str] | None:
    """The parameters of a path that fits, None for one that does not. No parameter matches empty."""
    own, more = segments[: len(path.segments)], segments[len(path.segments) :]
    if len(own) < len(path.segments):
        return None
    params: dict[str, str] = {}
    for pattern, text in zip(path.segments, own, strict=True):
        expression = "".join(
            re.escape(part) if isinstance(part, str) else f"(?P<{part[0]}>{_lazy(EXPRESSIONS[part[1]], len(pattern))})"
            for part in pattern
        )
        found = re.fullmatch(expression, text, re.DOTALL)
        if found is None:
            return None
        params |= found.groupdict()
    if path.regex:
        whole = re.fullmatch(path.regex, "".join("/" + text for text in more))
        return None if whole is None else params | {k: v for k, v in whole.groupdict().items() if v is not None}
    if not path.rest:
        return params if not more else None
    if path.rest == "rest" and (not more or more == [""]):
        return None
    if path.rest == "rest?" and more == [""] and path.segments:
        return None
    return params | {"rest": "/".join(more)}


def _lazy(expression: str, parts: int) -> str:
    return expression.replace("+", "+?") if parts > 1 else expression


def _response(sketch: Sketch, call: Call, params: dict[str, str]) -> int | None:
    """The first response whose conditions hold, then the one without conditions."""
    for number, asked in enumerate(sketch.variants):
        if asked and all(holds(one, call, params) for one in asked):
            return number
    return next((number for number, asked in enumerate(sketch.variants) if not asked), None)


def _missed(call: Call, methods: set[str]) -> Told:
    usual = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "QUERY"}
    allow = methods - {"*"} | (usual if "*" in methods else set()) | ({"HEAD"} if "GET" in methods else set())
    allow |= {"OPTIONS"} if methods else set()
    if methods and call.method == "OPTIONS":
        return Told("", -1, 204, tuple(sorted(allow)))
    if methods and call.method not in allow and "*" not in methods:
        return Told("", -1, 405, tuple(sorted(allow)))
    return Told("", -1, 404)


def holds(asked: Asked, call: Call, params: dict[str, str]) -> bool:
    """Whether a condition holds. Query, header, cookie and path values are text; JSON is JSON."""
    if asked.place == "json":
        return _holds_json(asked, call.json)
    if asked.place == "host":
        return bool(call.host == asked.argument)
    if asked.place == "query_only":
        return {name for name, _ in call.query} <= set(asked.argument)
    if asked.place == "params":
        values = [params[asked.name]] if asked.name in params else []
    else:
        pairs = {"query": call.query, "headers": call.headers, "cookies": call.cookies}[asked.place]
        values = [value for name, value in pairs if name == asked.name]
    return _holds_text(asked.matcher, asked.argument, values)


def _holds_text(matcher: str, argument: Any, values: list[str]) -> bool:
    """Repeated values: a matcher holds if any holds; `not` needs all; a bare list means `exactly`, in order."""
    if matcher == "present":
        return bool(values) is argument
    if matcher == "not":
        return argument not in values
    if matcher == "exactly":
        return bool(values and values == argument)
    if matcher == "includes":
        return bool(values) and all(wanted in values for wanted in argument)
    return any(_one_holds(matcher, argument, value) for value in values)


def _one_holds(matcher: str, argument: Any, value: str) -> bool:
    if matcher == "equals":
        return value == (str(argument).lower() if isinstance(argument, bool) else str(argument))
    if matcher == "one_of":
        return value in argument
    if matcher == "contains":
        return argument in value
    if matcher == "starts_with":
        return value.startswith(argument)
    if matcher == "regex":
        return re.search(argument, value) is not None
    if matcher == "gte":
        return re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value) is not None and float(value) >= argument
    raise AssertionError(matcher)


def _holds_json(asked: Asked, value: Any) -> bool:
    """A subset of the body. A key can be absent with all that is above it, but not from a text or a number."""
    found: Any = value
    for key in asked.name:
        if found is ABSENT:
            break
        if not isinstance(found, dict):
            return False
        found = found.get(key, ABSENT)
    if asked.matcher == "present":
        return (found is not ABSENT) is asked.argument
    if asked.matcher == "gte":
        return isinstance(found, int | float) and not isinstance(found, bool) and bool(found >= asked.argument)
    return type(found) is type(asked.argument) and bool(found == asked.argument)


# ---- trees and requests --------------------------------------------------------------------------------------------

LITERALS = ["a", "b", "1", "a1", ""]
TEXTS = ["1", "2", "ab", "b a", ""]
REGEXES = ["/a(/[ab1]+)?", "/(?P<first>[^/]+)/b", "(/.*)?", "/a/?", "/a/(?P<id>[0-9]+)(/x)?"]
PROJECTS = [{"shop": "/"}, {"shop": "/", "pay": "/"}, {"shop": "/a", "pay": "/"}, {"shop": "/a", "pay": "/a/b"},
            {"shop": "/b", "pay": "/b"}, {}]  # fmt: skip


def draw_tree(random: Random) -> tuple[list[Sketch], dict[str, str]]:
    """Mocks that want the same few paths, and the projects with their mounts."""
    projects = random.choice(PROJECTS)
    spaces = [("workspace", "workspace"), ("private/ada", "private")]
    spaces += [(f"projects/{name}", "project") for name in projects] * 2
    spaces += [(f"projects/{name}", "private") for name in projects]  # an overlay
    favourites = [_draw_path(random) for _ in range(random.randint(1, 4))]
    crowd = random.random() < 0.4
    tree = []
    for number in range(random.randint(2, 24)):
        space, scope = random.choice(spaces)
        paths = tuple(
            random.choice(favourites) if random.random() < (0.9 if crowd else 0.6) else _draw_path(random)
            for _ in range(random.choice([1, 1, 1, 1, 2, 3]))
        )
        names = sorted({part[0] for path in paths for one in path.segments for part in one if isinstance(part, tuple)})
        asked = _draw_conditions(random, names, most=2 if crowd else 3, crowd=crowd)
        variants: list[tuple[Asked, ...]] = [()]
        if random.random() < 0.25:
            variants = [_draw_conditions(random, names, most=2) for _ in range(random.randint(1, 3))]
        tree.append(Sketch(
            f"{space}/mocks/m{random.choice('abc')}{number}", space, scope, _draw_methods(random), paths,
            random.choice([0, 0, 0, 0, 1, -1]), asked, tuple(variants), random.random() < 0.95,
        ))  # fmt: skip
    return tree, projects


def _draw_methods(random: Random) -> tuple[str, ...]:
    some = ["GET", "POST", "PUT", "HEAD", "OPTIONS"]
    return random.choice(
        [("GET",), ("GET",), ("GET",), ("POST",), ("*",), ("HEAD",), tuple(random.sample(some, random.randint(1, 3)))]
    )


def _draw_path(random: Random) -> PathSketch:
    if random.random() < 0.06:
        return PathSketch(random.choice([(), (("a",),)]), regex=random.choice(REGEXES))
    segments: list[tuple[Any, ...]] = []
    for number in range(random.choice([1, 1, 2, 2, 2, 3])):
        kind = random.choice(["literal", "literal", "plain", "plain", "typed", "around", "two"])
        name, type_ = f"p{number}", random.choice(list(EXPRESSIONS))
        if kind == "literal":
            segments.append((random.choice(LITERALS),))
        elif kind == "plain":
            segments.append(((name, ""),))
        elif kind == "typed":
            segments.append(((name, type_),))
        elif kind == "around":
            before, after = random.choice([("a", ""), ("", "1"), ("a", "1")])
            segments.append(tuple(part for part in (before, (name, type_), after) if part))
        else:
            segments.append(((name, random.choice(["", "re:[ab]+"])), random.choice(["1", "."]), (f"q{number}", "")))
    rest: Any = random.choice(["", "", "", "", "rest", "rest?"])
    if rest and random.random() < 0.3:
        segments = segments[:1] if random.random() < 0.5 else []
    return PathSketch(tuple(segments), rest) if segments or rest else PathSketch((("",),))


def _draw_conditions(random: Random, params: list[str], most: int, *, crowd: bool = False) -> tuple[Asked, ...]:
    """Conditions on different things: one place and name are asked for once."""
    found: dict[tuple[str, Any], Asked] = {}
    for _ in range(random.randint(int(crowd), most)):
        one = _draw_literal(random) if crowd and random.random() < 0.7 else _draw_condition(random, params)
        found[one.place, one.name] = one
    if ("json", ("o", "y")) in found or ("json", ("o",)) in found:
        found.pop(("json", ("o",)), None)  # a table and a literal under one key cannot be written together
    return tuple(found.values())


def _draw_literal(random: Random) -> Asked:
    place = random.choice(["headers", "query", "json", "json"])
    if place == "json":
        return Asked("json", random.choice([("x",), ("o", "y")]), "equals", random.choice([1, 2, "1", True, False]))
    return Asked(place, "x", "equals", random.choice(TEXTS))


def _draw_condition(random: Random, params: list[str]) -> Asked:
    place = random.choice(["query", "query", "headers", "cookies", "json", "json", "params", "host", "query_only"])
    if place == "host":
        return Asked("host", "", "equals", random.choice(["localhost", "shop.localhost"]))
    if place == "query_only":
        return Asked("query_only", "", "", ())
    if place == "json":
        matcher = random.choice(["equals", "equals", "gte", "present"])
        argument = {"equals": random.choice([1, "1", True, 0, "ab"]), "gte": 1, "present": random.random() < 0.7}[
            matcher
        ]
        return Asked("json", random.choice([("x",), ("o",), ("o", "y")]), matcher, argument)
    name = random.choice(params or ["p0"]) if place == "params" else random.choice(["x", "y"])
    return Asked(place, name, *_draw_matcher(random))


def _draw_matcher(random: Random) -> tuple[str, Any]:
    matcher = random.choice(
        ["equals", "equals", "equals", "one_of", "contains", "starts_with", "regex", "gte", "present", "not", "exactly",
         "includes"]
    )  # fmt: skip
    arguments: dict[str, Any] = {
        "equals": random.choice([*TEXTS, 1, 2, True]),
        "one_of": random.sample(TEXTS, 2),
        "contains": random.choice("ab1"),
        "starts_with": random.choice("ab1"),
        "regex": random.choice(["^a", "1$", "[ab]"]),
        "gte": 1,
        "present": random.random() < 0.5,
        "not": random.choice(TEXTS),
        "exactly": random.sample(TEXTS, random.randint(1, 2)),
        "includes": random.sample(TEXTS, random.randint(1, 2)),
    }
    return matcher, arguments[matcher]


def draw_call(random: Random, tree: list[Sketch], projects: dict[str, str]) -> Call:
    """A request, mostly one that some mock of the tree could be meant for."""
    path = _fill(random, random.choice(random.choice(tree).paths))
    if projects and random.random() < 0.4:
        path = random.choice(list(projects.values())).rstrip("/").encode() + path
    pairs: dict[str, list[tuple[str, str]]] = {"query": [], "headers": [], "cookies": []}
    for place, found in pairs.items():
        for _ in range(random.choice([0, 0, 1, 1, 2, 3] if place != "cookies" else [0, 0, 1, 2])):
            texts = TEXTS[:3] if place == "cookies" else TEXTS
            found.append((random.choice("xxyz" if place == "query" else "xxy"), random.choice(texts)))
    return Call(
        random.choice(["GET", "GET", "GET", "POST", "POST", "HEAD", "PUT", "OPTIONS", "DELETE"]),
        path or b"/",
        tuple(pairs["query"]),
        tuple(pairs["headers"]),
        tuple(pairs["cookies"]),
        _draw_json(random),
        random.choice(["localhost", "localhost", "shop.localhost", "pay.localhost", "127.0.0.1"]),
    )


def _draw_json(random: Random) -> Any:
    if random.random() < 0.3:
        return NO_JSON
    values = [1, 2, "1", True, False, 0, "ab", None, [1], {"y": 1}]
    body: dict[str, Any] = {}
    if random.random() < 0.8:
        body["x"] = random.choice(values)
    if random.random() < 0.6:
        body["o"] = {"y": random.choice(values)} if random.random() < 0.7 else random.choice(values)
    return body


def _fill(random: Random, path: PathSketch) -> bytes:
    """A path that fits a pattern, or nearly."""
    segments = []
    for segment in path.segments:
        text = "".join(part if isinstance(part, str) else _value(random, part[1]) for part in segment)
        segments.append(random.choice(LITERALS) if random.random() < 0.12 else text)
    if path.regex:
        segments += random.choice([["a"], ["a", "b"], ["a", "1"], ["a", "1", "x"], ["a", ""], []])
    if path.rest:
        segments += random.choice([[], [""], ["a"], ["a", "b"], ["a", ""], ["", "a"]])
    if random.random() < 0.05:
        segments.append(random.choice(LITERALS))
    malformed = (
        random.choice([b"/%zz", b"/a%2", b"/%ff", b"/a%00", b"/%2e%2E", b"/."]) if random.random() < 0.01 else b""
    )
    return b"".join(b"/" + _encoded(random, segment) for segment in segments) + malformed


def _value(random: Random, kind: str) -> str:
    usual = {"": ["a", "1", "ab", "é/", "a1b"], "int": ["1", "-12"], "uuid": [UUID], "re:[ab]+": ["a", "ab"]}[kind]
    return random.choice(usual) if random.random() < 0.85 else random.choice(["a", "1", "", "x", UUID])


def _encoded(random: Random, text: str) -> bytes:
    """Every character that needs it, and now and then one that does not, as a percent escape."""
    found = b""
    for char in text:
        plain = char.isascii() and (char.isalnum() or char in "-.")
        found += (
            char.encode() if plain and random.random() < 0.97 else b"".join(b"%%%02X" % byte for byte in char.encode())
        )
    return found
