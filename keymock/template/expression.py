"""Expressions: tokens in, a function of a Run out. The grammar, its precedence and its words are Jinja's.

There is no tree in between: each rule gives back a closure, which is the fastest thing that Python can run of its
own, and which knows the place of everything that can go wrong in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from keymock.problems import did_you_mean
from keymock.template import reading
from keymock.template.errors import Refused, TemplateError, unreadable
from keymock.template.evaluation import (
    NOT_WRITTEN,
    Node,
    both,
    call,
    call_with_names,
    choose,
    compare,
    compute,
    defined,
    either,
    fields,
    literal,
    local,
    negative,
    or_else,
    paying,
    truth,
)
from keymock.template.functions import tables
from keymock.template.functions.function import Function
from keymock.template.names import Mention
from keymock.template.operators import COMPARISONS, COMPUTATIONS, checked
from keymock.template.reading import Evaluate
from keymock.template.scope import Scope
from keymock.template.tokens import Token

DEEPEST = 100
"""Operations inside each other; a longer chain would end in Python's own recursion limit."""
LONGEST = 50
"""Words of a path."""
NESTED = 30
"""Brackets inside each other."""

_WORDS: dict[str, Any] = {
    "true": True, "True": True, "false": False, "False": False, "none": None, "None": None, "null": None,
}  # fmt: skip
_RESERVED = frozenset({"and", "or", "not", "in", "is", "if", "else"})


