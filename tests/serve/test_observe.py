"""watchdog's events in our own words."""

from __future__ import annotations

import logging
import queue
import threading
import time
from pathlib import Path

import pytest

from keymock.serve.observe import Observation

pytestmark = pytest.mark.live

Words = queue.Queue[tuple[str, str, str]]


def heard(words: Words, kind: str) -> tuple[str, str, str]:
    """The next words of that kind."""
    while True:
        said = words.get(timeout=2)
        if said[0] == kind:
            return said


@pytest.fixture
def words() -> Words:
    return queue.Queue()


def test_files_are_named_as_the_workspace_names_them(tmp_path: Path, words: Words) -> None:
    (tmp_path / "elsewhere/deep").mkdir(parents=True)
    folders = {"private/ada": tmp_path / "elsewhere"}
    observation = Observation(tmp_path, folders, lambda *said: words.put(said))
    try:
        (tmp_path / "elsewhere/deep/a.toml").write_text("a")
        assert heard(words, "written") == ("written", "private/ada/deep/a.toml", "")
        assert heard(words, "closed") == ("closed", "private/ada/deep/a.toml", "")
        (tmp_path / "elsewhere/deep/a.toml").rename(tmp_path / "elsewhere/b.toml")
        assert heard(words, "moved") == ("moved", "private/ada/deep/a.toml", "private/ada/b.toml")
        (tmp_path / "elsewhere/b.toml").unlink()
        assert heard(words, "deleted") == ("deleted", "private/ada/b.toml", "")
        (tmp_path / "elsewhere/deep").rename(tmp_path / "elsewhere/deeper")
        assert heard(words, "folder") == ("folder", "private/ada/deep", "private/ada/deeper")
        (tmp_path / "keymock.toml").write_text("")
        assert heard(words, "closed") == ("closed", "keymock.toml", "")
        (tmp_path / "other").mkdir()
        assert heard(words, "folder") == ("folder", "other", "")
        assert observation.alive()
    finally:
        observation.stop()
    assert not observation.alive()


def test_a_watched_folder_that_is_deleted_ends_the_watch(tmp_path: Path, words: Words) -> None:
    (tmp_path / "mocks").mkdir()
    observation = Observation(tmp_path, {"mocks": tmp_path / "mocks"}, lambda *said: words.put(said))
    try:
        (tmp_path / "mocks").rmdir()
        assert {heard(words, "folder")[1] for _ in "ab"} == {"mocks", "mocks/"}, "seen from the root, and by itself"
        while observation.alive():
            time.sleep(0.002)
    finally:
        observation.stop()


def test_a_listener_that_fails_shows_in_alive(tmp_path: Path) -> None:
    called = threading.Event()

    def fail(*_: str) -> None:
        called.set()
        raise ZeroDivisionError

    observation = Observation(tmp_path, {}, fail)
    try:
        (tmp_path / "a").touch()
        assert called.wait(2)
        while observation.alive():
            time.sleep(0.002)
    finally:
        observation.stop()


def test_a_folder_that_is_not_there_is_an_error_and_leaves_nothing_behind(tmp_path: Path, words: Words) -> None:
    before = threading.active_count()
    with pytest.raises(FileNotFoundError):
        Observation(tmp_path, {"mocks": tmp_path / "mocks"}, lambda *said: words.put(said))
    assert threading.active_count() == before
    assert logging.getLogger("watchdog").handlers == []


def test_events_that_were_dropped_are_told_as_lost(tmp_path: Path, words: Words) -> None:
    observation = Observation(tmp_path, {}, lambda *said: words.put(said))
    try:
        logging.getLogger("watchdog.observers.inotify_c").warning("Inotify queue overflowed; …")
        assert heard(words, "lost") == ("lost", "", "")
    finally:
        observation.stop()
