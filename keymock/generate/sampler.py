"""A value for a JSON Schema: drawn, held against the schema, drawn again where it does not fit.

The first try is what a reader expects: examples of the schema, every declared property, one or two items. Where the
validator objects, that place is drawn anew, each time with less regard for looks; in the end plain values are tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from keymock.chance import Stream
from keymock.generate import faker, values
from keymock.generate.facts import UNSENT, Dead, Facts, Schema, among
from keymock.generate.refs import References
from keymock.generate.validity import Validity

TRIES = 24
MOST_NODES = 1_500
USUAL_DEPTH = 5
"""Optional properties and items stop here."""
MOST_DEPTH = 40

Path = tuple[str | int, ...]

PLAIN: tuple[Any, ...] = (
    "", "a", "text", "longer text", 0, 1, -1, 2, 10, 0.5, 1.5, 100, 1000, -100, 1e6, True, False, None, {}, [],
    [1], ["a"], [1, 2], [1, 2, 3], [None], [[]], [{}], {"a": 1}, {"foo": 1}, {"a": "a"}, {"foo": "bar"},
    {"foo": 1, "bar": 2}, {"bar": 1}, {"foo": []}, {"foo": {}}, {"foo": None}, [True], ["a", "b", "c"], "2026-01-01",
)  # fmt: skip


class Refused(ValueError):
    """No value was found. Says what the validator objected to last."""


def sample(
    schema: Schema,
    stream: Callable[[str], Stream],
    *,
    examples: bool = True,
    others: Mapping[str, Schema] | None = None,
) -> Any:
    """A valid value of a JSON Schema 2020-12; the same for the same streams.

    `stream(purpose)` gives a row of draws. `examples` says whether those of the schema are used. `others` are the
    documents that it may refer to, by URI: nothing else is read. Raises Refused.
    """
    references = References(schema, others or {})
    try:
        validity = Validity(schema, others or {})
    except ValueError as fault:
        raise Refused(str(fault)) from None
    bold: dict[Path, int] = {}
    objection = "no value fulfils it"
    for number in range(TRIES):
        drawing = _Drawing(references, validity, stream(f"sample-{number}"), bold, examples and number < 8, number)
        try:
            made = drawing.value([schema], "", (), 0)
        except Dead:
            bold[()] = bold.get((), 0) + 1
            continue
        except RecursionError:
            raise Refused("it is nested too deeply") from None
        wrong = validity.objections(made)
        if not wrong:
            return made
        objection = wrong[0][1]
        for path, _ in wrong:
            for length in {len(path), max(len(path) - 1, 0)}:
                bold[path[:length]] = bold.get(path[:length], 0) + 1
    for plain in (*references.constants(), *PLAIN):
        if not validity.objections(plain):
            return plain
    raise Refused(objection)


class _Drawing:
    """One try. `bold` says how often a place was objected to."""

    def __init__(
        self,
        references: References,
        validity: Validity,
        stream: Stream,
        bold: Mapping[Path, int],
        examples: bool,
        number: int,
    ) -> None:
        self.references = references
        self.validity = validity
        self.stream = stream
        self.bold = bold
        self.examples = examples
        self.number = number
        self.nodes = 0

    def value(self, schemas: list[Schema], name: str, path: Path, depth: int) -> Any:
        """A value for all of these schemas at once. Raises Dead."""
        self.nodes += 1
        if depth > MOST_DEPTH or self.nodes > MOST_NODES * 4:
            raise Dead
        facts, bold = self._facts(schemas, path, depth), self.bold.get(path, 0)
        if facts.nots and bold:
            return self._by_trying(schemas, facts, name, path, depth)
        return self._value(facts, name, path, depth, bold)

    def _value(self, facts: Facts, name: str, path: Path, depth: int, bold: int) -> Any:
        if self.examples and not bold and facts.examples:
            fitting = [one for one in facts.examples if values.may_be(facts, one)]
            if fitting:
                return fitting[0]
        if facts.allowed is not None:
            return self._allowed(facts, bold)
        if facts.faker is not None and not bold:
            made = faker.faked(facts.faker, self.stream)
            if made is not None:
                return made
        kind = self._kind(facts, bold, depth)
        if kind == "object":
            return self._object(facts, path, depth)
        if kind == "array":
            return self._array(facts, name, path, depth)
        if kind == "string":
            return values.text(facts, name, self.stream, bold)
        if kind in ("integer", "number"):
            return values.number(facts, name, self.stream, kind == "integer", bold)
        if kind == "boolean":
            return bool(self.stream.below(2))
        return None

    def _allowed(self, facts: Facts, bold: int) -> Any:
        options = [one for one in facts.allowed or () if values.may_be(facts, one)]
        if not options:
            raise Dead
        usual = [one for one in options if one is not None] if not bold else options
        return self.stream.choice(usual or options)

    def _kind(self, facts: Facts, bold: int, depth: int) -> str:
        kinds = facts.kinds
        if not kinds:
            kinds = ("string", "integer", "object", "array", "boolean", "null", "number")
        usual = [kind for kind in kinds if kind != "null"] or ["null"]
        if "null" in kinds and depth > USUAL_DEPTH + 3:
            return "null"
        return usual[0] if not bold else kinds[bold % len(kinds)]

    def _by_trying(self, schemas: list[Schema], facts: Facts, name: str, path: Path, depth: int) -> Any:
        """Plain values and drawn ones, until one fits this part of the schema."""
        fits = self.validity.part(schemas)
        for bold in range(8):
            try:
                made = self._value(facts, name, path, depth, bold)
            except Dead:
                continue
            if fits(made):
                return made
        for plain in PLAIN:
            if fits(plain):
                return plain
        raise Dead

    # ---- what schemas say together -------------------------------------------------------------------------------

    def _facts(self, schemas: list[Schema], path: Path, depth: int) -> Facts:
        """All keywords, references followed and branches chosen. Raises Dead."""
        facts = Facts()
        pending = list(schemas)
        hops = 0
        while pending:
            schema = pending.pop(0)
            hops += 1
            if hops > 300:
                raise Dead
            facts.add(schema)
            if isinstance(schema, Mapping):
                target = self.references.target(schema)
                if target is not None:
                    pending.insert(0, target)
                pending[:0] = schema.get("allOf", ())
            if not pending:
                pending += self._chosen(facts, path, depth)
        return facts

    def _chosen(self, facts: Facts, path: Path, depth: int) -> Iterator[Schema]:
        """A branch of the first choice that is left; then of the conditions; then what properties bring along."""
        bold = self.bold.get(path, 0)
        if facts.groups:
            key, options, discriminator = facts.groups.pop(0)
            if key == "anyOf" and bold % 5 == 4:
                yield from options  # all at once
                return
            yield from self._branch(options, discriminator, facts, bold, depth)
            return
        if facts.conditions:
            condition, then, otherwise = facts.conditions.pop(0)
            if (bold % 2 == 0 and then is not False) or otherwise is False:
                yield condition
                yield then
            else:
                facts.nots.append(condition)
                yield otherwise
            return
        for name in list(facts.then):
            wanted = name in facts.required or (name in facts.properties and bold % 2 == 0 and depth <= USUAL_DEPTH)
            if wanted:
                facts.required[name] = None
                yield from facts.then.pop(name)

    def _branch(
        self, options: list[Schema], discriminator: Mapping[str, Any], facts: Facts, bold: int, depth: int
    ) -> list[Schema]:
        usable = [one for one in options if one is not False and self._could_be(one, facts)]
        if not usable:
            raise Dead
        usual = [one for one in usable if not self._is_null(one)] or usable
        if depth > USUAL_DEPTH:  # the way out of a recursion
            usual = sorted(usable, key=self._weight)
        at = bold % len(usual) if depth > USUAL_DEPTH else (self._start(usual) + bold) % len(usual)
        chosen = usual[at]
        named = self._named_by(chosen, discriminator)
        return [chosen, *named]

    def _start(self, options: Sequence[Schema]) -> int:
        return self.stream.below(len(options)) if self.number else 0

    def _could_be(self, schema: Schema, facts: Facts) -> bool:
        """Whether the types of a branch, as it stands, go together with what is known."""
        given = schema.get("type") if isinstance(schema, Mapping) else None
        if given is None or facts.types is None:
            return True
        kinds = {given} if isinstance(given, str) else set(given)
        return (
            bool(kinds & set(facts.types))
            or ("integer" in kinds and "number" in facts.types)
            or ("number" in kinds and "integer" in facts.types)
        )

    def _is_null(self, schema: Schema) -> bool:
        return isinstance(schema, Mapping) and (schema.get("type") == "null" or schema.get("enum") == [None])

    def _weight(self, schema: Schema) -> int:
        if not isinstance(schema, Mapping):
            return 1
        if self._is_null(schema):
            return 0
        followed = self.references.target(schema)
        return 1 if followed is None and schema.get("type") not in ("object", "array") else 2

    def _named_by(self, chosen: Schema, discriminator: Mapping[str, Any]) -> list[Schema]:
        """What a discriminator says of the property that names the branch."""
        key = discriminator.get("propertyName")
        reference = chosen.get("$ref") if isinstance(chosen, Mapping) else None
        if not key or not isinstance(reference, str):
            return []
        mapping = discriminator.get("mapping") or {}
        names = [name for name, target in mapping.items() if target == reference]
        name = names[0] if names else reference.rpartition("/")[2]
        return [{"properties": {key: {"const": name}}, "required": [key]}]

    # ---- objects and arrays --------------------------------------------------------------------------------------

    def _object(self, facts: Facts, path: Path, depth: int) -> dict[str, Any]:
        made: dict[str, Any] = {}
        most = facts.counts.get("maxProperties", 1_000_000)
        least = facts.counts.get("minProperties", 0)
        wanted = self._wanted(facts, path, depth, most)
        for name in wanted:
            needed = name in facts.required
            try:
                made[name] = self.value(self._schemas_of(facts, name), name, (*path, name), depth + 1)
            except Dead:
                if needed:
                    raise
        for name in self._more_names(facts, max(least - len(made), 0), made, depth, path):
            if len(made) >= most:
                break
            try:
                made[name] = self.value(self._schemas_of(facts, name), name, (*path, name), depth + 1)
            except Dead:
                continue
        if len(made) < least:
            raise Dead
        return made

    def _wanted(self, facts: Facts, path: Path, depth: int, most: int) -> list[str]:
        """The names of required properties and of what they bring, then of optional ones as far as that is small."""
        bold = self.bold.get(path, 0)
        names = dict(facts.required)
        lean = depth > USUAL_DEPTH or self.nodes > MOST_NODES or bold % 3 == 2
        if not lean:
            usual = (name for name in facts.properties if not _unsent(facts.properties[name]))
            names = {**dict.fromkeys(usual), **names}
        if bold >= 4:
            names = {name: None for name in names if name in facts.required or self.stream.below(2)}
        pending = list(names)
        while pending:
            for name in facts.needs.get(pending.pop(), ()):
                if name not in names:
                    names[name] = None
                    pending.append(name)
        if len(names) > most:
            optional = [name for name in names if name not in facts.required]
            for name in optional[max(0, most - len(facts.required)) :]:
                del names[name]
        allowed = [name for name in names if name in facts.required or self._may_be_called(facts, name)]
        order = {name: at for at, name in enumerate(facts.properties)}
        return sorted(allowed, key=lambda name: order.get(name, len(order)))

    def _may_be_called(self, facts: Facts, name: str) -> bool:
        return all(self.validity.part([schema])(name) for schema in facts.names)

    def _schemas_of(self, facts: Facts, name: str) -> list[Schema]:
        """Everything that is said of a property."""
        found = list(facts.properties.get(name, ()))
        matched = [pattern for pattern in facts.by_pattern if self.validity.matches(pattern, name)]
        for pattern in matched:
            found += facts.by_pattern[pattern]
        for names, patterns, schema in facts.additional:
            if name not in names and not any(self.validity.matches(pattern, name) for pattern in patterns):
                found.append(schema)
        return found

    def _more_names(self, facts: Facts, missing: int, made: Mapping[str, Any], depth: int, path: Path) -> Iterator[str]:
        """Names of further properties: as many as are missing, or one where the object is a map."""
        table = any(isinstance(schema, Mapping) and schema for _, _, schema in facts.additional)
        is_map = bool(table or facts.by_pattern) and not facts.properties and depth <= USUAL_DEPTH
        usual = is_map and not made and not self.bold.get(path, 0)
        wanted = missing or int(usual)
        if not wanted:
            return
        sources: list[Callable[[int], str]] = [
            lambda at, pattern=pattern: values.matching_or_empty(pattern, self.stream, at)  # type: ignore[misc]
            for pattern in facts.by_pattern
        ]
        if facts.names:
            sources.append(
                lambda at: str(self.value([{"type": "string"}, *facts.names], f"key{at}", (*path, at), depth))
            )
        optional = [name for name in facts.properties if name not in made]
        sources.append(lambda at: optional[at] if at < len(optional) else f"key{at + 1 - len(optional)}")
        given = 0
        for at in range(wanted * 4 + 8):
            for source in sources:
                try:
                    name = source(at)
                except Dead:
                    continue
                if name in made or not self._may_be_called(facts, name):
                    continue
                if any(schema is False for schema in self._schemas_of(facts, name)):
                    continue
                yield name
                given += 1
                if given >= wanted:
                    return

    def _array(self, facts: Facts, name: str, path: Path, depth: int) -> list[Any]:
        least, most = facts.counts.get("minItems", 0), facts.counts.get("maxItems", 1_000_000)
        prefix = max((len(row) for row, _ in facts.rows), default=0)
        made: list[Any] = []
        wanted = self._how_many(facts, path, depth, prefix, least, most)
        inner = name.removesuffix("s") if len(name) > 3 else name
        musts = [schema for schema, count, _ in facts.contains for _ in range(count)]
        while len(made) < wanted or musts:
            at = len(made)
            if at >= most:
                break
            rows = [row[at] if at < len(row) else rest for row, rest in facts.rows]
            if any(row is False for row in rows):
                break
            must = [musts.pop(0)] if musts and at >= min(prefix, max(0, most - len(musts))) else []
            item = self._item([*rows, *must], inner, (*path, at), depth, made if facts.unique else [])
            if item is _NONE:
                break
            made.append(item)
        if len(made) < least or musts:
            raise Dead
        return made

    def _how_many(self, facts: Facts, path: Path, depth: int, prefix: int, least: int, most: int) -> int:
        bold = self.bold.get(path, 0)
        usual = prefix or 1 + (not depth and self.stream.below(2))
        if depth > USUAL_DEPTH or self.nodes > MOST_NODES or bold % 3 == 2:
            usual = 0
        if facts.closed_rows and prefix:
            most = min(most, prefix)
        if facts.contains and not facts.rows:
            usual = min(usual, sum(count for _, count, _ in facts.contains))
            if any(limit == 0 for _, _, limit in facts.contains):
                usual = 0
        return min(max(usual, least), most, 10_000)

    def _item(self, schemas: list[Schema], name: str, path: Path, depth: int, others: list[Any]) -> Any:
        """An item that is none of the others; `_NONE` if no other was found."""
        optional = depth >= USUAL_DEPTH
        for _ in range(24 if others else 1):
            try:
                item = self.value(schemas or [True], name, path, depth + 1)
            except Dead:
                if optional:
                    return _NONE
                raise
            if not among(item, others):
                return item
        for plain in PLAIN if others else ():
            if not among(plain, others) and self.validity.part(schemas)(plain):
                return plain
        return _NONE


def _unsent(schemas: Sequence[Schema]) -> bool:
    return any(isinstance(each, Mapping) and UNSENT in each for each in schemas)


_NONE = object()
