"""keymock/template/functions/addresses: addresses by the real-or-mock switch, where something is sent."""

from __future__ import annotations

import pytest
from filling import ask, refusal

from keymock.chance import Chance
from keymock.template import Names, TemplateError, Values, compile

SENT = Names(request=False)


class Shop(Values):
    def target_url(self, project: str = "") -> str:
        return f"http://{project or 'shop'}.localhost"


def test_it_is_the_own_project_or_another() -> None:
    values = Shop(ask(), chance=Chance(1), now=0.0)
    assert compile("{{ target_url() }} {{ target_url('auth') }}", SENT).render(values) == (
        "http://shop.localhost http://auth.localhost"
    )


def test_a_mock_has_none() -> None:
    assert refusal("{{ target_url('auth') }}").message == "`target_url` is for requests and flows"


def test_without_a_switch_it_is_refused() -> None:
    with pytest.raises(TemplateError, match="nothing is sent here"):
        compile("{{ target_url() }}", SENT).render(Values(ask(), chance=Chance(1), now=0.0))


def test_a_project_is_a_text() -> None:
    with pytest.raises(TemplateError, match="the project has to be a text"):
        compile("{{ target_url(1) }}", SENT).render(Shop(ask(), chance=Chance(1), now=0.0))
