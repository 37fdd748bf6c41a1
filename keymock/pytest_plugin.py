"""The pytest plug-in: fixture `keymock`, one server for the run, a session for each test; with pytest-xdist too.

A request that no mock answers fails the test that sent it, and the report says what came near. Nothing of keymock is
imported here before a test asks for the fixture, so that whoever does not use it pays nothing.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Generator, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from keymock.testing import Mocks

_FOLDER = pytest.StashKey[str]()
_MOCKS = pytest.StashKey["Mocks"]()
_SLUG = 40
_ASKED = "asked"
"""A file that says that a test has asked for the server."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("keymock", "mock APIs that live in git")
    group.addoption("--keymock-workspace", metavar="PATH", help="the workspace, instead of the one around the rootdir")
    group.addoption("--keymock-as", metavar="USER", help="serve as this person")
    group.addoption("--keymock-strict", action="store_true", help="fail a run whose tests leave a mock unused; refuse "
                    "to serve while anything is broken or withheld")  # fmt: skip
    group.addoption("--keymock-coverage", metavar="FILE", help="write which mocks were used, as JSON")
    parser.addini("keymock_workspace", "the workspace, beneath the rootdir")
    parser.addini("keymock_unmatched", "what a request without a mock does to its test: fail or allow", default="fail")
    parser.addini("keymock_flags", "more options of `keymock up`, one a line", type="linelist", default=[])


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "keymock(allow_unmatched=False, seed=…, preset=…, faults=…, freeze_time=…): what is different for this test",
    )


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tells each worker of pytest-xdist where the one server of the run says that it is."""
    node.workerinput["keymock_folder"] = _folder(node.config)
    node.workerinput["keymock_guardian"] = os.getpid()


def _folder(config: pytest.Config) -> str:
    """The folder of the run: made by whoever controls it, known to every worker."""
    worker: dict[str, Any] | None = getattr(config, "workerinput", None)
    if worker is not None:
        return str(worker["keymock_folder"])
    if _FOLDER not in config.stash:
        import tempfile  # noqa: PLC0415  (whoever does not use it pays nothing)

        config.stash[_FOLDER] = tempfile.mkdtemp(prefix="keymock-")
    return config.stash[_FOLDER]


@pytest.fixture(scope="session")
def keymock_server(pytestconfig: pytest.Config) -> Mocks:
    """The server of the run, as the session without a name has it."""
    from keymock.serve import beside  # noqa: PLC0415  (as above)

    folder = Path(_folder(pytestconfig))
    if not beside.there(folder):  # nobody has foreseen it; or it has come to grief, which shall be told
        _begin(pytestconfig)
    from keymock.serve.launch import awaited  # noqa: PLC0415  (while it starts)
    from keymock.testing import mocks_of  # noqa: PLC0415

    (folder / _ASKED).touch()
    return mocks_of(awaited(folder, _workspace(pytestconfig)))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Begins the server of the run as soon as it is known that a test will ask for it: pytest goes on meanwhile."""
    option = session.config.option
    stops = session.testsfailed and not option.continue_on_collection_errors
    if not (stops or option.collectonly or option.setupplan) and any(map(_asks, session.items)):
        with contextlib.suppress(OSError):  # the fixture will meet it again, and say so
            _begin(session.config)


def _asks(item: pytest.Item) -> bool:
    return "keymock_server" in getattr(item, "fixturenames", ()) and item.get_closest_marker("skip") is None


def _begin(config: pytest.Config) -> None:
    """Begins the server of the run, unless it is there."""
    from keymock.serve import beside  # noqa: PLC0415  (as above)

    worker: dict[str, Any] = getattr(config, "workerinput", {})
    guardian = int(worker.get("keymock_guardian", os.getpid()))
    folder, flags = Path(_folder(config)), _flags(config)
    process = beside.begin(_workspace(config), flags, folder=folder, guardian=guardian, environ=os.environ)
    if process is not None:
        process.returncode = 0  # whoever controls the run ends it, and no destructor shall complain


def _workspace(config: pytest.Config) -> str:
    given = config.getoption("keymock_workspace")
    if given:
        return str(given)
    named = config.getini("keymock_workspace")
    return str(config.rootpath / named) if named else os.environ.get("KEYMOCK_WORKSPACE", str(config.rootpath))