class Expression:
    """A reader of one run of tokens."""

    def __init__(self, tokens: tuple[Token, ...], scope: Scope, start: int = 0) -> None:
        self.tokens = tokens
        self.position = start
        self.scope = scope
        self.nested = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.position]

    def next(self) -> Token:
        token = self.tokens[self.position]
        self.position += 1
        return token

    def takes(self, *texts: str) -> Token | None:
        """The token, if it is a sign or a word of these; moves on."""
        token = self.tokens[self.position]
        if token.text in texts and token.kind in ("sign", "name"):
            self.position += 1
            return token
        return None

    def needs(self, text: str, hint: str = "") -> Token:
        found = self.takes(text)
        if found is None:
            raise self.unexpected(f"`{text}`", hint)
        return found

    def name(self, what: str) -> Token:
        if self.token.kind != "name" or self.token.text in _RESERVED or self.token.text in _WORDS:
            raise self.unexpected(what)
        return self.next()

    def unexpected(self, wanted: str, hint: str = "") -> TemplateError:
        token = self.token
        if token.kind == "end":
            return unreadable(f"{wanted} is missing before `{token.text}`", token.offset, hint)
        return unreadable(f"`{token.text}` stands where {wanted} should", token.offset, hint)

    def end(self) -> None:
        """Nothing may follow."""
        token = self.token
        if token.kind == "end":
            return
        hint = ""
        if token.kind in ("name", "text", "int", "float"):
            hint = "Handlebars parameters are written in brackets here: `name(a, b=c)`; texts are joined by `~`"
        raise unreadable(f"`{token.text}` is not expected here", token.offset, hint)

    def whole(self) -> Node:
        """An expression and nothing behind it."""
        node = self.read()
        self.end()
        return node

    def read(self) -> Node:
        """`value if condition else other`, the loosest of all."""
        self.nested += 1
        if self.nested > NESTED:
            raise unreadable(f"more than {NESTED} brackets inside each other", self.token.offset)
        node = self.any_of()
        while self.takes("if"):
            condition = self.any_of()
            other = self.read() if self.takes("else") else Node(lambda _run: "")
            node = self._deeper(choose(node.evaluate, truth(condition), other.evaluate), node, condition, other)
        self.nested -= 1
        return node

    def any_of(self) -> Node:
        node = self.all_of()
        while self.takes("or"):
            right = self.all_of()
            node = self._deeper(either(node.evaluate, right.evaluate), node, right)
        return node

    def all_of(self) -> Node:
        node = self.negated()
        while self.takes("and"):
            right = self.negated()
            node = self._deeper(both(node.evaluate, right.evaluate), node, right)
        return node

    def negated(self) -> Node:
        count = 0
        while self.takes("not"):
            count += 1
        node = self.compared()
        if not count:
            return node
        holds = truth(node)
        return self._deeper((lambda run: not holds(run)) if count % 2 else holds, node)

    def compared(self) -> Node:
        first = self.computed(1)
        steps: list[tuple[Any, Evaluate, int]] = []
        deepest = first.depth
        while True:
            sign = self._comparison()
            if sign is None:
                break
            right = self.computed(1)
            deepest = max(deepest, right.depth)
            steps.append((COMPARISONS[sign.text], right.evaluate, sign.offset))
        if not steps:
            return first
        return self._deeper(compare(first.evaluate, steps), first._replace(depth=deepest))

    def _comparison(self) -> Token | None:
        found = self.takes("==", "!=", "<", "<=", ">", ">=", "in")
        if found is not None:
            return found
        if self.token.text == "=" and self.token.kind == "sign":
            raise unreadable("`=` compares nothing", self.token.offset, "write `==`")
        if self.token.text == "not" and self.token.kind == "name" and self.tokens[self.position + 1].text == "in":
            self.position += 2
            return Token("sign", "not in", self.tokens[self.position - 2].offset)
        return None

    def computed(self, tightness: int) -> Node:
        """`+ - ~ * / // % **`, those that hold at least so tightly."""
        node = self.signed()
        while self.token.kind == "sign" and self.token.text in COMPUTATIONS:
            holds, operate = COMPUTATIONS[self.token.text]
            if holds < tightness:
                break
            sign = self.next()
            right = self.computed(holds + 1)
            node = self._deeper(compute(operate, node.evaluate, right.evaluate, sign.offset), node, right)
        return node

    def signed(self, *, filters: bool = True) -> Node:
        signs: list[Token] = []
        while sign := self.takes("-", "+"):
            signs.append(sign)
        node = self.primary()
        if signs:
            minus = sum(sign.text == "-" for sign in signs) % 2 == 1
            node = self._deeper(negative(node.evaluate, signs[0]) if minus else node.evaluate, node)
        return self.filtered(node) if filters else node

    def primary(self) -> Node:
        token = self.token
        if token.kind == "name" and token.text not in _RESERVED:
            self.position += 1
            if token.text in _WORDS:
                return self.followed(literal(_WORDS[token.text]))
            return self.named(token)
        if token.kind in ("text", "int", "float"):
            self.position += 1
            return self.followed(literal(_written(token)))
        if self.takes("("):
            node = self.read()
            self.needs(")")
            return self.followed(node._replace(literal=NOT_WRITTEN))
        if self.takes("["):
            return self.followed(self._list(token))
        if self.takes("{"):
            return self.followed(self._object(token))
        raise self.unexpected("a value", _HINTS.get(token.text, ""))

    def _list(self, opening: Token) -> Node:
        items = list(self._until("]"))
        if all(item.literal is not NOT_WRITTEN for item in items):
            return literal([item.literal for item in items])
        evaluates = [item.evaluate for item in items]
        return self._deeper(paying(lambda run: [one(run) for one in evaluates], opening.offset), *items)

    def _object(self, opening: Token) -> Node:
        pairs: list[tuple[Node, Node]] = []
        while not self.takes("}"):
            key = self.read()
            self.needs(":", 'an object is `{"key": value}`; around a value two braces are enough, nothing is escaped')
            pairs.append((key, self.read()))
            if not self.takes(","):
                self.needs("}")
                break
        if all(key.literal is not NOT_WRITTEN and value.literal is not NOT_WRITTEN for key, value in pairs):
            written = {key.literal: value.literal for key, value in pairs if isinstance(key.literal, str)}
            if len(written) == len(pairs):
                return literal(written)
        made = paying(fields([(key.evaluate, value.evaluate) for key, value in pairs], opening.offset), opening.offset)
        return self._deeper(made, *(node for pair in pairs for node in pair))

    def _until(self, closing: str) -> Iterator[Node]:
        while not self.takes(closing):
            yield self.read()
            if not self.takes(","):
                self.needs(closing)
                return

    def named(self, token: Token) -> Node:
        """A name: a function that is called, something that the template has set, or a path from outside."""
        if self.token.text == "(":
            return self.followed(self._called(token, token.text))
        slots = self.scope.found(token.text)
        if slots:
            return self.followed(Node(local(slots, token), spelled=token.text))
        words, offsets = [token.text], [token.offset]
        while self.token.kind == "sign" and self.token.text in (".", "["):
            word = self._word()
            if word is None:
                break
            if len(words) == LONGEST:
                raise unreadable(f"a path of more than {LONGEST} words", word.offset)
            words.append(word.text)
            offsets.append(word.offset)
            if self.token.text == "(":
                return self.followed(self._called(token, ".".join(words)))
        path = tuple(words)
        self.scope.mentions.append(Mention(path, token.offset, tuple(offsets)))
        return self.followed(Node(reading.of_root(path, tuple(offsets)), spelled=".".join(words)))

    def _word(self) -> Token | None:
        """The next word of a path, `.word` or `["word"]`; None for an index that has to be computed."""
        first, second = self.tokens[self.position], self.tokens[self.position + 1]
        if first.text == "." and second.kind == "name":
            self.position += 2
            return second
        if first.text == "[" and second.kind == "text" and self.tokens[self.position + 2].text == "]":
            self.position += 3
            return second
        return None

    def followed(self, node: Node) -> Node:
        """`.key`, `[index]` and `[from:to]` behind a value."""
        while self.token.kind == "sign" and self.token.text in (".", "[", "("):
            sign = self.next()
            if sign.text == "(":
                raise unreadable("only functions can be called", sign.offset, "filters are written `value | name`")
            node = self._member(node) if sign.text == "." else self._index(node)
        return node

    def _member(self, node: Node) -> Node:
        token = self.token
        if token.kind == "int":
            self.position += 1
            at = int(token.text)
            return self._deeper(reading.item(node.evaluate, node.spelled, lambda _run: at, token.offset), node)
        if token.kind != "name":
            hint = "an index stands without the dot before it: `request.segments[0]`" if token.text == "[" else ""
            raise self.unexpected("a name", hint)
        self.position += 1
        if self.token.text == "(":
            raise _no_method(token.text, token.offset)
        evaluate = reading.member(node.evaluate, node.spelled, token.text, token.offset)
        return self._deeper(evaluate, node, spelled=f"{node.spelled}.{token.text}")

    def _index(self, node: Node) -> Node:
        offset = self.token.offset
        first = None if self.token.text == ":" else self.read()
        if not self.takes(":"):
            self.needs("]")
            if first is None:
                raise self.unexpected("an index")
            return self._deeper(reading.item(node.evaluate, node.spelled, first.evaluate, offset), node, first)
        last = None if self.token.text == "]" else self.read()
        self.needs("]")
        bounds = [bound for bound in (first, last) if bound]
        evaluate = reading.part(
            node.evaluate, first.evaluate if first else None, last.evaluate if last else None, offset
        )
        return self._deeper(evaluate, node, *bounds)

    def filtered(self, node: Node) -> Node:
        """`| filter` and `is test`, as many as follow."""
        while True:
            if self.takes("|"):
                node = self._filter(node)
            elif self.takes("is"):
                node = self._test(node)
            else:
                return node

    def _filter(self, node: Node) -> Node:
        token = self.name("the name of a filter")
        if token.text in ("default", "d"):
            return self._default(node, token)
        found = tables().FILTERS.get(token.text)
        if found is None:
            raise _unknown("filter", token, [*tables().FILTERS, "default"], tables().FUNCTIONS)
        if self.takes("("):
            return self._applied(found, token, [node])
        return self._apply(found, token, [node], {})

    def _test(self, node: Node) -> Node:
        negated = self.takes("not") is not None
        token = self.token
        if token.kind != "name" or (token.text in _RESERVED and token.text != "in"):
            raise self.unexpected("the name of a test", "as in `is defined`, `is number`, `is even`")
        self.position += 1
        if token.text in ("defined", "undefined"):
            there = defined(node.evaluate)
            wanted = (token.text == "defined") is not negated
            return self._deeper(lambda run: there(run) is wanted, node)
        found = tables().TESTS.get(token.text)
        if found is None:
            raise _unknown("test", token, [*tables().TESTS, "defined", "undefined"], {})
        if self.takes("("):
            applied = self._applied(found, token, [node])
        elif self._starts_a_value():
            applied = self._apply(found, token, [node, self.signed(filters=False)], {})
        else:
            applied = self._apply(found, token, [node], {})
        holds = applied.evaluate
        return self._deeper(lambda run: not holds(run), applied) if negated else applied

    def _starts_a_value(self) -> bool:
        token = self.token
        return token.kind in ("text", "int", "float") or (token.kind == "name" and token.text not in _RESERVED)

    def _default(self, node: Node, token: Token) -> Node:
        """A filter of its own kind: it is there for values that are not."""
        given, named = self._arguments() if self.takes("(") else ([], {})
        for argument in {*named} - {"default_value", "boolean"}:
            raise unreadable(f"`default` has no argument `{argument}`", token.offset)
        if len(given) + len(named) > 2:
            raise unreadable("`default` takes a value, and `true` to replace empty ones as well", token.offset)
        other = given[0] if given else named.get("default_value", literal(""))
        empty = given[1] if len(given) > 1 else named.get("boolean", literal(False))
        evaluate = or_else(node.evaluate, other.evaluate, empty.evaluate)
        return self._deeper(evaluate, node, other, empty)

    def _called(self, token: Token, name: str) -> Node:
        self.needs("(")
        found = tables().FUNCTIONS.get(name)
        if found is None:
            if self.scope.found(token.text):
                raise unreadable(f"`{token.text}` is a value, not a function", token.offset)
            root, _, method = name.rpartition(".")
            if root and root != "fake":
                raise _no_method(method, token.offset + len(root) + 1)
            raise _unknown("function", token._replace(text=name), tables().FUNCTIONS, tables().FILTERS)
        return self._applied(found, token, [])

    def _applied(self, function: Function, token: Token, given: list[Node]) -> Node:
        more, named = self._arguments()
        return self._apply(function, token, given + more, named)

    def _arguments(self) -> tuple[list[Node], dict[str, Node]]:
        """What stands in brackets behind a name; the opening one is read already."""
        given: list[Node] = []
        named: dict[str, Node] = {}
        while not self.takes(")"):
            token = self.token
            if token.kind == "name" and self.tokens[self.position + 1] == ("sign", "=", self._offset(1)):
                self.position += 2
                if token.text in named:
                    raise unreadable(f"`{token.text}` is given twice", token.offset)
                named[token.text] = self.read()
            elif named:
                raise unreadable("an argument without a name stands behind one with a name", token.offset)
            else:
                given.append(self.read())
            if not self.takes(","):
                self.needs(")")
                break
        return given, named

    def _offset(self, ahead: int) -> int:
        return self.tokens[self.position + ahead].offset

    def _apply(self, function: Function, token: Token, given: list[Node], named: dict[str, Node]) -> Node:
        try:
            function.accept(len(given), named)
            if all(node.literal is not NOT_WRITTEN for node in [*given[function.value :], *named.values()]):
                written = [node.literal for node in given[function.value :]]
                function.check(*written, **{name: node.literal for name, node in named.items()})
        except Refused as fault:
            raise unreadable(f"`{function.name}`: {fault.message}", token.offset, fault.hint) from None
        self.scope.calls.add(function.name)
        evaluates = [node.evaluate for node in given]
        if named:
            options = {name: node.evaluate for name, node in named.items()}
            work = call_with_names(function, evaluates, options, token.offset)
        else:
            work = call(function, evaluates, token.offset)
        return self._deeper(work, *given, *named.values(), spelled=f"{function.name}(…)")

    def _deeper(self, evaluate: Evaluate, *inner: Node, spelled: str = "this") -> Node:
        depth = 1 + max((node.depth for node in inner), default=0)
        if depth > DEEPEST:
            raise unreadable(
                f"more than {DEEPEST} operations hang on each other", self.token.offset, "split it with `{% set %}`"
            )
        return Node(evaluate, depth, spelled)


_HINTS = {"=": "write `==` to compare", "&": "write `and`", "|": "a filter follows a value: `value | upper`"}


def _written(token: Token) -> Any:
    if token.kind == "text":
        return token.text
    if len(token.text) > 40:
        raise unreadable("this number is too long", token.offset)
    try:
        return checked(int(token.text) if token.kind == "int" else float(token.text))
    except Refused:
        raise unreadable("this number is too large", token.offset) from None


def _no_method(name: str, offset: int) -> TemplateError:
    hint = f"write `| {name}`" if name in tables().FILTERS else "filters are written `value | name`"
    return unreadable(f"values have no function `{name}`", offset, hint)


def _unknown(what: str, token: Token, known: Any, others: Any) -> TemplateError:
    hint = did_you_mean(token.text, known)
    if token.text in others:
        hint = f"`{token.text}` is a filter: write `value | {token.text}`"
        if what == "filter":
            hint = f"`{token.text}` is a function: write `{token.text}(…)`"
    message = f"unknown {what} `{token.text}`"
    return unreadable(message, token.offset, hint or f"docs/templates.md lists every {what}", code="unknown-name")
