"""The process that stays: it holds the ports, the lock and the token, and keeps one worker alive.

It imports neither asyncio nor granian, so that the worker can be a plain fork of it (a second interpreter would cost
100 ms and its memory), and so that nothing a request does can reach it.
"""

from __future__ import annotations

import contextlib
import gc
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from keymock.learned import learned
from keymock.problems import Problem, Stop, error, warning
from keymock.serve import runfiles
from keymock.serve.line import Line, Refused, Serving, pair
from keymock.serve.runfiles import Address, Ready
from keymock.serve.sockets import Face, Listener, listen

STOP_SECONDS = 5.0
"""From the first signal to the end of the process, whatever clients do."""

_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_MOST_FAILURES = 5
_SHORT_LIFE = 1.0
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 1.0
_SAME_MOMENT = 0.05
"""Seconds within which a signal that reached one of two processes has reached the other one."""

Listening = Mapping[str, Listener]
Work = Callable[[Line, Listening, str, int], int]
"""What a worker does: told its line, the listeners, the token and its first generation; returns its exit code.
Called in the child, where it may import everything that the supervisor must not."""


class Order(msgspec.Struct, frozen=True):
    """What `keymock up` was told about its processes. `folder` is `runfiles.runtime_folder(…)`.

    `alone`: hold the lock of the working tree (not for `--at` and `keymock run`). Faces: `mock`, `control`, and
    `projects/<name>` for those with a port. `projects`: their addresses on the mock port.
    """

    workspace: Path
    folder: Path
    faces: tuple[Face, ...]
    actor: str
    alone: bool = True
    ready_file: Path | None = None
    revision: str = ""


class Death(msgspec.Struct, frozen=True):
    """How a worker ended: `status` as waitpid has it, `lived` in seconds, `served` if it had come to serve."""

    status: int
    lived: float
    served: bool

    @property
    def cause(self) -> str:
        """`SIGKILL`, or `exit code 3`."""
        if os.WIFSIGNALED(self.status):
            return signal.Signals(os.WTERMSIG(self.status)).name
        return f"exit code {os.waitstatus_to_exitcode(self.status)}"

    @property
    def asked_for(self) -> bool:
        """Whether it was told to end. A signal to both processes may reach the worker first."""
        return os.WIFSIGNALED(self.status) and os.WTERMSIG(self.status) == signal.SIGTERM

    @property
    def own_fault(self) -> bool:
        """Whether it failed by itself and soon. Being killed from outside while serving is nobody's crash loop."""
        killed = os.WIFSIGNALED(self.status) and os.WTERMSIG(self.status) in (signal.SIGKILL, signal.SIGTERM)
        return not self.served or (self.lived < _SHORT_LIFE and not killed)


def pause(deaths: Sequence[Death]) -> float | None:
    """Seconds until the next worker, or None to give up.

    The first two short lives in a row cost nothing, then the pause grows to a second at most, so that a server is
    back within two. Given up: five failures in a row, or an exit of its own before any worker ever served, which
    would only come again.
    """
    if not any(death.served for death in deaths) and os.WIFEXITED(deaths[-1].status):
        return None
    if len(deaths) >= _MOST_FAILURES and all(death.own_fault for death in deaths[-_MOST_FAILURES:]):
        return None
    short = 0
    for death in reversed(deaths):
        if death.served and death.lived >= _SHORT_LIFE:
            break
        short += 1
    return 0.0 if short <= 2 else min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (short - 3))


