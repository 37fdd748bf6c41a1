"""keymock in tests of Python programs: a server of their own, a session for each test, and what was asked of it.

    from keymock.testing import serve

    with serve("mocks") as mocks:
        mocks.override("GET", "/users/:id", status=500, times=1)
        assert client(mocks.url).user(1) is None
        mocks.verify("GET", "/users/1", times=1)

With pytest, the fixture `keymock` is one of these for each test, over one server for the run.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import UNSET

from keymock.serve.beside import flags_of
from keymock.serve.calls import ControlClient
from keymock.serve.launch import launched
from keymock.serve.runfiles import Ready

Times = int | tuple[int, int | None] | None
"""So often; or at least and at most so often, None for no end. None: at least once."""

_PATTERN_KEYS = ("params", "query", "headers", "cookies", "form", "host", "auth", "mock", "status", "response")


class Mocks:
    """The mocks as one session has them: where they are, what is different for it, and what it asked.

    `url` is an address whose every request belongs to the session; `headers` do the same for clients that go elsewhere.
    """

    def __init__(self, ready: Ready, client: ControlClient, session: str = "") -> None:
        self.ready = ready
        self.client = client
        self.name = session

    @property
    def url(self) -> str:
        """The address of all mocks, for this session."""
        return self.ready.url + (f"/__session/{self.name}" if self.name else "")

    def url_of(self, project: str) -> str:
        """The address of one project, for this session."""
        whole = urlsplit(self.ready.projects[project].url)
        own = f"/__session/{self.name}" if self.name else ""
        return f"{whole.scheme}://{whole.netloc}{own}{whole.path.rstrip('/')}"

    @property
    def headers(self) -> dict[str, str]:
        """Headers that say which session a request belongs to."""
        return {"x-keymock-session": self.name} if self.name else {}

    # ---- what was asked ------------------------------------------------------------------------------------------

    @property
    def journal(self) -> list[dict[str, Any]]:
        """What this session asked, oldest first, without secrets."""
        return self.client.journal(session=self._own, limit=10_000)

    @property
    def unmatched(self) -> list[dict[str, Any]]:
        """The requests that no mock answered, each with `near_misses`."""
        return self.client.journal(session=self._own, unmatched=True, near_misses=True, limit=100)

    def verify(
        self,
        method: str | None = None,
        path: str | None = None,
        *,
        times: Times = None,
        json: Any = UNSET,
        body: Any = UNSET,
        timeout: float = 0.0,
        since: int = 0,
        **more: Any,
    ) -> list[dict[str, Any]]:
        """The exchanges that are meant; raises AssertionError, with what came near, if they are not so many.

        `json` is what the body has at least; `body` a table as in a mock's `[request.body]`. `more` are further keys of
        `[request]` (`query`, `headers`, …), and `mock`, `status`, `response`. With `timeout`, waits until it holds.
        """
        wanted = _pattern(method, path, json=json, body=body, **more) | {"timeout": timeout, "since": since}
        if times is not None:
            wanted["times"] = times if isinstance(times, int) else _bounds(*times)
        return self._held(wanted)

    def verify_order(self, *patterns: Mapping[str, Any] | tuple[str, str], timeout: float = 0.0) -> None:
        """Raises AssertionError unless these came in this order; other requests may stand between."""
        self._held({"in_order": [_as_pattern(each) for each in patterns], "timeout": timeout})

    def verify_nothing_else(self, *patterns: Mapping[str, Any] | tuple[str, str]) -> None:
        """Raises AssertionError if anything but these was asked; without any, if anything was."""
        self._held({"nothing_else": [_as_pattern(each) for each in patterns]})

    def _held(self, wanted: dict[str, Any]) -> list[dict[str, Any]]:
        __tracebackhide__ = True
        found = self.client.verify(wanted, self._own)
        if not found["ok"]:
            from keymock import telling  # noqa: PLC0415  (30 ms that only a failure has to pay)

            raise AssertionError(telling.verdict(found))
        entries: list[dict[str, Any]] = found["entries"]
        return entries

    # ---- what is different ---------------------------------------------------------------------------------------

    def override(
        self,
        method: str,
        path: str | None = None,
        *,
        status: int = 200,
        json: Any = UNSET,
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
        times: int | None = None,
        request: Mapping[str, Any] | None = None,
        project: str = "",
        **response: Any,
    ) -> str:
        """Another answer for this session alone; returns the id of the override.

        `override("GET", "/users/:id", status=500)`, or in the place of a mock: `override("users/get-user", json={})`.
        `times` gives it so often, then what was before; `request` are conditions, `response` further keys of
        `[response]`, such as `delay` and `fault`. Nothing in it is a template, unless `template=True`.
        """
        answer: dict[str, Any] = {"status": status, **response}
        if headers:
            answer["headers"] = dict(headers)
        if json is not UNSET:
            answer["json_text"] = msgspec.json.encode(json).decode()
        if body is not None:
            answer["body"] = body
        answer.setdefault("template", False)
        mock: dict[str, Any] = {"responses": [{**answer, "times": times}]} if times else {"response": answer}
        if path is None:
            mock["mock"] = method
        else:
            mock["request"] = {"method": method, "path": path, **(request or {})}
        if project:
            mock["project"] = project
        added: list[str] = self.client.override(self._own, [mock])["added"]
        return added[0]

    def use(self, answer: str | int | Literal["off"] = "", *, mock: str = "", preset: str = "") -> None:
        """Switches for this session: `use("empty", mock="cart/get")`, `use("off", mock="…")`, `use(preset="down")`."""
        now = self.client.toggles(self._own)
        mocks = dict(now.mocks)
        if mock:
            mocks[mock] = answer if answer == "off" else {"answer": answer}  # type: ignore[assignment]
        toggles = msgspec.to_builtins(msgspec.structs.replace(now, preset=preset or now.preset)) | {
            "mocks": msgspec.to_builtins(mocks)
        }
        self.client.call("PUT", "/toggles", toggles, session=self._own)

    def settings(self, **wish: Any) -> None:
        """A `seed`, a `freeze_time`, `faults` or a `preset` for this session."""
        self.client.put_session(self._own, **wish)

    def state(self, scenario: str, state: str | None = None) -> str:
        """The state of a scenario (`shop/order`); with `state`, moves it there first."""
        if state is not None:
            self.client.move(scenario, state, self._own)
        found: dict[str, str] = self.client.state(self._own)["scenarios"]
        return found[scenario]

    def reset(self) -> None:
        """Forgets state, journal and overrides of this session."""
        self.client.reset(self._own)

    def sync(self) -> None:
        """Returns when all that is on disk is served or refused."""
        self.client.sync()

    # ---- sessions ------------------------------------------------------------------------------------------------

    @contextmanager
    def session(self, name: str) -> Iterator[Mocks]:
        """The mocks for another session, which ends with the block."""
        mocks = Mocks(self.ready, self.client, name)
        try:
            yield mocks
        finally:
            mocks.end()

    def end(self) -> dict[str, Any]:
        """Ends the session; says how many requests it had, and which of them no mock answered."""
        return self.client.end_session(self._own)

    @property
    def _own(self) -> str:
        return self.name or "default"


@contextmanager
def serve(workspace: str | Path = ".", *, actor: str | None = None, **options: Any) -> Iterator[Mocks]:
    """A server for the block, on free ports, without saved toggles and private mocks.

    `options` are those of `keymock up`: `seed=7`, `freeze_time="2030-01-01T00:00:00Z"`, `project="shop"`,
    `with_private=True`. Raises `keymock.problems.Stop` if it does not come to serve.
    """
    flags = flags_of({"journal_bodies": True, "as": actor, **options})
    with launched(workspace, flags, os.environ) as (ready, _):
        yield mocks_of(ready)


def mocks_of(ready: Ready, session: str = "") -> Mocks:
    """The mocks of a server that runs already."""
    return Mocks(ready, ControlClient(ready.control, ready.token), session)


def _pattern(
    method: str | None, path: str | None, *, json: Any = UNSET, body: Any = UNSET, **more: Any
) -> dict[str, Any]:
    unknown = [key for key in more if key not in _PATTERN_KEYS and not key.startswith("query_")]
    if unknown:
        raise TypeError(f"a pattern has no {unknown[0]!r}: {', '.join(_PATTERN_KEYS)}, json, body")
    wanted: dict[str, Any] = {"method": method, "path": path, **more}
    if json is not UNSET:
        wanted["body"] = {"json": json}
    elif body is not UNSET:
        wanted["body"] = {"text": body} if isinstance(body, str) else body
    return {key: value for key, value in wanted.items() if value is not None}


def _as_pattern(given: Mapping[str, Any] | tuple[str, str]) -> dict[str, Any]:
    if isinstance(given, tuple):
        return {"method": given[0], "path": given[1]}
    return _pattern(
        given.get("method"), given.get("path"), **{k: v for k, v in given.items() if k not in ("method", "path")}
    )


def _bounds(least: int, most: int | None) -> dict[str, int]:
    return {"at_least": least} if most is None else {"at_least": least, "at_most": most}


__all__: Sequence[str] = ("Mocks", "mocks_of", "serve")
