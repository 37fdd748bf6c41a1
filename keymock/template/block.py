"""Statements and the text around them: `{% if %}`, `{% for %}`, `{% set %}`, `{% raw %}`. There are no others.

No statement reads a file, calls another template or defines a function: a template is what stands in front of the
reviewer.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Protocol

from keymock.problems import did_you_mean
from keymock.template import tokens
from keymock.template.errors import Refused, TemplateError, unreadable
from keymock.template.evaluation import Node, truth
from keymock.template.expression import Expression
from keymock.template.operators import kind, to_text
from keymock.template.reading import Evaluate
from keymock.template.run import Run
from keymock.template.scope import Scope

Write = Callable[[Run], str]


class Style(Protocol):
    """How values are written into the text around them, which it is shown piece by piece."""

    def passes(self, text: str) -> None:
        """Plain text stands here."""

    def writer(self) -> Callable[[Any], str]:
        """How a value is written that stands here."""


class Plain:
    """Values as they are."""

    def passes(self, text: str) -> None:
        pass

    def writer(self) -> Callable[[Any], str]:
        return to_text


NESTED = 20
"""Blocks inside each other."""

_ENDS = {"if": ("elif", "else", "endif"), "else": ("endif",), "for": ("else", "endfor"), "set": ("endset",)}
_STATEMENTS = ("if", "elif", "else", "endif", "for", "endfor", "set", "endset", "raw", "endraw")
_NEVER = {
    "include": "a template cannot read files", "import": "a template cannot read files",
    "extends": "a template cannot read files", "from": "a template cannot read files",
    "block": "there is no inheritance between templates", "macro": "use `{% set %}` or `{% for %}`",
    "call": "use `{% set %}` or `{% for %}`", "with": "use `{% set %}`", "do": "values never change: use `{% set %}`",
    "filter": "write `value | filter`", "autoescape": "nothing is escaped", "elseif": "write `{% elif %}`",
    "each": "write `{% for item in list %}`", "unless": "write `{% if not … %}`",
    "assign": "write `{% set name = … %}`",
}  # fmt: skip


class Blocks:
    """A reader of one template."""

    def __init__(self, parts: list[tokens.Part], style: Style) -> None:
        self.parts = parts
        self.position = 0
        self.depth = 0
        self.style = style

    def whole(self, scope: Scope) -> Write:
        """The whole text. A statement that ends nothing is a mistake."""
        write, _ = self.block(scope, (), None)
        return write

    def block(self, scope: Scope, ends: tuple[str, ...], opened: tokens.Part | None) -> tuple[Write, Expression | None]:
        """Everything up to one of the statements `ends`, and that one, its word read."""
        if self.depth > NESTED:
            raise unreadable(f"more than {NESTED} blocks inside each other", opened.offset if opened else 0)
        found: list[str | Write] = []
        while self.position < len(self.parts):
            part = self.parts[self.position]
            self.position += 1
            if part.kind == "text":
                self.style.passes(part.text)
                found.append(part.text)
            elif part.kind == "value":
                found.append(written(placed(value_of(part, scope), part.start), self.style.writer(), part.offset))
            else:
                expression = Expression(part.tokens, scope)
                word = expression.token
                if word.text in ends:
                    expression.next()
                    return sequence(found, opened.offset if opened else 0), expression
                found.append(self._statement(expression, scope, part))
        if opened is not None:
            name = opened.tokens[0].text
            raise unreadable(f"`{{% {name} %}}` is never closed", opened.offset, f"close it with `{{% {ends[-1]} %}}`")
        return sequence(found, 0), None

    def _statement(self, expression: Expression, scope: Scope, part: tokens.Part) -> Write:
        word = expression.next()
        reader = {"if": self._if, "for": self._for, "set": self._set}.get(word.text)
        if reader is None:
            raise _no_statement(word)
        self.depth += 1
        write = reader(expression, scope, part)
        self.depth -= 1
        return write

    def _if(self, expression: Expression, scope: Scope, part: tokens.Part) -> Write:
        cases: list[tuple[Callable[[Run], bool], Write]] = []
        while True:
            holds = truth(expression.whole())
            write, ending = self.block(scope, _ENDS["if"], part)
            cases.append((holds, write))
            if ending is None or ending.tokens[0].text != "elif":
                break
            expression = ending
        other: Write | None = None
        if ending is not None and ending.tokens[0].text == "else":
            _bare(ending)
            other, ending = self.block(scope, _ENDS["else"], part)
        if ending is not None:
            _bare(ending)
        return _cases(cases, other)

    def _for(self, expression: Expression, scope: Scope, part: tokens.Part) -> Write:
        names = [expression.name("a name for the item").text]
        if expression.takes(","):
            names.append(expression.name("a name for the value").text)
        expression.needs("in", "write `{% for item in list %}`")
        source = expression.any_of()
        inner = Scope(scope)
        slots = [inner.declare(name) for name in names]
        loop = inner.declare("loop")
        only = None
        if expression.takes("if"):
            inside = Expression(expression.tokens, inner, expression.position)
            only = truth(inside.whole())
        else:
            expression.end()
        write, ending = self.block(inner, _ENDS["for"], part)
        other: Write | None = None
        if ending is not None and ending.tokens[0].text == "else":
            _bare(ending)
            other, ending = self.block(scope, ("endfor",), part)
        if ending is not None:
            _bare(ending)
        return _loop(_turns(source, slots, part), only, slots, loop, tuple(inner.slots.values()), write, other, part)

    def _set(self, expression: Expression, scope: Scope, part: tokens.Part) -> Write:
        token = expression.name("a name")
        if expression.takes("="):
            value: Evaluate = expression.whole().evaluate
        else:
            expression.end()
            around, self.style = self.style, Plain()
            value, ending = self.block(scope, _ENDS["set"], part)
            self.style = around
            if ending is not None:
                _bare(ending)
        slot = scope.declare(token.text)

        def keep(run: Run) -> str:
            run.locals[slot] = value(run)
            return ""

        return keep


def value_of(part: tokens.Part, scope: Scope) -> Evaluate:
    """The expression between `{{` and `}}`. Its errors are counted from the start of what stands there."""
    if not part.text.strip():
        raise unreadable("there is nothing between `{{` and `}}`", part.offset)
    try:
        evaluate, inner = _alone(part.text) if scope.is_bare() else _within(part.text, scope)
    except TemplateError as fault:
        fault.offset += part.start
        raise
    scope.take(inner.mentions, inner.calls, part.start)
    return evaluate


@functools.lru_cache(maxsize=4096)
def _alone(value: str) -> tuple[Evaluate, Scope]:
    """Ten thousand mocks say `{{ uuid() }}` and `{{ request.params.id }}`: each is read once, and kept once."""
    return _within(value, Scope())


def _within(value: str, scope: Scope) -> tuple[Evaluate, Scope]:
    inner = Scope(scope)
    inner.mentions, inner.calls = [], set()
    return Expression(tokens.words(value), inner).whole().evaluate, inner


def placed(evaluate: Evaluate, offset: int) -> Evaluate:
    """The same, with errors where they are in the whole text."""

    def moved(run: Run) -> Any:
        try:
            return evaluate(run)
        except TemplateError as fault:
            fault.offset += offset
            raise

    return moved


def _bare(expression: Expression) -> None:
    """Nothing stands behind the word of a statement that ends something."""
    expression.end()


def _no_statement(word: tokens.Token) -> TemplateError:
    if word.kind == "end":
        return unreadable("there is nothing between `{%` and `%}`", word.offset)
    if word.text in _STATEMENTS:
        return unreadable(f"`{{% {word.text} %}}` closes nothing that is open", word.offset)
    hint = _NEVER.get(word.text) or did_you_mean(word.text, _STATEMENTS) or "there are `if`, `for`, `set` and `raw`"
    return unreadable(f"there is no statement `{word.text}`", word.offset, hint)


def written(evaluate: Evaluate, style: Callable[[Any], str], offset: int) -> Write:
    """A value as the text that stands for it."""

    def write(run: Run) -> str:
        value = evaluate(run)
        if value.__class__ is str and style is to_text:
            return value
        try:
            return style(value)
        except Refused as fault:
            raise fault.at(offset) from None

    return write


def sequence(found: list[str | Write], offset: int) -> Write:
    """Parts one behind the other, paid for together."""
    if len(found) == 1 and not isinstance(found[0], str):
        return _paid(found[0], offset)
    still = sum(len(part) for part in found if isinstance(part, str))
    steps = len(found)

    def write(run: Run) -> str:
        try:
            run.step(steps)
            run.make(still)
        except Refused as fault:
            raise fault.at(offset) from None
        pieces = []
        for part in found:
            if part.__class__ is str:
                pieces.append(part)
            else:
                piece = part(run)  # type: ignore[operator]
                run.room -= len(piece)
                if run.room < 0:
                    _refuse_more(run, offset)
                pieces.append(piece)
        return "".join(pieces)

    return write


def _paid(part: Write, offset: int) -> Write:
    def write(run: Run) -> str:
        piece = part(run)
        try:
            run.step()
            run.make(len(piece))
        except Refused as fault:
            raise fault.at(offset) from None
        return piece

    return write


def _refuse_more(run: Run, offset: int) -> None:
    try:
        run.make(0)
    except Refused as fault:
        raise fault.at(offset) from None


def _cases(cases: list[tuple[Callable[[Run], bool], Write]], other: Write | None) -> Write:
    def write(run: Run) -> str:
        for holds, then in cases:
            if holds(run):
                return then(run)
        return other(run) if other else ""

    return write


def _turns(source: Node, slots: list[str], part: tokens.Part) -> Callable[[Run], list[Any]]:
    """What a loop goes through: a list, the keys of an object, the characters of a text; pairs for two names."""
    evaluate, pairs = source.evaluate, len(slots) == 2

    def turns(run: Run) -> list[Any]:
        value = evaluate(run)
        if isinstance(value, str) and not pairs:
            run.make(64 * len(value))
        elif not isinstance(value, (list, dict)):
            raise TemplateError(f"`for` goes through lists, objects and texts, and this is {kind(value)}", part.offset)
        items = list(value)
        if pairs and not all(isinstance(item, list) and len(item) == 2 for item in items):
            raise TemplateError("`for a, b in …` needs a list of pairs", part.offset, "write `in object | items`")
        return items

    return turns


def _loop(
    turns: Callable[[Run], list[Any]],
    only: Callable[[Run], bool] | None,
    slots: list[str],
    loop: str,
    inner: tuple[str, ...],
    write: Write,
    other: Write | None,
    part: tokens.Part,
) -> Write:
    def turn(run: Run, item: Any) -> None:
        for slot in inner:
            run.locals.pop(slot, None)
        for slot, value in zip(slots, item if len(slots) == 2 else [item], strict=True):
            run.locals[slot] = value

    def chosen(run: Run) -> list[Any]:
        items = turns(run)
        try:
            run.step(len(items))
        except Refused as fault:
            raise fault.at(part.offset) from None
        if only is None:
            return items
        kept = []
        for item in items:
            turn(run, item)
            if only(run):
                kept.append(item)
        return kept

    def every(run: Run) -> str:
        items = chosen(run)
        pieces = []
        for index, item in enumerate(items):
            turn(run, item)
            run.locals[loop] = _count(index, len(items))
            pieces.append(write(run))
        if not items and other:
            return other(run)
        return "".join(pieces)

    return every


def _count(index: int, length: int) -> dict[str, Any]:
    return {
        "index": index + 1,
        "index0": index,
        "revindex": length - index,
        "revindex0": length - index - 1,
        "first": index == 0,
        "last": index == length - 1,
        "length": length,
    }
