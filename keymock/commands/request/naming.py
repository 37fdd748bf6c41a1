"""ID on the command line: the id of a saved request, or the end of one; completed by the shell."""

from __future__ import annotations

from collections.abc import Collection

import click
from click.shell_completion import CompletionItem

from keymock.catalog.library import Library, SavedRequest
from keymock.commands.mock_name import at_the_prompt
from keymock.commands.seen import Seen, look
from keymock.layout import resolve_id
from keymock.problems import Stop, did_you_mean, error


class RequestName(click.ParamType[str]):
    """Taken as it is; which request it means, the workspace knows."""

    name = "ID"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG002
        """The ids that the actor may see."""
        try:
            seen = look(at_the_prompt(ctx))
        except Stop:  # a Tab key is no place for a lecture
            return []
        return [CompletionItem(name) for name in Library(seen.catalog, seen.rights).requests if incomplete in name]


def named(wanted: str, ids: Collection[str], what: str = "request", code: str = "no-such-request") -> str:
    """The id that is meant: itself, or the only one that ends so. Raises Stop."""
    found = resolve_id(wanted, ids)
    if len(found) == 1:
        return found[0]
    called = f"keymock {what}"
    if found:
        message = f"`{wanted}` is ambiguous: {', '.join(found[:5])}" + (", …" if found[5:] else "")
        raise Stop(error(called, "ambiguous-name", message, hint="write more of it, from the left"))
    tails = {"/".join(name.split("/")[-length:]): name for name in ids for length in (1, 2)}
    hint = did_you_mean(wanted, [*tails, *ids]) or f"what there is: keymock {what} ls"
    raise Stop(error(called, code, f"there is no {what} `{wanted}`", hint=hint))


def request_of(seen: Seen, library: Library, wanted: str) -> SavedRequest:
    """The request that is meant: a file in the current folder, an id, or the end of one. Raises Stop."""
    file = seen.file_at(wanted if wanted.endswith(".toml") else f"{wanted}.toml")
    here = next((each for each in library.requests.values() if each.file == file), None) if file else None
    return here or library.requests[named(wanted, library.requests)]


def usable(seen: Seen, request: SavedRequest) -> SavedRequest:
    """The request, if it is whole and the actor may use it. Raises Stop."""
    decision = seen.rights.decide("use", request.item.id_path)
    if not decision.allowed:
        raise Stop(error(request.file, "forbidden", decision.reason), exit_code=1)
    if request.request is None:
        raise Stop(*request.problems)
    return request