def _flags(config: pytest.Config) -> list[str]:
    from keymock.serve.beside import flags_of  # noqa: PLC0415  (as above)

    strict = config.getoption("keymock_strict")
    more: list[str] = [flag.strip() for flag in config.getini("keymock_flags")]
    return [*flags_of({"journal_bodies": True, "as": config.getoption("keymock_as"), "strict": strict}), *more]


@pytest.fixture
def keymock(request: pytest.FixtureRequest, keymock_server: Mocks) -> Iterator[Mocks]:
    """The mocks for this test: its own state, overrides, journal, seed. `keymock.url` is where they are.

    The session ends with the test function.
    """
    from keymock.testing import Mocks  # noqa: PLC0415  (as above)

    mocks = Mocks(keymock_server.ready, keymock_server.client, session_of(request.node.nodeid))
    marked = _marked(request.node)
    wish = {name: marked[name] for name in ("seed", "preset", "faults", "freeze_time") if name in marked}
    if wish:
        mocks.settings(**wish)
    request.node.stash[_MOCKS] = mocks
    yield mocks
    if request.node.stash.get(_MOCKS, None) is not None:  # the test did not come to be called
        mocks.end()


def session_of(nodeid: str) -> str:
    """The name of a test's session: readable, no longer than 64 characters, its own, and the same in every run."""
    readable = re.sub(r"[^A-Za-z0-9_]+", "-", nodeid.rpartition("::")[2] or nodeid)[:_SLUG].strip("-")
    return f"{readable}-{blake2b(nodeid.encode(), digest_size=6).hexdigest()}"


def _marked(node: pytest.Item) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for mark in reversed(list(node.iter_markers("keymock"))):
        found |= mark.kwargs
    return found


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Fails a test that asked for what no mock has; to one that failed by itself, says so in its report."""
    try:
        result = yield
    except BaseException:
        told = _missed(item)
        if told:
            item.add_report_section("call", "keymock", told)
        raise
    told = _missed(item)
    if told and not _allowed(item):
        pytest.fail(told, pytrace=False)
    return result


def _missed(item: pytest.Item) -> str:
    """Ends the test's session. What its requests without a mock were; empty if there were none, or no fixture."""
    mocks = item.stash.get(_MOCKS, None)
    if mocks is None:
        return ""
    del item.stash[_MOCKS]
    unmatched = mocks.end()["unmatched"]  # one call for everything: each test pays for it
    if not unmatched:
        return ""
    from keymock import telling  # noqa: PLC0415  (as above)

    return telling.missed(unmatched)


def _allowed(item: pytest.Item) -> bool:
    allowed: bool = _marked(item).get("allow_unmatched", item.config.getini("keymock_unmatched") == "allow")
    return allowed


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Asks what was used, while the server is there; with `--keymock-strict`, a mock that was not fails the run."""
    config = session.config
    file, strict = config.getoption("keymock_coverage"), config.getoption("keymock_strict")
    if hasattr(config, "workerinput") or _FOLDER not in config.stash or not (file or strict):
        return
    folder = Path(config.stash[_FOLDER])
    if not (folder / _ASKED).exists():
        return
    import msgspec  # noqa: PLC0415  (as above)

    from keymock import telling  # noqa: PLC0415
    from keymock.coverage import Coverage  # noqa: PLC0415
    from keymock.serve.launch import awaited  # noqa: PLC0415
    from keymock.testing import mocks_of  # noqa: PLC0415

    report = msgspec.convert(mocks_of(awaited(folder, _workspace(config))).client.coverage(), Coverage)
    if file:
        Path(file).write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
    if strict and report.unused:
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            reporter.write_line("")
            reporter.write_line(telling.coverage(report))
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_unconfigure(config: pytest.Config) -> None:
    """Ends the server of the run, if there was one; a worker leaves that to whoever controls it."""
    if hasattr(config, "workerinput") or _FOLDER not in config.stash:
        return
    import shutil  # noqa: PLC0415  (as above)

    from keymock.serve import beside  # noqa: PLC0415

    folder = Path(config.stash[_FOLDER])
    beside.end(folder)
    shutil.rmtree(folder, ignore_errors=True)
