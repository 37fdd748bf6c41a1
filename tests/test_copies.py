"""A copy of this process does its part, tells it, and is gone."""

from __future__ import annotations

import os
import select
import signal
import sys

import pytest

from keymock import copies


def say(text: bytes, code: int, writing: int) -> int:
    os.write(writing, text)
    return code


def test_a_copy_is_heard_to_its_end_and_collected() -> None:
    copy = copies.begin(lambda writing: say(b"done", 7, writing))
    assert copy.heard() == (b"done", 7)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_much_is_told_while_it_is_heard() -> None:
    def tell(writing: int) -> int:
        with os.fdopen(writing, "wb") as stream:
            stream.write(b"x" * 1_000_000)
        return 0

    data, code = copies.begin(tell).heard()
    assert (len(data), code) == (1_000_000, 0)


def test_a_copy_that_fails_never_returns_into_this_stack(capfd: pytest.CaptureFixture[str]) -> None:
    here = os.getpid()

    def fail(writing: int) -> int:
        raise RuntimeError(str(writing))

    assert copies.begin(fail).heard() == (b"", 1)
    assert os.getpid() == here
    assert capfd.readouterr().out == ""


def test_a_copy_that_is_killed_says_by_what() -> None:
    def wait(writing: int) -> int:
        signal.pause()
        return writing

    copy = copies.begin(wait)
    os.kill(copy.pid, signal.SIGKILL)
    assert copy.heard() == (b"", -signal.SIGKILL)


def test_there_are_two_processors_where_the_system_says_so() -> None:
    assert copies.has_two_processors() is (len(os.sched_getaffinity(0)) > 1)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it ends when it has something to tell")
def test_a_copy_ends_with_the_process_that_it_is_a_copy_of() -> None:
    alive, held = os.pipe()

    def waits(writing: int) -> int:
        signal.pause()
        return writing

    def one_that_is_killed(writing: int) -> int:
        other = copies.begin(waits)
        os.write(writing, b"%d" % other.pid)
        os.kill(os.getpid(), signal.SIGKILL)
        return 0

    told, code = copies.begin(one_that_is_killed).heard()
    os.close(held)  # whoever is left of the two holds it, too
    assert (int(told) > 0, code) == (True, -signal.SIGKILL)
    assert select.select([alive], [], [], 20)[0] == [alive]
    os.close(alive)
