"""What templates are filled in with."""

from __future__ import annotations

from pathlib import Path

import pytest
from tree_answers import load, plant, world

from keymock.engine import answer
from keymock.exchange import Reply, Request
from keymock.filling import compiled
from keymock.index.route import Texts
from keymock.state import Session
from keymock.template import TemplateError


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
