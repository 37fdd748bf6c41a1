"""What templates are filled in with."""

from __future__ import annotations

import pytest

from keymock.filling import compiled
from keymock.index.route import Texts
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
