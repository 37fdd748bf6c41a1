"""Every code that the source uses is explained, and nothing else is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from keymock.problem_codes import EXPLAINED

SOURCE = Path(__file__).parent.parent / "keymock"

CODE_AT = {
    "BodyFault": 0, "_stop": 0, "Unsent": 0, "Refused": 0,
    "error": 1, "_problem": 1, "_fault": 2, "warning": 1, "note": 1, "report": 1, "problem_reply": 1, "_note": 1,
    "problem": 1, "stop": 1, "told": 1,
    "ShapeFault": 2, "complain": 2, "_warn": 2, "problem_at": 2,
    "Problem": 3, "Fault": 3, "Flaw": 2,
}  # fmt: skip
"""Whoever tells of a problem, and at which place its code stands."""

CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def used() -> Iterator[tuple[str, str]]:
    for file in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            for code in _codes(node):
                yield code, f"{file.relative_to(SOURCE.parent)}:{getattr(node, 'lineno', 0)}"


def _codes(node: ast.AST) -> Iterator[str]:
    """The codes that a piece of source names: in a call, or as the default of a field or an argument `code`."""
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        at = CODE_AT.get(name, len(node.args))
        yield from _texts([*node.args[at : at + 1], *(word.value for word in node.keywords if word.arg == "code")])
    elif isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") == "code" and node.value:
        yield from _texts([node.value])
    elif isinstance(node, ast.FunctionDef):
        arguments = [*node.args.posonlyargs, *node.args.args]
        given = dict(zip(reversed(arguments), reversed(node.args.defaults), strict=False))
        given |= {name: value for name, value in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if value}
        yield from _texts([value for name, value in given.items() if name.arg == "code"])


def _texts(values: list[ast.expr]) -> Iterator[str]:
    """Codes that stand there as such, also in `a if … else b`; not what a look-up is made of."""
    for value in values:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield from [value.value] if CODE.fullmatch(value.value) else []
        elif isinstance(value, ast.IfExp):
            yield from _texts([value.body, value.orelse])


def test_every_code_is_explained() -> None:
    assert {f"{code} ({place})" for code, place in used() if code not in EXPLAINED} == set()


def test_nothing_is_explained_that_is_never_said() -> None:
    said = "".join(file.read_text(encoding="utf-8") for file in SOURCE.rglob("*.py") if file.name != "problem_codes.py")
    assert [code for code in EXPLAINED if f'"{code}"' not in said] == []


def test_an_explanation_is_a_sentence_with_an_example() -> None:
    for code, (means, example) in EXPLAINED.items():
        assert CODE.fullmatch(code)
        assert means[0].isupper() or means.startswith(("json_text", "body_file"))
        assert means.endswith(".")
        assert example
