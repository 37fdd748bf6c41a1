"""What templates are filled in with."""

from __future__ import annotations

import contextlib
from pathlib import Path

import msgspec
import pytest
from tree_answers import load, plant, world

from keymock.engine import answer
from keymock.exchange import Reply, Request
from keymock.filling import compiled
from keymock.index.route import Texts
from keymock.state import Session
from keymock.template import TemplateError
from keymock.template.errors import Refused
from keymock.template.functions import tables
from keymock.template.run import Run


@pytest.mark.parametrize(
    ("texts", "reads"),
    [
        (Texts(status="{{ request.query.s }}"), False),
        (Texts(body="{{ request.json.a }}"), True),
        (Texts(headers=((b"x", "{{ request.form.a }}"),)), True),
        (Texts(json_text='{"a": {{ request.json.a }}}'), True),
        (Texts(capture=(("a", "{{ request.body }}"),)), True),
    ],
)
def test_whether_the_body_of_the_request_is_read(texts: Texts, reads: bool) -> None:
    assert compiled(texts).reads_body is reads


@pytest.mark.parametrize(
    ("texts", "settled"),
    [
        (Texts(body="{{ request.params.id | int + 1 }} {{ request.path }} {{ vars.team | upper }}"), True),
        (Texts(status="{{ 200 if request.segments | length > 1 else 404 }}"), True),
        (Texts(headers=((b"x", "{{ request.host }} {{ env.HOME }}"),)), True),
        (Texts(json_text='{"a": {{ request.params }}, "m": "{{ request.method }}"}'), True),
        (Texts(body="{% set a = request.params.id %}{% for n in [1, 2] %}{{ a }}{{ n }}{% endfor %}"), True),
        (Texts(body="{{ now() }}"), False),
        (Texts(body="{{ request.params.id }}", headers=((b"x", "{{ uuid() }}"),)), False),
        (Texts(body="{{ {'a': 1} | jwt('secret') }}"), False),
        (Texts(body="{{ call }}"), False),
        (Texts(body="{{ session }}{{ seed }}"), False),
        (Texts(body="{{ state.a }}"), False),
        (Texts(body="{{ scenarios.order }}"), False),
        (Texts(body="{{ data.orders }}"), False),
        (Texts(body="{{ request.query.a }}"), False),
        (Texts(body="{{ request.headers.a }}"), False),
        (Texts(body="{{ request.cookies.a }}"), False),
        (Texts(body="{{ request.url }}"), False),
        (Texts(body="{{ request.port }}"), False),
        (Texts(body="{{ request.client }}"), False),
        (Texts(body="{{ request.json.a }}"), False),
        (Texts(body="a", capture=(("a", "{{ request.params.id }}"),)), False),
        (Texts(body="a", delay="{{ request.params.id }}ms"), False),
        (Texts(body="a", first_byte="{{ request.params.id }}ms"), False),
        (Texts(json=msgspec.msgpack.encode({"a": "{{ request.params.id }}"})), True),
        (Texts(json=msgspec.msgpack.encode({"a": "{{ fake.email() }}"})), False),
    ],
)
def test_whether_the_line_of_a_request_settles_what_is_filled_in(texts: Texts, settled: bool) -> None:
    assert compiled(texts).settled is settled


class _Asked:
    """Values that nobody may read."""

    def __getattr__(self, name: str) -> object:
        raise AssertionError(f"it reads `{name}`")


@pytest.mark.parametrize("name", sorted({**tables().FILTERS, **tables().TESTS}.keys() - tables().FUNCTIONS.keys()))
@pytest.mark.parametrize("value", ["2026-11-23T10:00:00Z", "a,b", 7, 1.5, True, None, [3, 1, 2], {"a": 1}])
def test_what_works_on_what_it_is_given_reads_nothing_else(name: str, value: object) -> None:
    """A filter that reads the clock or draws would be thought to make the same each time: `settled`."""
    row = {**tables().FILTERS, **tables().TESTS}[name]
    for given in ((), ("a",), (1,), ("a", "b"), (1, 2)):
        with contextlib.suppress(Refused, TemplateError, TypeError, KeyError):
            row.call(Run(_Asked()), value, *given)  # type: ignore[arg-type]


def test_names_of_its_own_are_known_where_they_are_given() -> None:
    texts = Texts(body="{{ response.status }}")
    assert compiled(texts, frozenset({"response"})).text is not None
    with pytest.raises(TemplateError, match="unknown name `response`"):
        compiled(texts)


def test_the_state_of_scenarios_is_read(tmp_path: Path) -> None:
    text = '[request]\npath = "/a"\n[scenario]\nname = "order"\nsets = "paid"\n[response]\n'
    here = world(
        load(plant(tmp_path, {"workspace/mocks/a.toml": text + 'body = "{{ scenarios.order }} {{ scenarios }}"'}))
    )
    session = Session("", 1)
    said = []
    for _ in range(2):
        request = Request.of("GET", "/a")
        request.session = session
        made = answer(request, here)
        assert isinstance(made, Reply)
        said.append(made.body)
    assert said == [b"Started {}", b'paid {"order":"paid"}']
