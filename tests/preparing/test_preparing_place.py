"""keymock/preparing/place: where a request is written, its overlay included."""

from __future__ import annotations

from prepared_requests import place

from keymock.preparing import Place


def test_a_key_of_the_overlay_is_told_there() -> None:
    at, _ = place('url = "http://a"\nquery.a = 1\n', over='query.b = "x"\n')
    assert at.problem(("query", "b"), "bad-value", "no").place == "private/ada/requests/a.toml:1:11"
    assert at.problem(("query", "a"), "bad-value", "no").place == "requests/a.toml:2:11"


def test_a_step_stands_within_its_flow() -> None:
    own, _ = place('url = "http://a"\n[[examples]]\nname = "a"\n')
    assert Place(own.own, within=("examples", 0)).problem(("name",), "bad-value", "no").place == "requests/a.toml:3:8"


def test_without_a_document_the_command_is_named() -> None:
    assert Place(called="keymock request send").problem(("url",), "bad-value", "no").place == "keymock request send"
