"""`keymock request new --from journal:N`: an exchange that a running server remembers, about to be a saved request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from keymock.commands.calling import Calling
from keymock.commands.seen import Seen
from keymock.commands.servers import client_of
from keymock.journal.asked import body_is_missing, secrets_of, tables_of
from keymock.journal.whose import whose
from keymock.problems import Stop, error

CALLED = "keymock request new"


class Recalled(NamedTuple):
    """An entry as the journal shows it. `space` is whose request it was, empty if nothing tells; `path` is below it."""

    entry: dict[str, Any]
    space: str
    path: str

    def tables(self, calling: Calling, space: str) -> tuple[dict[str, Any], bytes, str]:
        """The tables, and a body that is to be a file; `{{ base_url }}` stands in front if the environment has one."""
        base = "base_url" if "base_url" in calling.variables(space).names else "target_url"
        return tables_of(self.entry, f"{{{{ {base} }}}}", self.path)

    def notes(self, calling: Calling, tables: dict[str, Any]) -> Iterator[str]:
        """What is missing for it to be sent."""
        if body_is_missing(self.entry):
            yield "its body was not kept: keymock up --journal-bodies keeps all of them"
        needs = sorted(set(secrets_of(tables)))
        if needs:
            yield f"it needs {', '.join(f'secret.{each}' for each in needs)}: {calling.secrets.keeping}"


def recall(seen: Seen, origin: str, more: Sequence[str]) -> Recalled:
    """What `--from journal:N` means; `more` are words beside it, for which there is no place. Raises Stop."""
    kind, _, number = origin.partition(":")
    if more:
        raise _wrong(f"--from says all of it, so `{more[0]}` has no place", "change the request afterwards")
    if kind != "journal" or not number.isdecimal():
        raise _wrong(f"`--from {origin}` names no exchange", "--from journal:17; which there are: keymock journal")
    entry = client_of(seen.invocation, "").entry(int(number))
    known = {name: seen.catalog.projects[name] for name in seen.projects}
    whose_ = whose(entry, known)
    return Recalled(entry, whose_.space, whose_.path)


def _wrong(message: str, hint: str) -> Stop:
    return Stop(error(CALLED, "usage", message, hint=hint))
