"""Tables held against the Struct they should be: every fault at its own key, in words.

msgspec decides what is right, quickly, and stops at the first fault. Only when it objects, this walk goes through the
same types and asks msgspec about each leaf, so that all faults are told at once and none is the echo of another.
"""

from __future__ import annotations

import contextlib
import inspect
import re
import types
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

import msgspec
from msgspec import Meta, UnsetType

from keymock.document.place import Part
from keymock.document.scan import KeyPath
from keymock.learned import learned
from keymock.problems import did_you_mean, nearest

DecHook = Callable[[type, Any], Any] | None

_SCALARS: dict[type, str] = {str: "text", bool: "true or false", int: "a whole number", float: "a number"}


class ShapeFault(NamedTuple):
    """What is wrong at a key path, and whether its key or its value is to be pointed at."""

    path: KeyPath
    part: Part
    code: str
    message: str
    hint: str = ""


_FEW = 20  # misspelt keys that may explain a missing one


def faults(tables: Mapping[str, Any], kind: type, dec_hook: DecHook) -> Iterator[ShapeFault]:
    """Everything that keeps `tables` from being a `kind`, in the order of its fields; lazily, as there may be many."""
    return _Walk(kind, dec_hook).struct(tables, kind, ())


class _Type(NamedTuple):
    """One branch of an annotation: the bare type and the limits set on it."""

    bare: Any
    metas: tuple[Meta, ...] = ()


def _branches(annotation: Any) -> list[_Type]:
    """The types that a value may have, `Annotated` and unions taken apart; None and UNSET left out."""
    if get_origin(annotation) is Annotated:
        inner, *metas = get_args(annotation)
        own = tuple(meta for meta in metas if isinstance(meta, Meta))
        return [_Type(branch.bare, branch.metas + own) for branch in _branches(inner)]
    if get_origin(annotation) in (Union, types.UnionType):
        return [branch for part in get_args(annotation) for branch in _branches(part)]
    return [] if annotation in (None, type(None), UnsetType) else [_Type(annotation)]


@cache
def fields_of(struct: type) -> dict[str, msgspec.structs.FieldInfo]:
    """The fields of a Struct by the names that files use: its own first, then those that it inherits.

    msgspec has the inherited ones first; but `method` and `path` are what a reader of `[request]` looks for.
    """
    fields = {field.name: field for field in msgspec.structs.fields(struct)}
    ordered = [name for part in struct.__mro__ for name in inspect.get_annotations(part) if name in fields]
    return {fields[name].encode_name: fields[name] for name in dict.fromkeys((*ordered, *fields))}


def struct_of(annotation: Any) -> tuple[type, bool] | None:
    """The Struct that an annotation leads to, and whether through a list; None if to none or through names."""
    for branch in _branches(annotation):
        if _is_struct(branch.bare):
            return branch.bare, False
        arguments = get_args(branch.bare)
        if _container(branch.bare) is list and arguments and (inner := struct_of(arguments[0])):
            return inner[0], True
    return None


def _is_struct(bare: Any) -> bool:
    return isinstance(bare, type) and issubclass(bare, msgspec.Struct)


def _container(bare: Any) -> type | None:
    """`dict` or `list` for what TOML writes as a table with free names, or as a list."""
    origin = get_origin(bare) or bare
    if not isinstance(origin, type):
        return None
    if issubclass(origin, Mapping):
        return dict
    if issubclass(origin, Sequence | set | frozenset) and not issubclass(origin, str | bytes):
        return list
    return None


@cache
def _holder(annotation: Any) -> type[msgspec.Struct]:
    """A Struct with one field, kept: a type takes longer to make than to ask."""
    return msgspec.defstruct("Holder", [("value", annotation)], frozen=True)


