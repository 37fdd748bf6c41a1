from __future__ import annotations

from pathlib import Path

import pytest
from tree_answers import load, mock, plant, world

from keymock.exchange import Request
from keymock.filling import Filling
from keymock.index.candidate import Candidate
from keymock.lasting import is_lasting, lasting_reply
from keymock.reply import reply
from keymock.state import Session

FILE = "workspace/mocks/m.toml"


def candidate(root: Path, text: str) -> Candidate:
    """The only mock of a tree, under its path."""
    catalog = load(plant(root, {FILE: text}))
    assert catalog.problems == ()
    views = world(catalog).views
    table = next(iter(views.mounts("")))[1]
    shortlist = next(iter(table.shortlists("GET", ("a", "1"))))
    found = shortlist.candidates[0]
    assert found.tests is not None
    return found


@pytest.mark.parametrize(
    ("response", "more", "lasts"),
    [
        ('body = "a"', "", True),
        ('body = "a"\ndelay = "20ms"', "", True),
        ('body = "{{ request.params.id }} {{ request.path | upper }}"', "", True),
        ('body = "{{ uuid() }}"', "", False),
        ('body = "{{ now() }}"', "", False),
        ('body = "{{ request.query.q }}"', "", False),
        ('body = "{{ request.headers.a }}"', "", False),
        ('body = "{{ request.port }}"', "", False),
        ('body = "{{ call }}"', "", False),
        ('body = "{{ state.a | default(1) }}"', "", False),
        ('capture.a = "{{ request.path }}"', "", False),
        ('body = "{{ request.path }}"\ndelay = "{{ request.params.id }}ms"', "", False),
        ('body = "a"\ndelay = { uniform = ["1ms", "2ms"] }', "", False),
        ('body = "a"\nrate_limit = { requests = 2, per = "1m" }', "", False),
        ('body = "a"\nfault = "reset"', "", False),
        ('body = "a"', '[scenario]\nname = "s"\nrequires = "Started"\nsets = "b"\n', False),
    ],
)
def test_an_answer_lasts_unless_something_else_has_a_say_or_something_stays_behind(
    tmp_path: Path, response: str, more: str, lasts: bool
) -> None:
    assert is_lasting(candidate(tmp_path, mock("/a/:id", response=response) + more)) is lasts


def test_it_says_what_other_answers_say_and_counts_nothing(tmp_path: Path) -> None:
    found = candidate(tmp_path, mock("/a/:id", response='json = { id = "{{ request.params.id }}" }\ndelay = "2ms"'))
    request = Request("GET", b"/a/1")
    request.params = {"id": "1"}
    session, other = Session("", 1), Session("", 1)
    given = found.route, found.route.answers[0], request
    made = lasting_reply(*given, session, Filling(), sure=True)
    assert (made.reusable, session.calls) == (True, {})
    made.reusable = False
    assert made == reply(*given, other, Filling())
    assert other.calls == {found.route.id: 1}
