"""The watch over a real tree with the real watchdog and the real git: what is told, and that it always is told."""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
import resource
import shutil
import statistics
import subprocess
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import pytest

from keymock.problems import Problem
from keymock.serve.watch import Files, Watcher

pytestmark = pytest.mark.live

EVERYTHING = None
A = "workspace/mocks/a.toml"


def just(*files: str) -> frozenset[str]:
    """These files and no others."""
    return frozenset(files)


class Listener:
    """A consumer that writes down what it is told, and when."""

    def __init__(self, root: Path, watcher: Watcher) -> None:
        self.root = root
        self.watcher = watcher
        self.said: list[Problem] = []
        self._told: asyncio.Queue[tuple[float, Files | None]] = asyncio.Queue()

    async def listen(self) -> None:
        async for files in self.watcher.changes():
            self._told.put_nowait((time.perf_counter(), files))

    async def next(self, within: float = 2) -> Files | None:
        return (await self.timed_next(within))[1]

    async def timed_next(self, within: float = 2) -> tuple[float, Files | None]:
        return await asyncio.wait_for(self._told.get(), within)

    async def until(self, holds: Callable[[Files | None], bool], within: float = 2) -> Files | None:
        """The first news that satisfies; the others are skipped."""
        async with asyncio.timeout(within):
            while True:
                _, files = await self._told.get()
                if holds(files):
                    return files

    async def all_news(self, quiet: float = 0.3) -> list[Files | None]:
        """Everything told until `quiet` seconds passed without news."""
        found: list[Files | None] = []
        while True:
            try:
                found.append(await self.next(quiet))
            except TimeoutError:
                return found


@asynccontextmanager
async def listening(
    root: Path, *, poll: bool = False, folders: Callable[[], Mapping[str, Path]] | None = None
) -> AsyncIterator[Listener]:
    said: list[Problem] = []
    names = ("workspace", "projects", "environments", "private/ada")
    standard = folders or (lambda: {name: root / name for name in names})
    listener = Listener(root, Watcher(root, standard, poll=poll, say=said.append))
    listener.said = said
    task = asyncio.create_task(listener.listen())
    assert await listener.next(5) is EVERYTHING, "what changed before the watch ran is looked for first"
    try:
        yield listener
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled(), "the watcher stopped by itself"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "workspace/mocks/users").mkdir(parents=True)
    (tmp_path / A).write_text("one")
    (tmp_path / "workspace/mocks/users/get.toml").write_text("one")
    (tmp_path / "keymock.toml").write_text("")
    return tmp_path


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    left = [thread for thread in set(threading.enumerate()) - before if "asyncio" not in thread.name]
    assert left == []


def play(root: Path, scene: Callable[[Listener], Awaitable[None]], *, poll: bool = False) -> None:
    async def run() -> None:
        async with listening(root, poll=poll) as listener:
            await scene(listener)

    asyncio.run(run())


def git(folder: Path, *words: str) -> None:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.com")
    subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True)


# -- saves


def test_an_edit_is_told_at_once(root: Path) -> None:
    async def scene(heard: Listener) -> None:
        waits = []
        for number in range(30):
            await asyncio.sleep(0.05)
            with (root / A).open("w") as file:
                file.write(f"edit {number}")
                file.flush()
                await asyncio.sleep(0.01)
                began = time.perf_counter()
            told, files = await heard.timed_next()
            assert files == just(A)
            waits.append(told - began)
        assert statistics.median(waits) < 0.02  # 0.0006 on a quiet machine; the gate runs on busy ones

    play(root, scene)


def test_truncated_and_written_without_closing_is_told_once_it_rests(root: Path) -> None:
    async def scene(heard: Listener) -> None:
        with (root / A).open("w") as file:
            for part in "half", "and half":
                file.write(part)
                file.flush()
                began = time.perf_counter()
                await asyncio.sleep(0.08)
            assert heard.watcher.unclosed == {A}
            told, files = await heard.timed_next()
            assert files == just(A)
            assert told - began >= 0.14
            assert heard.watcher.unclosed == frozenset()
        assert await heard.next() == just(A)

    play(root, scene)


