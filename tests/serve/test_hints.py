"""When what was heard is passed on, without a clock: times are arguments."""

from __future__ import annotations

import math
import random

from keymock.serve.hints import FEW, LONGEST_BURST, QUIET, REOPENED, UNCLOSED, Hints


def just(*files: str) -> frozenset[str]:
    """These files and no others."""
    return frozenset(files)


def test_nothing_heard_is_never_due() -> None:
    hints = Hints()
    assert hints.due == math.inf
    assert hints.take(10) == frozenset()


def test_a_closed_file_is_passed_on_at_once_and_forgotten() -> None:
    hints = Hints()
    hints.closed("a", 1)
    assert hints.due == 1 + REOPENED
    assert hints.take(1 + REOPENED) == just("a")
    assert hints.due == math.inf


def test_a_file_written_to_waits_until_it_has_rested() -> None:
    hints = Hints()
    hints.written("a", 1)
    hints.written("a", 1.1)
    assert hints.due == 1.1 + UNCLOSED
    assert hints.unclosed == {"a"}
    assert hints.take(1.2) == frozenset()
    assert hints.take(1.1 + UNCLOSED) == just("a")
    assert hints.unclosed == frozenset()


def test_closing_ends_the_wait_and_writing_again_begins_another() -> None:
    hints = Hints()
    hints.written("a", 1)
    hints.closed("a", 1.01)
    assert hints.due == 1.01 + REOPENED
    assert hints.unclosed == frozenset()
    hints.written("a", 1.02)
    assert hints.take(1.02) == frozenset()


def test_a_move_passes_on_both_names_at_once() -> None:
    hints = Hints()
    hints.moved("mocks/a.toml", "mocks/b.toml", 1)
    assert hints.take(1) == just("mocks/a.toml", "mocks/b.toml")


def test_a_save_that_keeps_a_backup_never_shows_the_file_missing() -> None:
    hints = Hints()
    hints.moved("mocks/a.toml", "mocks/a.toml~", 1.000)
    assert hints.take(1.001) == frozenset()
    hints.written("mocks/a.toml", 1.002)
    hints.closed("mocks/a.toml", 1.003)
    assert hints.take(1.003 + REOPENED) == just("mocks/a.toml")
    hints.deleted("mocks/a.toml~", 1.004)
    assert hints.take(1.004 + QUIET) == just("mocks/a.toml~")


def test_deleted_and_written_anew_is_one_change() -> None:
    hints = Hints()
    hints.deleted("a", 1)
    hints.closed("a", 1.01)
    assert hints.take(1.01 + REOPENED) == just("a")
    assert hints.take(2) == frozenset()


def test_many_files_are_everything_once_they_are_quiet() -> None:
    hints = Hints()
    for number in range(100):
        hints.closed(f"{number}", 1 + number / 1000)
    assert hints.due == 1.099 + QUIET
    assert hints.take(1.099) == frozenset()
    assert hints.take(1.099 + QUIET) is None
    assert hints.due == math.inf


def test_a_few_files_are_named_each() -> None:
    hints = Hints()
    for number in range(FEW):
        hints.closed(f"{number}", 1)
    assert hints.take(1 + REOPENED) == just(*(f"{number}" for number in range(FEW)))


def test_one_file_saved_very_often_is_no_burst() -> None:
    hints = Hints()
    for number in range(1000):
        hints.closed("a", 1 + number / 1000)
        assert hints.take(1 + number / 1000 + REOPENED) == just("a")


def test_a_burst_that_does_not_end_is_passed_on_all_the_same() -> None:
    hints = Hints()
    taken = 0
    for number in range(2000):
        now = 1 + number / 1000
        hints.closed(f"{number}", now)
        taken += hints.take(now) is None
    assert taken == int(2 / LONGEST_BURST) - 1 or taken == int(2 / LONGEST_BURST)


def test_a_file_still_open_when_a_burst_ends_has_its_own_moment_later() -> None:
    hints = Hints()
    hints.written("slow", 1.0)
    for number in range(50):
        hints.closed(f"{number}", 1.0)
    hints.written("slow", 1.03)
    assert hints.take(1.03 + QUIET) is None
    assert hints.unclosed == {"slow"}
    assert hints.due == 1.03 + UNCLOSED
    hints.closed("slow", 1.1)
    assert hints.take(1.1 + REOPENED) == just("slow")


def test_forgetting_leaves_nothing() -> None:
    hints = Hints()
    hints.written("a", 1)
    hints.everything(1)
    hints.forget()
    assert (hints.due, hints.unclosed) == (math.inf, frozenset())


def test_whatever_is_heard_is_passed_on_in_the_end() -> None:
    """Any order of any words: each file is named, or everything is, at or after the last word about it."""
    draw = random.Random(7)
    for _ in range(300):
        hints, now = Hints(), 0.0
        last: dict[str, float] = {}
        told: dict[str, float] = {}
        for _ in range(draw.randrange(1, 60)):
            now += draw.choice((0, 0.001, 0.01, 0.05, 0.2))
            file, other = (f"{draw.randrange(15)}" for _ in "ab")
            word = draw.choice(("closed", "written", "deleted", "moved"))
            if word == "moved":
                hints.moved(file, other, now)
                last[other] = now
            else:
                {"closed": hints.closed, "written": hints.written, "deleted": hints.deleted}[word](file, now)
            last[file] = now
            if draw.random() < 0.3:
                _tell(hints, now, told, last)
        while hints.due < math.inf:
            now = max(now, hints.due)
            _tell(hints, now, told, last)
        assert all(told.get(file, -1) >= heard for file, heard in last.items())


def _tell(hints: Hints, now: float, told: dict[str, float], last: dict[str, float]) -> None:
    unclosed = hints.unclosed
    files = hints.take(now)
    told.update(dict.fromkeys(files if files is not None else last.keys() - unclosed, now))


def test_a_file_closed_again_and_again_does_not_wait_for_an_end_of_it() -> None:
    hints = Hints()
    hints.closed("a", 1)
    hints.closed("a", 1 + REOPENED / 2)
    assert hints.due == 1 + REOPENED


def test_a_file_moved_here_again_and_again_does_not_wait_for_an_end_of_it() -> None:
    hints = Hints()
    hints.created("a", 1)
    hints.created("a", 1.1)
    assert hints.due == 1 + UNCLOSED
    hints.written("a", 1.1)
    assert hints.due == 1.1 + UNCLOSED, "written to: it was opened here, and is not whole"