def up(
    order: Order,
    work: Work,
    *,
    running: Sequence[Ready] = (),
    on_ready: Callable[[Ready, Mapping[str, object]], None],
    tell: Callable[[Problem], None],
) -> int:
    """Serve until a signal; returns the exit code.

    `running`: the servers of `runfiles.live`, to name who holds a port. `on_ready` is called each time a worker has
    come to serve, with the ready object and the worker's facts; `tell` when one has died.
    Raises Stop: a port in use, a second `up` on the same tree, a worker that cannot start (2) or keeps dying (3).
    """
    _fill_standard_streams()
    pid = os.getpid()
    token = os.urandom(32).hex()  # what `secrets` does, without the 10 ms that importing it costs
    with _Signals() as signals, contextlib.ExitStack() as at_exit:  # what lies around is tidied up, whatever comes
        note = at_exit.enter_context(runfiles.lock(order.folder, pid)) if order.alone else None
        files = runfiles.ReadyFiles(order.folder, pid, order.ready_file)
        at_exit.callback(files.remove)
        listening = listen(order.faces, {ready.pid: ready.described for ready in running})
        at_exit.callback(_close, listening)
        if note:
            note(listening["mock"].url)

        def serving(news: Serving) -> None:
            ready = _ready(order, listening, token, pid, news)
            try:
                files.write(ready)
            except OSError as failure:  # a full disk stops no server
                say(warning("keymock up", "ready-file", f"cannot write the ready file: {failure.strerror}"))
            with contextlib.suppress(OSError):
                on_ready(ready, news.facts)

        def say(problem: Problem) -> None:
            with contextlib.suppress(OSError):  # a terminal that is gone, a pipe that nobody reads
                tell(problem)

        def begin(line: Line, generation: int) -> int:
            return work(line, listening, token, generation)

        return _supervise(begin, listening, serving, say, signals)


def _ready(order: Order, listening: Listening, token: str, pid: int, news: Serving) -> Ready:
    own_ports = {
        name.removeprefix("projects/"): Address(listener.url)
        for name, listener in listening.items()
        if name.startswith("projects/")
    }
    shared = msgspec.convert(news.facts.get("projects", {}), learned(dict[str, Address]))
    return Ready(
        url=listening["mock"].url,
        projects=shared | own_ports,
        control=listening["control"].url if "control" in listening else "",
        token=token,
        pid=pid,
        actor=order.actor,
        generation=news.generation,
        workspace=str(order.workspace),
        revision=order.revision,
    )


def _supervise(
    work: Callable[[Line, int], int],
    listening: Listening,
    serving: Callable[[Serving], None],
    tell: Callable[[Problem], None],
    signals: _Signals,
) -> int:
    """Keep one worker alive until a signal, then let it finish, for 5 s at most; a second signal ends it at once."""
    deaths: list[Death] = []
    generation = 0
    signals.wait(0)
    while not signals.stop_wanted():
        worker = _start(work, generation + 1, signals)
        death = _follow(worker, signals, listening, serving)
        if death.asked_for:
            signals.wait(_SAME_MOMENT)
        generation = max(generation, worker.generation)
        if signals.stop_wanted():
            break
        if worker.refused:
            raise Stop(*worker.refused.problems, exit_code=worker.refused.exit_code)
        deaths.append(death)
        seconds = pause(deaths)
        if seconds is None:
            raise Stop(_gave_up(deaths), exit_code=3)
        tell(_died(worker, death))
        signals.wait(seconds)
    return 0


class _Worker:
    """The worker as its supervisor sees it."""

    def __init__(self, pid: int, line: Line) -> None:
        self.pid = pid
        self.line = line
        self.started = time.monotonic()
        self.served_since = 0.0
        self.generation = 0
        self.refused: Refused | None = None

    def death(self) -> Death:
        """Collect the dead process."""
        _, status = os.waitpid(self.pid, 0)
        self.line.close()
        since = self.served_since or self.started
        return Death(status, time.monotonic() - since, served=bool(self.served_since))


def _start(work: Callable[[Line, int], int], generation: int, signals: _Signals) -> _Worker:
    ours, theirs = pair()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):  # closed, or not there at all
            stream.flush()  # what the child inherits unwritten would be written twice
    gc.freeze()  # objects that the collector does not touch stay shared between the two processes
    # A signal must not run the supervisor's handlers in the child.
    signal.pthread_sigmask(signal.SIG_BLOCK, _STOP_SIGNALS)
    pid = os.fork()
    if pid == 0:
        ours.close()
        signals.forget()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOP_SIGNALS)
        _live(work, theirs, generation)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOP_SIGNALS)
    theirs.close()
    return _Worker(pid, ours)


def _live(work: Callable[[Line, int], int], line: Line, generation: int) -> None:
    """The whole life of the child: whatever happens, it never returns into the supervisor's stack."""
    code = 3
    try:
        code = work(line, generation)
    except Stop as stop:
        line.report(Refused(stop.problems, stop.exit_code))
        code = stop.exit_code
    except BaseException:  # noqa: BLE001 - the last frame of this process: say what happened, and end
        import traceback  # noqa: PLC0415 - 5 ms that only a bug has to pay

        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError, AttributeError):
                stream.flush()
        os._exit(code)