def test_a_save_by_renaming_a_new_file_over_the_old(root: Path) -> None:
    async def scene(heard: Listener) -> None:
        (root / "workspace/mocks/.a.toml.1234.tmp").write_text("two")
        (root / "workspace/mocks/.a.toml.1234.tmp").rename(root / A)
        assert A in (await heard.until(lambda files: files is not None and A in files) or ())

    play(root, scene)


def test_a_save_that_keeps_a_backup_shows_the_file_only_whole(root: Path) -> None:
    async def scene(heard: Listener) -> None:
        (root / A).rename(root / (A + "~"))
        await asyncio.sleep(0.01)
        (root / A).write_text("two")
        (root / (A + "~")).unlink()
        news = await heard.all_news()
        assert news[0] == just(A)
        assert set(news[1:]) <= {frozenset({A + "~"})}

    play(root, scene)


def test_files_that_editors_leave_for_a_moment_do_no_harm(root: Path) -> None:
    async def scene(heard: Listener) -> None:
        mocks = root / "workspace/mocks"
        (mocks / "4913").touch()
        (mocks / "4913").unlink()
        (mocks / ".a.toml.swp").write_bytes(b"b0VIM")
        (mocks / ".#a.toml").symlink_to("ada@host.1234:1")
        (mocks / ".#a.toml").unlink()
        (root / A).write_text("two")
        assert await heard.until(lambda files: files is not None and A in files)

    play(root, scene)


# -- files and folders that come and go


def test_added_renamed_deleted(root: Path) -> None:
    async def scene(heard: Listener) -> None:
        new = root / "workspace/mocks/new.toml"
        new.write_text("new")
        assert await heard.next() == just("workspace/mocks/new.toml")
        new.rename(root / "workspace/mocks/newer.toml")
        assert await heard.next() == just("workspace/mocks/new.toml", "workspace/mocks/newer.toml")
        (root / "workspace/mocks/newer.toml").unlink()
        assert await heard.next() == just("workspace/mocks/newer.toml")

    play(root, scene)