class _Walk:
    """Goes through one file's tables beside the types of its kind."""

    def __init__(self, root: type, dec_hook: DecHook) -> None:
        self.root = root
        self.dec_hook = dec_hook
        self._homes: dict[str, str] | None = None

    @property
    def homes(self) -> dict[str, str]:
        """Every key of this kind of file → the table that it belongs in."""
        if self._homes is None:
            self._homes = {}
            _collect_homes(self.root, self._homes)
        return self._homes

    def struct(self, value: Any, struct: type, path: KeyPath) -> Iterator[ShapeFault]:
        known = fields_of(struct)
        tag = struct.__struct_config__.tag_field  # type: ignore[attr-defined]
        strangers = [key for key in value if key not in known and key != tag]
        sound = True
        for name, field in known.items():
            if name in value:
                for fault in self.value(value[name], field.type, (*path, name), f"`{name}`"):
                    sound = False
                    yield fault
            elif field.required and not any(nearest(key, (name,)) for key in strangers[:_FEW]):
                sound = False
                yield ShapeFault(path, "key", "missing-key", f"{table_name(path)} needs `{name}`")
        if struct.__struct_config__.forbid_unknown_fields:  # type: ignore[attr-defined]
            for key in strangers:
                sound = False
                yield self.stranger(key, struct, known, path)
        if sound:
            yield from self.whole(value, struct, path, "")

    def stranger(
        self, key: str, struct: type, known: Mapping[str, msgspec.structs.FieldInfo], path: KeyPath
    ) -> ShapeFault:
        later: Mapping[str, str] = getattr(struct, "NOT_YET", {})
        if key in later:
            message = f"`{key}` is not served yet: {later[key].rstrip('.')}"
            return ShapeFault((*path, key), "key", "not-yet", message, "take it out for now")
        where = f"in {table_name(path)}" if path else "at the top of this file"
        meant = getattr(struct, "MEANT", {}).get(key)
        hint = (
            (f"write `{meant}`" if meant else "")
            or did_you_mean(key, [name for name in known if name in (f"{key}s", key.removesuffix("s"))])
            or self.where_else(key, path)
            or did_you_mean(key, known)
            or _takes(known, path)
        )
        return ShapeFault((*path, key), "key", "unknown-key", f"unknown key `{key}` {where}", hint)

    def where_else(self, key: str, path: KeyPath) -> str:
        """The hint for a key that this kind of file has, in another table."""
        home = self.homes.get(key)
        if home is None or home == table_name(path):
            return ""
        if home == "":
            known = fields_of(self.root)
            if key in known and (table := struct_of(known[key].type)):
                return f"`{key}` is a table of its own: {table_name((key, 0) if table[1] else (key,))}"
            return f"`{key}` stands above the first table"
        return f"`{key}` belongs in {home}"

    def value(self, value: Any, annotation: Any, path: KeyPath, label: str) -> Iterator[ShapeFault]:
        """The faults of one value. `label` is how to name it in a sentence."""
        branches = _branches(annotation)
        if any(
            branch.bare in (Any, object) or (branch.bare is type(value) and not branch.metas) for branch in branches
        ):
            return
        inner: Iterator[ShapeFault] = iter(())
        if isinstance(value, dict):
            inner = self.table(value, branches, path, label)
        elif isinstance(value, list):
            inner = self.list(value, branches, path, label)
        sound = True
        for fault in inner:
            sound = False
            yield fault
        if sound:
            yield from self.whole(value, annotation, path, label)

    def table(self, value: dict[str, Any], branches: list[_Type], path: KeyPath, label: str) -> Iterator[ShapeFault]:
        structs = [branch.bare for branch in branches if _is_struct(branch.bare)]
        if len(structs) > 1:
            structs = [struct for struct in structs if _tagged(struct, value)]
        if structs:
            yield from self.struct(value, structs[0], path)
            return
        for branch in branches:
            if _container(branch.bare) is dict:
                arguments = get_args(branch.bare)
                for key, inner in value.items() if len(arguments) == 2 else ():
                    yield from self.value(inner, arguments[1], (*path, key), f"`{label.strip('`')}.{key}`")
                return

    def list(self, value: list[Any], branches: list[_Type], path: KeyPath, label: str) -> Iterator[ShapeFault]:
        for branch in branches:
            arguments = get_args(branch.bare)
            if _container(branch.bare) is list and arguments and (len(arguments) == 1 or arguments[-1] is Ellipsis):
                for number, item in enumerate(value):
                    yield from self.value(item, arguments[0], (*path, number), f"item {number + 1} of {label}")
                return

    def whole(self, value: Any, annotation: Any, path: KeyPath, label: str) -> Iterator[ShapeFault]:
        """What msgspec itself says of a value whose parts are sound: its type, its limits, its own checks.

        And the patterns that stand in the JSON Schema alone, which the Struct around them checks.
        """
        try:
            msgspec.convert({"value": value}, learned(_holder(annotation)), dec_hook=self.dec_hook)
        except (msgspec.ValidationError, NotImplementedError) as bad:
            found = _explain(value, _branches(annotation), path, label, str(bad).rsplit(" - at `", 1)[0])
            as_table = "" if found.hint or found.code != "wrong-type" else self._as_table(value, annotation, path)
            yield found._replace(hint=found.hint or as_table)
            return
        beyond = [list(_limits(value, branch)) for branch in _branches(annotation) if _fits(value, branch.bare)]
        if beyond and all(beyond):
            yield ShapeFault(path, "value", "bad-value", *_beyond(beyond[0][0], value, label))

    def _as_table(self, value: Any, annotation: Any, path: KeyPath) -> str:
        """How a value is written that stands in the place of a table: as the one key that takes it, or else which
        keys there are.
        """
        structs = [branch.bare for branch in _branches(annotation) if _is_struct(branch.bare)]
        if len(structs) != 1 or isinstance(value, dict | list):
            return ""
        fields, taking = fields_of(structs[0]), []
        for name in fields:
            with contextlib.suppress(msgspec.ValidationError, NotImplementedError):
                msgspec.convert({name: value}, learned(structs[0]), dec_hook=self.dec_hook)
                taking.append(name)
        if len(taking) != 1 or not isinstance(path[-1], str):
            return _takes(fields, path)
        return f"write it as {path[-1]} = {{ {taking[0]} = {_shown(value)} }}"