def _follow(worker: _Worker, signals: _Signals, listening: Listening, serving: Callable[[Serving], None]) -> Death:
    """Listen to the worker until it is gone, and pass on the wish to stop."""
    deadline: float | None = None
    while True:
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        has_news = signals.wait(left, worker.line)
        if signals.seen and deadline is None:
            deadline = time.monotonic() + STOP_SECONDS - 0.25  # the rest is for our own end
            _close(listening)  # else new connections would queue with nobody to answer
            os.kill(worker.pid, signal.SIGTERM)
        if signals.seen > 1 or (deadline is not None and time.monotonic() >= deadline):
            os.kill(worker.pid, signal.SIGKILL)
            return worker.death()
        if not has_news:
            continue
        news = worker.line.read()
        if news is None:
            return worker.death()
        for item in news:
            if isinstance(item, Refused):
                worker.refused = item
                continue
            worker.generation = item.generation
            if isinstance(item, Serving):
                worker.served_since = time.monotonic()
                serving(item)


def _died(worker: _Worker, death: Death) -> Problem:
    message = f"the worker (pid {worker.pid}) died of {death.cause} and is started again"
    hint = "scenario states, sessions and the journal are lost; mocks and the address are not" if death.served else ""
    return warning("keymock up", "worker-died", message, hint=hint)


def _gave_up(deaths: Sequence[Death]) -> Problem:
    causes = ", ".join(death.cause for death in deaths[-_MOST_FAILURES:])
    message = f"the worker does not stay alive (ended by {causes}); giving up"
    return error("keymock up", "worker-keeps-dying", message, hint="this is a bug in keymock: report what stands above")


class _Signals:
    """SIGINT, SIGTERM and SIGHUP, counted: noticed by a wait, never inside other code."""

    def __init__(self) -> None:
        self.seen = 0
        self._former: dict[signal.Signals, object] = {}

    def __enter__(self) -> _Signals:
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        self._former_descriptor = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        for number in _STOP_SIGNALS:
            if number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN:
                continue  # started by nohup, to outlive its terminal
            self._former[number] = signal.signal(number, _noticed)
        return self

    def __exit__(self, *_: object) -> None:
        for number, former in self._former.items():
            signal.signal(number, former)  # type: ignore[arg-type]
        signal.set_wakeup_fd(self._former_descriptor)
        self._reader.close()
        self._writer.close()

    def forget(self) -> None:
        """In the child: SIGTERM is its own again. Ctrl-C and a lost terminal reach it too, but are not its to judge."""
        signal.set_wakeup_fd(-1)
        for number in _STOP_SIGNALS:
            signal.signal(number, signal.SIG_DFL if number == signal.SIGTERM else signal.SIG_IGN)
        self._reader.close()
        self._writer.close()

    def stop_wanted(self) -> bool:
        """Whether one has come."""
        return self.seen > 0

    def wait(self, seconds: float | None, line: Line | None = None) -> bool:
        """Until a signal, news on the line, or the end of the seconds. True if the line can be read."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._reader, selectors.EVENT_READ)
            if line is not None:
                selector.register(line, selectors.EVENT_READ)
            ready = {key.fileobj for key, _ in selector.select(seconds)}
        if self._reader in ready:
            self.seen += sum(number in _STOP_SIGNALS for number in self._reader.recv(64))
        return line in ready


def _noticed(number: int, frame: object) -> None:
    """Python writes the signal's number to the wakeup descriptor; a handler must be there for it to do so."""


def _close(listening: Listening) -> None:
    for listener in listening.values():
        listener.close()


def _fill_standard_streams() -> None:
    """Started with standard output closed (`>&-`), the next socket would become descriptor 1, and be printed to."""
    handle = os.open(os.devnull, os.O_RDWR)
    while handle <= 2:
        handle = os.dup(handle)
    os.close(handle)
    if sys.stdout is None:
        sys.stdout = os.fdopen(1, "w", closefd=False)
    if sys.stderr is None:
        sys.stderr = os.fdopen(2, "w", closefd=False)
