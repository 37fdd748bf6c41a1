from __future__ import annotations

import pytest

from keymock.state import STARTED, Session


def lived() -> Session:
    """A session that has something of everything."""
    session = Session("ada", 7)
    session.move("workspace", "order", "paid")
    session.called("m")
    session.gave("m", "first")
    session.stepped("m", ("a", "b"))
    session.captured("workspace")["token"] = ["t"]
    session.take("m", "127.0.0.1", size=1, per_second=1, now=0.0)
    session.stores["workspace", "users"] = ("v1", object())
    return session


def test_a_scenario_begins_as_started_and_belongs_to_a_space() -> None:
    session = Session("", 0)
    session.move("projects/a", "order", "paid")
    assert session.scenario("projects/a", "order") == "paid"
    assert session.scenario("projects/b", "order") == STARTED == "Started"


def test_calls_count_from_one_for_each_mock() -> None:
    session = Session("", 0)
    assert session.call("m") == 1
    assert [session.called("m"), session.called("m"), session.called("n"), session.call("m")] == [1, 2, 1, 3]


def test_a_call_may_be_taken_back() -> None:
    session = Session("", 1)
    session.called("a")
    session.called("a")
    session.uncounted("a")
    assert session.call("a") == 2


def test_answers_are_counted_by_name() -> None:
    session = Session("", 0)
    session.gave("m", "a")
    session.gave("m", "a")
    assert [session.times("m", "a"), session.times("m", "b"), session.times("n", "a")] == [2, 0, 0]


def test_a_sequence_moves_on_until_its_names_change() -> None:
    session = Session("", 0)
    session.stepped("m", ("a", "b"))
    session.stepped("m", ("a", "b"))
    assert session.step("m", ("a", "b")) == 2
    assert session.step("m", ("a", "c")) == 0
    session.stepped("m", ("a", "c"))
    assert [session.step("m", ("a", "c")), session.step("m", ("a", "b"))] == [1, 0]


@pytest.mark.parametrize(
    ("moments", "taken"),
    [
        ([0, 0, 0], [(True, 1), (True, 0), (False, 0.5)]),
        ([0, 0, 0.25], [(True, 1), (True, 0), (False, 0.25)]),
        ([0, 0, 0.5], [(True, 1), (True, 0), (True, 0)]),
        ([0, 100], [(True, 1), (True, 1)]),
        ([10, 5, 5], [(True, 1), (True, 0), (False, 0.5)]),
    ],
)
def test_a_bucket_of_two_fills_by_two_a_second(moments: list[float], taken: list[tuple[bool, float]]) -> None:
    session = Session("", 0)
    assert [session.take("m", "a", size=2, per_second=2, now=now) for now in moments] == taken


def test_each_caller_has_a_bucket() -> None:
    session = Session("", 0)
    got = [session.take(mock, who, size=1, per_second=1, now=0)[0] for mock, who in ("ma", "ma", "mb", "na")]
    assert got == [True, False, True, True]


def test_reset_forgets_everything_but_name_and_seed() -> None:
    session = lived()
    session.reset()
    assert vars(session) == vars(Session("ada", 7))


def test_a_snapshot_brings_everything_back() -> None:
    session = lived()
    before = session.snapshot()
    session.captured("workspace")["token"].append("u")
    session.called("m")
    session.move("workspace", "order", "sent")
    session.restore(before)
    assert session.captured("workspace") == {"token": ["t"]}
    assert (session.call("m"), session.scenario("workspace", "order")) == (2, "paid")
    session.captured("workspace")["token"].append("u")
    assert before["values"] == {"workspace": {"token": ["t"]}}


def test_what_no_file_names_is_forgotten() -> None:
    session = lived()
    session.move("workspace", "cart", "full")
    session.keep_only([("workspace", "cart")], [])
    assert session.scenarios == {("workspace", "cart"): "full"}
    assert session.stores == {}
    assert session.captured("workspace") == {"token": ["t"]}
    assert session.call("m") == 2


def test_a_request_may_come_while_scenarios_are_forgotten() -> None:
    """Files are read again on another thread than requests are answered on."""
    session = lived()

    class Named(list[tuple[str, str]]):
        def __contains__(self, key: object) -> bool:
            session.move("workspace", "meanwhile", "on")
            return super().__contains__(key)

    session.keep_only(Named(), [])
    assert session.scenarios == {("workspace", "meanwhile"): "on"}