def _explain(value: Any, branches: list[_Type], path: KeyPath, label: str, said: str) -> ShapeFault:
    choices = [choice for branch in branches if get_origin(branch.bare) is Literal for choice in get_args(branch.bare)]
    near = did_you_mean(value, [str(choice) for choice in choices]) if isinstance(value, str) else ""
    fitting = [branch for branch in branches if _fits(value, branch.bare)]
    if not fitting and not any(_is_custom(branch.bare) for branch in branches):
        message = f"{label} must be {_words(branches)}, not {_kind_of(value)}"
        return ShapeFault(path, "value", "wrong-type", message, near or _type_hint(value, branches, path))
    if fitting and all(_titles(branch) for branch in fitting):
        message = f"{label} must be {_words(branches)}, not {_shown(value)}"
        return ShapeFault(path, "value", "bad-value", message, near or _type_hint(value, branches, path))
    limits = [sentence for branch in fitting for sentence in _limits(value, branch)]
    if limits:
        return ShapeFault(path, "value", "bad-value", *_beyond(limits[0], value, label))
    if choices and not any(get_origin(branch.bare) is not Literal for branch in fitting):
        return ShapeFault(path, "value", "bad-value", f"{label} must be {_words(branches)}, not {_shown(value)}", near)
    if re.match(r"(Expected|Invalid|Object) ", said) or not said:
        return ShapeFault(path, "value", "bad-value", f"{label or table_name(path)} is not right: {said}")
    return ShapeFault(path, "value" if label else "key", "bad-value", said)


def _beyond(limit: tuple[str, str], value: Any, label: str) -> tuple[str, str]:
    """Message and hint of a value beyond a limit."""
    must, hint = limit
    if must.startswith("have"):
        return f"{label} must {must}", hint
    if must:
        return f"{label} must {must}, not {_shown(value)}", hint
    return f"{label} cannot be {_shown(value)}", hint


def _type_hint(value: Any, branches: list[_Type], path: KeyPath) -> str:
    """How to mend the usual slips of type."""
    bare = [branch.bare for branch in branches]
    spelling = [meta.description for branch in branches for meta in branch.metas if meta.title and meta.description]
    if isinstance(value, str) and {int, float} & set(bare) and re.fullmatch(r"[+-]?\d+(\.\d+)?", value):
        return f"write it without quotes: {value}"
    if isinstance(value, str) and bool in bare and value.lower() in ("true", "false", "yes", "no", "on", "off"):
        return f"write it without quotes: {'true' if value.lower() in ('true', 'yes', 'on') else 'false'}"
    if spelling and not isinstance(value, dict | list):
        return spelling[0]
    if str in bare and isinstance(value, int | float):
        return f'write it in quotes: "{str(value).lower()}"'
    if any(_container(one) is list for one in bare):
        tables = any(get_args(one) and struct_of(get_args(one)[0]) for one in bare)
        if isinstance(value, dict) and tables:
            return f"with two brackets, [[{_header(path)}]] adds one to the list"
        if not isinstance(value, dict | list):
            return f"write it in brackets: [{_shown(value)}]"
    if isinstance(value, list) and value and isinstance(value[0], dict) and any(map(_is_struct, bare)):
        return f"with single brackets: [{_header(path)}]"
    return ""


def _header(path: KeyPath) -> str:
    """What stands between the brackets: the tables around it too, the last of those in a list."""
    return ".".join(part for part in path if isinstance(part, str))


def _fits(value: Any, bare: Any) -> bool:
    """Whether a value is of the TOML type that a branch is written in, whatever its limits."""
    if get_origin(bare) is Literal:
        return any(type(choice) is type(value) for choice in get_args(bare))
    if _is_struct(bare) or _container(bare) is dict:
        return isinstance(value, dict)
    if _container(bare) is list:
        return isinstance(value, list)
    if bare is float:
        return type(value) in (int, float)
    return type(value) is bare


def _is_custom(bare: Any) -> bool:
    """A type that only `dec_hook` reads, whose message is a sentence already."""
    return (
        isinstance(bare, type) and bare not in _SCALARS and not _is_struct(bare) and _container(bare) is None
    )  # fmt: skip


