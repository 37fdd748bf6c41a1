"""Which names a template may use, and what to say of one that it may not: at load, not at the thousandth request."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from keymock.problems import did_you_mean
from keymock.template.errors import TemplateError, unreadable
from keymock.template.values import REQUEST, ROOTS


class Names(msgspec.Struct, frozen=True):
    """What is known before any request comes; None where anything may turn up.

    `params` are the parameters of the mock's path, `env` the process variables that are allowed, `more` the names
    beyond the usual, which may hold anything. `request` is False where there is none: in environments, in flows.
    """

    params: frozenset[str] | None = None
    vars: frozenset[str] | None = None
    state: frozenset[str] | None = None
    data: frozenset[str] | None = None
    env: frozenset[str] | None = frozenset()
    more: frozenset[str] = frozenset()
    request: bool = True


ANYTHING = Names(env=None)
"""Names that only know the roots: for a look at a template out of its place."""


class Mention(NamedTuple):
    """A name in a template, as far as it is a path of plain words: `("request", "query", "q")`."""

    words: tuple[str, ...]
    offset: int
    """Of the first word."""
    offsets: tuple[int, ...]
    """Of every word."""


def check(mentions: Iterable[Mention], names: Names, functions: Iterable[str]) -> None:
    """Raises TemplateError for the first name that there is not."""
    listed = list(mentions)
    for number, mention in enumerate(listed):
        root, *rest = mention.words
        if root in names.more:
            continue
        if root == "request" and names.request:
            _check_request(mention, names)
        elif root in ROOTS:
            known: frozenset[str] | None = getattr(names, root, None)
            if rest and known is not None and rest[0] not in known:
                raise _unknown_member(root, rest[0], mention.offsets[1], known)
        else:
            hint = _in_brackets(listed[number - 1 :]) if number else ""
            raise _unknown_root(root, mention.offset, names, functions, hint)


def _in_brackets(mentions: Sequence[Mention]) -> str:
    """What to write for `request.headers.X-Request-Id`, which takes one name from another; empty if it is not that."""
    first, *rest = mentions
    if len(first.words) < 3 or first.words[0] != "request":
        return ""
    name, end = first.words[-1], first.offsets[-1] + len(first.words[-1])
    for mention in rest:
        if mention.offset != end + 1 or len(mention.words) > 1:
            break
        name, end = f"{name}-{mention.words[0]}", end + 1 + len(mention.words[0])
    path = ".".join(first.words[:-1])
    return f'a name with `-` stands in brackets: `{path}["{name}"]`' if name != first.words[-1] else ""


def _check_request(mention: Mention, names: Names) -> None:
    if len(mention.words) == 1:
        hint = "name one of its parts: `request.method`, `request.params.id`, `request.json`"
        raise unreadable("`request` alone has no value", mention.offset, hint, code="unknown-name")
    member = mention.words[1]
    if member not in REQUEST:
        hint = did_you_mean(member, REQUEST) or "it has " + ", ".join(REQUEST)
        raise unreadable(f"`request` has no `{member}`", mention.offsets[1], hint, code="unknown-name")
    if member == "params" and len(mention.words) > 2 and names.params is not None:
        name = mention.words[2]
        if name not in names.params:
            known = ", ".join(f"`{param}`" for param in sorted(names.params)) or "none"
            hint = did_you_mean(name, names.params) or f"its parameters: {known}"
            raise unreadable(f"the path has no parameter `{name}`", mention.offsets[2], hint, code="unknown-name")


def _unknown_member(root: str, name: str, offset: int, known: frozenset[str]) -> TemplateError:
    if root == "env":
        hint = did_you_mean(name, known) or "list it under `allow_env` in keymock.toml"
        return unreadable(f"templates may not read the process variable `{name}`", offset, hint, code="unknown-name")
    hint = did_you_mean(name, known) or ("it has " + ", ".join(sorted(known)) if known else f"there are no {root}")
    return unreadable(f"`{root}` has no `{name}`", offset, hint, code="unknown-name")


def _unknown_root(root: str, offset: int, names: Names, functions: Iterable[str], hint: str = "") -> TemplateError:
    called = list(functions)
    if root in called:
        return unreadable(f"`{root}` is a function", offset, f"write `{root}()`", code="unknown-name")
    if root == "request":
        return unreadable("there is no request here", offset, code="unknown-name")
    known = [*ROOTS, *names.more, *(["request"] if names.request else [])]
    hint = (
        hint
        or _somewhere(root, names)
        or did_you_mean(root, [*known, *called])
        or "there are " + ", ".join(sorted(known))
    )
    return unreadable(f"unknown name `{root}`", offset, hint, code="unknown-name")


def _somewhere(name: str, names: Names) -> str:
    """Where a bare word is at home: other tools have no `request.` before it."""
    if names.request and name in REQUEST:
        return f"write `request.{name}`"
    if names.request and names.params and name in names.params:
        return f"write `request.params.{name}`"
    return f"write `vars.{name}`" if names.vars and name in names.vars else ""
