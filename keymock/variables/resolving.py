"""What a name means here, and texts filled in with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec

from keymock.chance import Chance
from keymock.document import KeyPath, Parsed, problem_at
from keymock.exchange import Request
from keymock.problems import Problem, Stop, did_you_mean, error
from keymock.template import Missing, Names, TemplateError, Values, compile_json, compile_json_text
from keymock.template.errors import Absent, Refused
from keymock.variables.level import RESERVED, Level
from keymock.variables.mask import Mask

DEEPEST = 50
"""Variables that name one another, one behind the other."""


def no_secret(_name: str) -> str | None:
    """Where there are no secrets."""
    return None


class Outside(msgspec.Struct, frozen=True, kw_only=True):
    """What variables take from the world, handed in: the moment, the seed, process variables, secrets, addresses.

    `secret` gives the value of a secret, None for one that is nowhere; `keeping` says where it could be kept.
    `target_url` gives the address of a project
    (empty: the own one) by the real-or-mock switch; it raises `template.errors.Refused` for a project that is none.
    `environments` are the names of those that could have been chosen, and what each of them gives values to: for hints.
    """

    now: float
    seed: int = 0
    env: Mapping[str, str] = {}
    secret: Callable[[str], str | None] = no_secret
    keeping: str = ""
    target_url: Callable[[str], str] | None = None
    environments: Mapping[str, frozenset[str]] = {}


class Variables:
    """Levels, the nearest first. Values are worked out when they are asked for, once.

    `mask` knows every secret that was read: whoever shows or writes anything that came of these variables passes it
    through there.
    """

    def __init__(self, levels: Sequence[Level], outside: Outside, mask: Mask | None = None) -> None:
        self.levels = tuple(levels)
        self.outside = outside
        self.mask = mask if mask is not None else Mask()
        self._done: dict[str, Any] = {}
        self._open: list[str] = []

    def nearer(self, level: Level) -> Variables:
        """The same with one level in front: what a step captured, say. Nothing that was worked out is kept."""
        return Variables((level, *self.levels), self.outside, self.mask)

    @property
    def names(self) -> list[str]:
        """Every variable, in order."""
        return sorted({name for level in self.levels for name in level.values})

    def level_of(self, name: str) -> Level | None:
        """The nearest level that gives it a value."""
        return next((level for level in self.levels if name in level.values), None)

    def value(self, name: str) -> Any:
        """What a name stands for; values within are filled in. Raises Stop, and Absent for a name without a value."""
        if name not in self._done:
            level = self.level_of(name)
            if level is None:
                raise self._unknown(name)
            self._done[name] = self._resolved(name, level)
        return self._done[name]

    def fill(self, value: Any, source: Parsed[Any] | None, where: KeyPath = (), *, called: str = "keymock") -> Any:
        """A value of a document, each template in it filled in; one that is nothing but an expression keeps its type.

        `source` and `where` are the place of the value, for the Stop that a mistake raises; without a file the problem
        is that of `called`.
        """
        return self._filled(value, _telling(source, where, called), "")

    def fill_json(
        self, text: str, source: Parsed[Any] | None, where: KeyPath = (), *, called: str = "keymock"
    ) -> bytes:
        """JSON text with templates in it, filled in; values keep their types. Raises Stop, as `fill` does."""
        with _refused(_telling(source, where, called)):
            return compile_json_text(text, _NAMES).encode(_Reading.of(self, ""))

    # ---- inside --------------------------------------------------------------------------------------------------

    def _resolved(self, name: str, level: Level) -> Any:
        written = level.values[name]
        if level.pending:
            raise Absent(f"`{name}` is captured by a step, when the flow runs", f"as if it were: --set {name}=…")
        if level.literal:
            return written
        if name in self._open:
            circle = [*self._open[self._open.index(name) :], name]
            message = f"variables lead back to themselves: {' → '.join(circle)}"
            raise Stop(level.problem((name,), "variable-cycle", message, "give one of them a value of its own"))
        if len(self._open) >= DEEPEST:
            raise Stop(level.problem((name,), "variable-cycle", f"more than {DEEPEST} variables name one another"))

        def told(at: KeyPath, code: str, message: str, hint: str, character: int) -> Problem:
            return level.problem((name, *at), code, message, hint, character=character)

        self._open.append(name)
        try:
            return self._filled(written, told, level.place(name))
        finally:
            self._open.pop()

    def _filled(self, value: Any, told: _Tell, draws: str) -> Any:
        with _refused(told):
            return compile_json(value, _NAMES).render(_Reading.of(self, draws))

    def _unknown(self, name: str) -> Absent:
        known = [*self.names, "secret", "env", "target_url"]
        others = [each for each, names in self.outside.environments.items() if name in names]
        if others:
            hint = f"the environment `{others[0]}` has it: --env {others[0]}"
        else:
            hint = did_you_mean(name, known) or ("there are " + ", ".join(self.names) if self.names else "")
        return Absent(f"there is no variable `{name}`", hint or f"give it a value: --var {name}=…")


_Tell = Callable[[KeyPath, str, str, str, int], Problem]
"""The problem of a text at a key path within a value: code, message, hint, and the character of the text."""


def _telling(source: Parsed[Any] | None, where: KeyPath, called: str) -> _Tell:
    def told(at: KeyPath, code: str, message: str, hint: str, character: int) -> Problem:
        if source is None:
            return error(called, code, message, hint=hint)
        return problem_at(source, (*where, *at), code, message, hint, part="value", character=character)

    return told


@contextmanager
def _refused(told: _Tell) -> Iterator[None]:
    """Makes what is wrong with a template the Stop that tells of it."""
    try:
        yield
    except TemplateError as fault:
        absent = isinstance(fault, Missing)
        problem = told(
            fault.path, "unresolved-variable" if absent else fault.code, fault.message, fault.hint, fault.offset
        )
        raise Stop(problem) from None


class _AnyName(frozenset[str]):
    """All names: which of them have a value shows when they are read, so that `default` can step in."""

    def __contains__(self, name: object) -> bool:
        return name not in RESERVED or name in ("secret", "target_url")


_NAMES = Names(env=None, more=_AnyName(), request=False)


class _Reading(Values):
    """What a template over variables reads."""

    variables: Variables | None = None

    @classmethod
    def of(cls, variables: Variables, draws: str) -> _Reading:
        outside = variables.outside
        names, chance = _Names(variables), Chance(outside.seed, "", draws)
        return cls(
            Request("GET", b"/"),
            chance,
            outside.now,
            vars=names,
            env=_Env(outside.env),
            more=names,
            variables=variables,
        )

    def target_url(self, project: str = "") -> str:
        """As Outside says."""
        send = self.variables.outside.target_url if self.variables is not None else None
        if send is None:
            raise Refused("there is no real or mock address here")
        return send(project)


class _Lazy(Mapping[str, Any]):
    """Values that are worked out when they are read. They are never listed: nobody asks for all of them by name."""

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


class _Names(_Lazy):
    """The variables, and what stands beside them."""

    def __init__(self, variables: Variables) -> None:
        self._variables = variables

    def __getitem__(self, name: str) -> Any:
        if name == "secret":
            return _Secrets(self._variables)
        if name == "target_url":
            outside = self._variables.outside
            if outside.target_url is None:
                raise Absent("there is no real or mock address here", "write the address itself")
            return outside.target_url("")
        return self._variables.value(name)


class _Secrets(_Lazy):
    """`secret.NAME`. What is read is masked from then on."""

    def __init__(self, variables: Variables) -> None:
        self._variables = variables

    def __getitem__(self, name: str) -> str:
        found = self._variables.outside.secret(name)
        if found is None:
            keeping = self._variables.outside.keeping
            raise Absent(f"there is no secret `{name}`", f"export {name}=…" + (f", or {keeping}" if keeping else ""))
        self._variables.mask.add(found)
        return found


class _Env(_Lazy):
    """`env.NAME`: process variables that keymock.toml allows by name."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env

    def __getitem__(self, name: str) -> str:
        if name not in self._env:
            near = did_you_mean(name, self._env)
            raise Absent(f"the process variable `{name}` is not allowed, or not set",
                         near or "list it under `allow_env` in keymock.toml, and set it")  # fmt: skip
        return self._env[name]