def _words(branches: list[_Type]) -> str:
    """`text, a whole number or a table`"""
    words: list[str] = []
    for branch in branches:
        if branch.bare is int and any(other.bare is float for other in branches):
            continue
        for word in _titles(branch) or _type_words(branch.bare):
            if word not in words:
                words.append(word)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _titles(branch: _Type) -> list[str]:
    """What a type calls itself, where it is more than text: `a duration`."""
    return [meta.title for meta in branch.metas if meta.title]


def _type_words(bare: Any) -> list[str]:
    if get_origin(bare) is Literal:
        return [_shown(choice) for choice in get_args(bare)]
    if _is_struct(bare) or _container(bare) is dict:
        return ["a table"]
    if _container(bare) is list:
        return ["a list"]
    return [_SCALARS.get(bare, getattr(bare, "__name__", str(bare)).lower())]


def _kind_of(value: Any) -> str:
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    return _SCALARS.get(type(value), type(value).__name__)


def _limits(value: Any, branch: _Type) -> Iterator[tuple[str, str]]:
    """The limits that a value of the right type breaks: what follows "must", and a hint."""
    for meta in branch.metas:
        must = ""
        pattern = meta.pattern or (meta.extra_json_schema or {}).get("pattern")
        if isinstance(value, str) and pattern and not re.search(pattern, value):
            capitals = re.search(pattern, value.upper())
            spelt = pattern.removesuffix(r"(?!\n)")  # Python's `$` leaves a last line feed out; nobody else asks
            yield "", f"in capitals: {value.upper()}" if capitals else meta.description or f"it must match {spelt}"
        elif isinstance(value, int | float):
            must = _range(value, meta)
        elif isinstance(value, str | list | dict):
            must = _length(value, meta)
        if must:
            yield must, ""


def _range(value: float, meta: Meta) -> str:
    low, high = meta.ge, meta.le
    if (low is not None and value < low) or (high is not None and value > high):
        if low is not None and high is not None:
            return f"be from {low} to {high}"
        return f"be at most {high}" if low is None else f"be {low} or more"
    if meta.gt is not None and value <= meta.gt:
        return f"be more than {meta.gt}"
    if meta.lt is not None and value >= meta.lt:
        return f"be less than {meta.lt}"
    if meta.multiple_of is not None and value % meta.multiple_of:
        return f"be a multiple of {meta.multiple_of}"
    return ""


def _length(value: str | list[Any] | dict[str, Any], meta: Meta) -> str:
    unit = "characters" if isinstance(value, str) else "items" if isinstance(value, list) else "keys"
    if meta.min_length is not None and len(value) < meta.min_length:
        return f"have {meta.min_length} {unit} or more" if meta.min_length > 1 else f"have {unit} in it"
    if meta.max_length is not None and len(value) > meta.max_length:
        return f"have {meta.max_length} {unit} at most"
    return ""


def _shown(value: Any) -> str:
    """A value in a sentence, as it would be written, cut short."""
    if isinstance(value, str):
        return f'"{value[:39] + "…" if len(value) > 40 else value}"'
    if isinstance(value, dict | list):
        return _kind_of(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _tagged(struct: type, value: dict[str, Any]) -> bool:
    config = struct.__struct_config__  # type: ignore[attr-defined]
    return bool(value.get(config.tag_field) == config.tag)


def table_name(path: KeyPath) -> str:
    """How a table is written above its keys: `[request.body]`, `[[responses]]`."""
    if not path:
        return "this file"
    names = ".".join(str(segment) for segment in path if isinstance(segment, str))
    return f"[[{names}]]" if isinstance(path[-1], int) else f"[{names}]"


def _takes(known: Mapping[str, Any], path: KeyPath) -> str:
    names = ", ".join(list(known)[:12]) + (", …" if len(known) > 12 else "")
    return f"{table_name(path)} takes {names}" if known else f"{table_name(path)} takes no keys"


def _collect_homes(root: type, homes: dict[str, str]) -> None:
    """Breadth first, so that the table nearest to the top wins a name that several have."""
    tables, seen = deque([(root, "")]), {root}
    while tables:
        struct, table = tables.popleft()
        fields = fields_of(struct)
        for name in (*fields, *getattr(struct, "NOT_YET", {})):
            homes.setdefault(name, table)
        for name, field in fields.items():
            inner = struct_of(field.type)
            if inner and inner[0] not in seen:
                seen.add(inner[0])
                path = f"{table.strip('[]')}.{name}".lstrip(".")
                tables.append((inner[0], f"[[{path}]]" if inner[1] else f"[{path}]"))
