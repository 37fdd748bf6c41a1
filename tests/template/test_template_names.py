"""keymock/template/names.py: which names are known at load, and what is said of the others."""

from __future__ import annotations

import pytest
from filling import refusal, values

from keymock.template import ANYTHING, Missing, Names, TemplateError, compile
from keymock.template.names import Mention, check

FUNCTIONS = ("uuid", "now")


def mention(spelled: str) -> Mention:
    """The mention of a path that stands at the start of a template, `{{ ` before it."""
    words = spelled.split(".")
    offsets = [3 + len("".join(words[:at])) + at for at in range(len(words))]
    return Mention(tuple(words), 3, tuple(offsets))


@pytest.mark.parametrize(
    ("spelled", "names"),
    [
        ("request.query.anything", Names()),
        ("request.params.id", Names(params=frozenset({"id"}))),
        ("request.params.id", Names()),
        ("vars", Names(vars=frozenset())),
        ("vars.currency", Names()),
        ("env.HOME", ANYTHING),
        ("session", Names()),
        ("request.status", Names(more=frozenset({"request"}), request=False)),
        ("login.body.token", Names(more=frozenset({"login"}))),
    ],
)
def test_names_that_are_known(spelled: str, names: Names) -> None:
    check([mention(spelled)], names, FUNCTIONS)


@pytest.mark.parametrize(
    ("spelled", "names", "offset", "message", "hint"),
    [
        ("request", Names(), 3, "`request` alone has no value",
         "name one of its parts: `request.method`, `request.params.id`, `request.json`"),
        ("request.path", Names(request=False), 3, "there is no request here", ""),
        ("request.params.idd", Names(params=frozenset({"id"})), 18, "the path has no parameter `idd`",
         "did you mean `id`?"),
        ("request.params.x", Names(params=frozenset({"order", "id"})), 18, "the path has no parameter `x`",
         "its parameters: `id`, `order`"),
        ("request.params.x", Names(params=frozenset()), 18, "the path has no parameter `x`", "its parameters: none"),
        ("vars.x", Names(vars=frozenset({"b", "a"})), 8, "`vars` has no `x`", "it has a, b"),
        ("data.x", Names(data=frozenset()), 8, "`data` has no `x`", "there are no data"),
        ("state.toke", Names(state=frozenset({"token"})), 9, "`state` has no `toke`", "did you mean `token`?"),
        ("env.HOME", Names(), 7, "templates may not read the process variable `HOME`",
         "list it under `allow_env` in keymock.toml"),
        ("uuid", Names(), 3, "`uuid` is a function", "write `uuid()`"),
        ("id", Names(params=frozenset({"id"})), 3, "unknown name `id`", "write `request.params.id`"),
        ("currency", Names(vars=frozenset({"currency"})), 3, "unknown name `currency`", "write `vars.currency`"),
        ("zzz", Names(more=frozenset({"n"}), request=False), 3, "unknown name `zzz`",
         "there are call, data, env, n, scenarios, seed, session, state, vars"),
    ],
)  # fmt: skip
def test_names_that_are_not(spelled: str, names: Names, offset: int, message: str, hint: str) -> None:
    with pytest.raises(TemplateError) as caught:
        check([mention("session"), mention(spelled)], names, FUNCTIONS)
    fault = caught.value
    assert (fault.offset, fault.message, fault.hint, fault.code) == (offset, message, hint, "unknown-name")


MISTAKES = [
    ("{{ request.headers.X-Request-Id }}", 1, 22, "unknown name `Request`",
     'a name with `-` stands in brackets: `request.headers["X-Request-Id"]`'),
    ("{{ request.headers.host - x }}", 1, 27, "unknown name `x`",
     "there are call, data, env, request, scenarios, seed, session, state, vars"),
    ("{{ request.qury.n }}", 1, 12, "`request` has no `qury`", "did you mean `query`?"),
    ("{{ request.params.idd }}", 1, 19, "the path has no parameter `idd`", "did you mean `id`?"),
    ("{{ vars.curency }}", 1, 9, "`vars` has no `curency`", "did you mean `currency`?"),
    ("{{ env.HOME }}", 1, 8, "templates may not read the process variable `HOME`",
     "list it under `allow_env` in keymock.toml"),
    ("a\n  {{ sesion }}", 2, 6, "unknown name `sesion`", "did you mean `session`?"),
    ("{{ path }}", 1, 4, "unknown name `path`", "write `request.path`"),
    ("{{ uuid }}", 1, 4, "`uuid` is a function", "write `uuid()`"),
    ("{% for x in [1] %}\n{% endfor %}{{ x }}", 2, 16, "unknown name `x`",
     "there are call, data, env, request, scenarios, seed, session, state, vars"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "line", "column", "message", "hint"), MISTAKES, ids=[row[0] for row in MISTAKES])
def test_mistakes_are_found_at_load(source: str, line: int, column: int, message: str, hint: str) -> None:
    fault = refusal(source)
    assert (fault.line, fault.column, fault.message, fault.hint) == (line, column, message, hint)


def test_names_beyond_the_usual() -> None:
    names = Names(more=frozenset({"n", "login"}), request=False)
    ticked = compile("tick {{ n }} {{ login.status }}", names).render(values(more={"n": 3, "login": {"status": 200}}))
    assert ticked == "tick 3 200"
    with pytest.raises(Missing, match="there is no `n` yet"):
        compile("{{ n }}", names).render(values())
    with pytest.raises(TemplateError, match="there is no request here"):
        compile("{{ request.path }}", names)