def test_renamed_in_from_outside_and_out_again(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    async def scene(heard: Listener) -> None:
        outside = tmp_path_factory.mktemp("outside") / "b.toml"
        outside.write_text("b")
        outside.rename(root / "workspace/mocks/b.toml")
        assert await heard.next() == just("workspace/mocks/b.toml")
        (root / "workspace/mocks/b.toml").rename(outside)
        assert await heard.next() == just("workspace/mocks/b.toml")

    play(root, scene)


def test_a_folder_moved_and_edits_under_its_new_name(root: Path) -> None:
    async def scene(heard: Listener) -> None:
        (root / "workspace/mocks/users").rename(root / "workspace/mocks/people")
        assert EVERYTHING in await heard.all_news()
        (root / "workspace/mocks/people/get.toml").write_text("two")
        assert await heard.next() == just("workspace/mocks/people/get.toml")

    play(root, scene)


def test_a_deep_folder_with_its_file_made_at_once(root: Path) -> None:
    async def scene(heard: Listener) -> None:
        (root / "workspace/mocks/x/y/z").mkdir(parents=True)
        (root / "workspace/mocks/x/y/z/m.toml").write_text("m")
        assert EVERYTHING in await heard.all_news()
        (root / "workspace/mocks/x/y/z/m.toml").write_text("n")
        assert await heard.next() == just("workspace/mocks/x/y/z/m.toml")

    play(root, scene)


def test_files_in_the_root_are_heard_and_what_lies_beside_the_folders_is_not(root: Path) -> None:
    (root / "node_modules/deep").mkdir(parents=True)
    (root / ".keymock").mkdir()

    async def scene(heard: Listener) -> None:
        (root / "node_modules/deep/index.js").write_text("x")
        (root / ".keymock/log").write_text("x")
        (root / "dist").mkdir()
        assert await heard.all_news() == []
        (root / "keymock.toml").write_text("x = 1")
        assert await heard.next() == just("keymock.toml")

    play(root, scene)


def test_a_folder_that_appears_later_is_watched(root: Path) -> None:
    async def scene(heard: Listener) -> None:
        (root / "projects/shop/mocks").mkdir(parents=True)
        assert await heard.next() is EVERYTHING
        (root / "projects/shop/mocks/m.toml").write_text("m")
        await heard.until(lambda files: files is EVERYTHING or files == just("projects/shop/mocks/m.toml"))
        await heard.all_news()
        (root / "projects/shop/mocks/m.toml").write_text("n")
        assert await heard.next() == just("projects/shop/mocks/m.toml")

    play(root, scene)


def test_folders_outside_the_root_have_the_name_they_are_given(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    mine = tmp_path_factory.mktemp("mine")

    async def scene() -> None:
        async with listening(root, folders=lambda: {"private/ada": mine}) as heard:
            (mine / "m.toml").write_text("m")
            assert await heard.next() == just("private/ada/m.toml")
            (root / A).write_text("not watched here")
            assert await heard.all_news() == []

    asyncio.run(scene())


def test_links_to_folders_are_not_followed(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (root / "workspace/mocks/linked").symlink_to(elsewhere)
    (root / "projects").symlink_to(elsewhere)

    async def scene(heard: Listener) -> None:
        (elsewhere / "m.toml").write_text("m")
        assert await heard.all_news() == []

    play(root, scene)


def test_names_no_person_would_choose(root: Path) -> None:
    async def scene(heard: Listener) -> None:
        odd = "workspace/mocks/tab\tbell\a\n.toml"
        (root / odd).write_text("odd")
        assert await heard.next() == just(odd)
        Path(os.fsdecode(os.fsencode(root) + b"/workspace/mocks/\xff\xfe.toml")).write_text("no UTF-8")
        assert await heard.next() is EVERYTHING
        (root / A).write_text("and on it goes")
        assert await heard.until(lambda files: files == just(A))

    play(root, scene)


# -- many at once


def test_a_burst_is_one_look_at_everything(root: Path) -> None:
    async def scene(heard: Listener) -> None:
        for number in range(300):
            (root / f"workspace/mocks/m{number}.toml").write_text("m")
        news = await heard.all_news()
        assert EVERYTHING in news
        assert len(news) < 60  # two or three, where nobody else wants the processor

    play(root, scene)


@pytest.fixture
def branches(root: Path) -> Path:
    """A repository whose branches `one` and `two` differ in 500 mocks and three files of the folder `three`."""
    git(root, "init", "-q", "-b", "one")
    (root / "workspace/mocks/three").mkdir()
    for branch in "one", "two":
        if branch == "two":
            git(root, "checkout", "-q", "-b", "two")
        for number in range(500):
            (root / f"workspace/mocks/m{number}.toml").write_text(f"{branch} {number}")
        git(root, "add", "-A")
        git(root, "commit", "-q", "-m", branch)
    git(root, "checkout", "-q", "-b", "three")
    for number in range(3):
        (root / f"workspace/mocks/m{number}.toml").write_text("three")
    git(root, "commit", "-q", "-a", "-m", "three")
    return root


def test_a_checkout_of_many_files_is_told_once_after_git_let_go(branches: Path) -> None:
    async def scene(heard: Listener) -> None:
        for branch in "one", "two":
            await asyncio.sleep(0.2)
            checkout = await asyncio.create_subprocess_exec("git", "checkout", "-q", branch, cwd=branches)
            assert await heard.next(10) is EVERYTHING
            assert not (branches / ".git/index.lock").exists()
            assert (branches / "workspace/mocks/m499.toml").read_text() == f"{branch} 499"
            assert await checkout.wait() == 0
            assert await heard.all_news(0.6) == []

    play(branches, scene)


def test_a_checkout_of_three_files_is_told_once_too(branches: Path) -> None:
    async def scene(heard: Listener) -> None:
        for branch in "two", "three", "two":
            await asyncio.sleep(0.2)
            checkout = await asyncio.create_subprocess_exec("git", "checkout", "-q", branch, cwd=branches)
            assert await heard.next(10) is EVERYTHING
            assert await checkout.wait() == 0
            assert await heard.all_news() == []

    play(branches, scene)


def test_an_edit_right_after_a_checkout_is_not_lost_among_its_stragglers(branches: Path) -> None:
    async def scene(heard: Listener) -> None:
        checkout = await asyncio.create_subprocess_exec("git", "checkout", "-q", "one", cwd=branches)
        assert await heard.next(10) is EVERYTHING
        (branches / A).write_text("edited")
        assert await heard.next(0.5) in (EVERYTHING, just(A))
        await asyncio.sleep(0.2)
        (branches / A).unlink()
        assert await heard.until(lambda files: files == just(A))
        assert await checkout.wait() == 0

    play(branches, scene)


def test_a_lock_left_behind_delays_nobody(branches: Path) -> None:
    lock = branches / ".git/index.lock"
    lock.touch()
    os.utime(lock, (time.time() - 60,) * 2)
    time.sleep(0.15)

    async def scene(heard: Listener) -> None:
        (branches / A).write_text("two")
        assert await heard.next(1) == just(A)

    play(branches, scene)


# -- what can go wrong with a watch


async def assert_still_hears(heard: Listener) -> None:
    (heard.root / A).write_text(f"{time.time()}")
    await heard.until(lambda files: files == just(A))


def threads_of(module: str) -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if type(thread).__module__ == f"watchdog.observers.{module}"]


@pytest.mark.parametrize("name", ["InotifyObserver", "InotifyEmitter", "InotifyFD"])
def test_a_thread_of_the_watch_that_ends_is_replaced(root: Path, name: str) -> None:
    async def scene(heard: Listener) -> None:
        threads = [thread for thread in threading.enumerate() if type(thread).__name__ == name]
        assert threads, "watchdog names its threads otherwise now"
        threads[0].stop()  # type: ignore[attr-defined]
        assert await heard.next() is EVERYTHING
        await assert_still_hears(heard)

    play(root, scene)


def test_an_exception_while_an_event_is_handled_ends_nothing(root: Path) -> None:
    async def scene(heard: Listener) -> None:
        observer = next(thread for thread in threading.enumerate() if type(thread).__name__ == "InotifyObserver")
        watch = next(iter(observer.emitters)).watch  # type: ignore[attr-defined]
        observer.event_queue.put(("no event", watch))  # type: ignore[attr-defined]
        assert await heard.next() is EVERYTHING
        await assert_still_hears(heard)

    play(root, scene)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_exception_that_kills_the_dispatching_thread(root: Path) -> None:
    async def scene(heard: Listener) -> None:
        observer = next(thread for thread in threading.enumerate() if type(thread).__name__ == "InotifyObserver")
        observer.event_queue.put("no pair")  # type: ignore[attr-defined]
        assert await heard.next() is EVERYTHING
        await assert_still_hears(heard)

    play(root, scene)


@pytest.mark.parametrize("which", ["workspace", ""])
def test_deleted_and_made_anew(root: Path, which: str) -> None:
    async def scene(heard: Listener) -> None:
        shutil.rmtree(root / which)
        (root / "workspace/mocks").mkdir(parents=True)
        (root / A).write_text("two")
        assert await heard.next() is EVERYTHING
        await heard.all_news()
        await assert_still_hears(heard)

    play(root, scene)


def test_a_root_that_is_away_for_a_while(root: Path) -> None:
    async def scene(heard: Listener) -> None:
        root.rename(root.with_name("away"))
        await heard.until(lambda files: files is EVERYTHING)
        root.with_name("away").rename(root)
        await heard.until(lambda files: files is EVERYTHING)
        await heard.all_news()
        await assert_still_hears(heard)

    play(root, scene)


def test_events_the_kernel_dropped_are_looked_for(root: Path) -> None:
    async def scene(heard: Listener) -> None:
        from watchdog.observers import inotify_c

        assert inotify_c.logger.name.startswith("watchdog.")
        inotify_c.logger.warning("Inotify queue overflowed; filesystem events were lost")
        assert await heard.next(0.5) is EVERYTHING

    play(root, scene)


def test_watchdog_has_a_log_handler_only_while_watching(root: Path) -> None:
    async def scene(heard: Listener) -> None:
        assert logging.getLogger("watchdog").handlers

    play(root, scene)
    assert logging.getLogger("watchdog").handlers == []


@contextmanager
def no_descriptor_left() -> Iterator[None]:
    """What a user sees who has no inotify instances left (EMFILE), without taking them from everybody else here."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (len(os.listdir("/proc/self/fd")) + 8, hard))  # noqa: PTH208
    taken = []
    try:
        with suppress(OSError):
            while True:
                taken.append(os.dup(0))
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for descriptor in taken:
            os.close(descriptor)


def test_without_watches_it_looks_for_itself_and_says_so_once(root: Path) -> None:
    importlib.import_module("keymock.serve.observe")  # needs descriptors, too

    async def scene() -> None:
        with no_descriptor_left():
            async with listening(root) as heard:
                assert heard.watcher.polling
                for _ in range(2):
                    assert await heard.next() is EVERYTHING
                assert [problem.code for problem in heard.said] == ["watch-limit"]

    asyncio.run(scene())


def test_polling_looks_at_everything_again_and_again_and_starts_no_thread(root: Path) -> None:
    async def scene(heard: Listener) -> None:
        assert heard.watcher.polling
        assert threads_of("inotify") == []
        for _ in range(3):
            assert await heard.next(1) is EVERYTHING
        assert heard.said == []

    play(root, scene, poll=True)


def test_one_long_rescan_does_not_slow_polling_down(root: Path) -> None:
    async def scene() -> None:
        changes = Watcher(root, dict, poll=True).changes()
        waits = []
        for number in range(5):
            began = time.monotonic()
            async with asyncio.timeout(2):
                assert await anext(changes) is EVERYTHING
            waits.append(time.monotonic() - began)
            if number == 2:
                await asyncio.sleep(0.4)  # a checkout, say: twenty times that would be eight seconds
        assert max(waits) < 1
        await changes.aclose()  # type: ignore[attr-defined]

    asyncio.run(scene())


def test_polling_waits_for_git_as_well(branches: Path) -> None:
    async def scene(heard: Listener) -> None:
        lock = branches / ".git/index.lock"
        await heard.next()
        lock.touch()
        await asyncio.sleep(1)
        assert await heard.all_news(0.1) in ([], [EVERYTHING])  # one may have been on its way
        lock.unlink()
        assert await heard.next(0.2) is EVERYTHING

    play(branches, scene, poll=True)


def test_while_the_listener_works_changes_gather(root: Path) -> None:
    async def scene() -> None:
        watcher = Watcher(root, lambda: {"workspace": root / "workspace"})
        told: list[Files | None] = []
        async with asyncio.timeout(5):
            changes = watcher.changes()
            async for files in changes:
                told.append(files)
                if len(told) == 3:
                    break
                for name in ("a", "b", "c")[: 3 if len(told) == 1 else 0]:
                    (root / f"workspace/mocks/{name}.toml").write_text("x")
                if len(told) == 2:
                    (root / A).unlink()
                await asyncio.sleep(0.1)
            await changes.aclose()  # type: ignore[attr-defined]
        assert told == [EVERYTHING, {f"workspace/mocks/{name}.toml" for name in "abc"}, {A}]

    asyncio.run(scene())
