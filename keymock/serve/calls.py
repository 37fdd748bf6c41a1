"""Asks a running keymock: the other end of `control`, for the verbs of the command line. Loopback, one call at a time.

Whatever goes wrong on the way is told as a `Problem`: nobody answers, another run's token, no answer in time.
"""

from __future__ import annotations

import http.client
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, quote, urlencode, urlsplit

import msgspec

from keymock.learned import learned
from keymock.problems import Stop, error

if TYPE_CHECKING:
    from keymock.toggles import Toggles

MOST = 256 * 1024 * 1024
"""Bytes of one answer: a journal of 10 000 exchanges with their headers has a few dozen MB."""


class ControlClient:
    """The control plane at `url` (`http://127.0.0.1:PORT`). Each call raises `Stop` if it is not answered well.

    `patience` is in seconds, for answers that are there at once; calls that wait add what they wait.
    """

    def __init__(self, url: str, token: str, *, patience: float = 10.0) -> None:
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname or _port(parts) is None:
            raise Stop(error(url, "bad-server", "this is no address of a control plane", hint="http://127.0.0.1:PORT"))
        if not (token.isascii() and token.isprintable()):
            raise Stop(error(url, "bad-token", "the token has characters that no token has"))
        self.url = f"http://{parts.netloc}"
        self._host = parts.hostname
        self._port = _port(parts)
        self._token = token
        self._patience = patience

    def status(self) -> dict[str, Any]:
        """What is served, as whom, and what is broken."""
        return self.call("GET", "/status")

    def routes(self) -> list[dict[str, Any]]:
        """Every mock that the server's actor may see."""
        found: list[dict[str, Any]] = self.call("GET", "/routes")["routes"]
        return found

    def explain(
        self, method: str, url: str, headers: dict[str, Any] | None = None, body: Any = None, session: str = ""
    ) -> dict[str, Any]:
        """Which mock would answer, and why the others would not."""
        asked = {"method": method, "url": url, "headers": headers or {}, "body": body, "session": session}
        return self.call("POST", "/explain", asked)

    def journal(self, **chosen: Any) -> list[dict[str, Any]]:
        """The last exchanges: `unmatched`, `mock`, `session`, `method`, `path`, `status`, `since`, `limit` choose."""
        found: list[dict[str, Any]] = self.call("GET", "/journal", **chosen)["entries"]
        return found

    def entry(self, number: int) -> dict[str, Any]:
        """One exchange, with the conditions that held, or what came near."""
        return self.call("GET", f"/journal/{number}")

    def clear_journal(self, session: str = "") -> None:
        """Forgets all exchanges, or those of one session."""
        self.call("DELETE", "/journal", session=session)

    def hide(self, secrets: list[str]) -> int:
        """Has the server show these texts nowhere; how many it hides."""
        return int(self.call("POST", "/secrets", {"values": secrets})["hidden"])

    def verify(self, expected: dict[str, Any], session: str = "") -> dict[str, Any]:
        """Whether what is expected was asked; waits as long as its `timeout` says."""
        return self.call("POST", "/verify", expected, session=session, waits=float(expected.get("timeout", 0)))

    def coverage(self) -> dict[str, Any]:
        """Which mocks and which of their answers were used."""
        return self.call("GET", "/coverage")

    def sessions(self) -> list[dict[str, Any]]:
        """Every session, and what is different for it."""
        found: list[dict[str, Any]] = self.call("GET", "/sessions")["sessions"]
        return found

    def put_session(self, name: str, **wish: Any) -> dict[str, Any]:
        """Makes a session, or changes its `seed`, `preset`, `faults`, `freeze_time`, `toggles`."""
        return self.call("PUT", f"/sessions/{quote(name, safe='')}", wish)

    def end_session(self, name: str) -> dict[str, Any]:
        """Ends a session; says how many requests it had, and which of them no mock answered."""
        return self.call("DELETE", f"/sessions/{quote(name, safe='')}")

    def override(self, name: str, overrides: list[dict[str, Any]], *, keep: bool = True) -> dict[str, Any]:
        """Gives a session mocks of its own, besides those that it has, or in their place."""
        method = "POST" if keep else "PUT"
        return self.call(method, f"/sessions/{quote(name, safe='')}/overrides", {"overrides": overrides})

    def state(self, session: str = "") -> dict[str, Any]:
        """The scenarios of a session, and what its mocks captured."""
        return self.call("GET", "/state", session=session)

    def move(self, scenario: str, state: str, session: str = "") -> dict[str, Any]:
        """Puts a scenario (`shop/order`) into a state; empty: its first."""
        space, _, name = scenario.partition("/")
        path = f"/state/{quote(space, safe='')}/{quote(name, safe='')}"
        return self.call("PUT", path, {"state": state}, session=session)

    def wait(self, generation: int, timeout: float = 30.0) -> bool:
        """Whether that generation, or a later one, was served within `timeout` seconds."""
        answer = self.call("GET", "/wait", generation=generation, timeout=timeout, waits=timeout)
        return bool(answer["reached"])

    def sync(self, timeout: float = 30.0) -> dict[str, Any]:
        """Returns when all that is on disk now is served or refused: `generation` and `problems`."""
        return self.call("POST", "/sync", timeout=timeout, waits=timeout)

    def reset(self, session: str = "") -> dict[str, Any]:
        """Puts the state of a session (the default one, or `*` for all) back to its beginning."""
        return self.call("POST", "/reset", session=session)

    def toggles(self, session: str = "") -> Toggles:
        """What is switched for everybody, or for one session."""
        from keymock.toggles import Toggles  # noqa: PLC0415  (with the index below it; most calls do without)

        return msgspec.convert(self.call("GET", "/toggles", session=session), learned(Toggles))

    def switch(self, wanted: Toggles, session: str = "") -> Toggles:
        """Switches, and returns what is switched then, mocks by their full ids."""
        return msgspec.convert(
            self.call("PUT", "/toggles", msgspec.to_builtins(wanted), session=session), learned(type(wanted))
        )

    def call(self, method: str, path: str, body: Any = None, /, *, waits: float = 0.0, **query: Any) -> dict[str, Any]:
        """One request. `waits` is how long the server may take over it by itself."""
        chosen = {name: _as_query(value) for name, value in query.items() if value not in ("", None)}
        target = f"{path}?{urlencode(chosen)}" if chosen else path
        headers = {"authorization": f"Bearer {self._token}"}
        data = None
        if body is not None:
            headers["content-type"] = "application/json"
            data = msgspec.json.encode(body)
        connection = http.client.HTTPConnection(self._host, self._port, timeout=self._patience + waits)
        try:
            connection.request(method, target, data, headers)
            response = connection.getresponse()
            status, answer = response.status, response.read(MOST + 1)
        except TimeoutError:
            raise self._stop("no-answer", f"has not answered within {self._patience + waits:g} seconds") from None
        except ConnectionRefusedError:
            raise self._stop("no-server", "is not there: nobody listens", "start it: keymock up") from None
        except ConnectionError:
            raise self._stop("no-answer", "went away before it answered", "is it still running?") from None
        except http.client.HTTPException:
            raise self._stop("no-keymock", "is not keymock's control plane") from None
        except OSError as fault:
            raise self._stop("no-server", f"cannot be reached ({fault.strerror or fault})") from None
        finally:
            connection.close()
        return self._read(status, answer)

    def _read(self, status: int, answer: bytes) -> dict[str, Any]:
        try:
            value = msgspec.json.decode(answer) if len(answer) <= MOST else None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            value = None
        if not isinstance(value, dict):
            raise self._stop("no-keymock", "is not keymock's control plane")
        if status == 401:
            hint = "give that run's ready file: --server FILE, or KEYMOCK_SERVER and KEYMOCK_TOKEN"
            raise self._stop("wrong-token", "does not know this token: it belongs to another run", hint)
        if status != 200:
            said = value.get("detail") or value.get("title") or f"status {status}"
            raise self._stop(str(value.get("code", "refused")), f"refuses: {said}")
        return value

    def _stop(self, code: str, what: str, hint: str = "") -> Stop:
        return Stop(error(self.url, code, f"the server {what}", hint=hint))


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError:  # not a number, or beyond 65535
        return None


def _as_query(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)
