"""Which contract speaks of a request that a flow sends: by the project that its address is of, or by a name."""

from __future__ import annotations

from collections.abc import Callable

from keymock.commands.calling import Calling
from keymock.contract import Contract
from keymock.exchange import Malformed, Request
from keymock.flows.drifting import Spoken
from keymock.problems import did_you_mean
from keymock.template.errors import Refused

Speaks = Callable[[str, str], Spoken | None]
"""The document and the operation of a method and an address; None if no document has to do with it."""


def speaker(calling: Calling) -> Speaks:
    """Finds what speaks of a request, whether mocks or the real API are to answer it."""
    seen = calling.seen
    contracts = seen.service.world.contracts
    bases: list[tuple[str, str]] = []
    for name, project in seen.catalog.projects.items():
        space = f"projects/{name}"
        if space not in contracts:
            continue
        bases.append((calling.target_url(space, name), space))
        bases.append((calling.target_url("workspace") + project.mount.rstrip("/"), space))
        try:
            bases.append((calling.real_url(space, name), space))
        except Refused:
            continue
    bases.sort(key=lambda pair: -len(pair[0]))

    def speaks(method: str, url: str) -> Spoken | None:
        url = url.partition("?")[0]
        candidates = [(url[len(base.rstrip("/")) :], space) for base, space in bases if _below(url, base)]
        for path, space in candidates:
            try:
                request = Request(method, path.encode() or b"/")
                found = next((each for served in contracts[space] if (each := served.found(request, request.segments))
                              is not None), None)  # fmt: skip
            except Malformed:
                return None
            if found is not None:
                document = next(served.contract for served in contracts[space] if found[0].key in served.contract.stubs)
                return Spoken(document, found[0])
        return Spoken(contracts[candidates[0][1]][0].contract, None) if candidates else None

    return speaks


def by_name(calling: Calling, space: str, name: str) -> Spoken:
    """The operation that is called so (`getUser`, `GET /users/{id}`, `shop#getUser`), of the space's contracts first.

    Raises LookupError with a sentence, and a hint.
    """
    contracts = calling.seen.service.world.contracts
    project, mark, inner = name.rpartition("#")
    spaces = [f"projects/{project}"] if mark else [space, *(each for each in contracts if each.startswith("projects/"))]
    documents = list(dict.fromkeys(served.contract for each in spaces for served in contracts.get(each, ())))
    if not documents:
        raise LookupError(f"{spaces[0]} has no contract", 'name it in project.toml: contract = "openapi.yaml"')
    for document in documents:
        stub = document.by_id.get(inner) or document.stubs.get(inner)
        if stub is not None:
            return Spoken(document, document.operation(stub.key))
    raise LookupError(f"no contract has an operation `{name}`", _nearest(inner, documents))


def _nearest(name: str, documents: list[Contract]) -> str:
    known = [stub.id for document in documents for stub in document.outline.stubs]
    return did_you_mean(name, known) or f"there are: {', '.join(known[:8])}{' …' if len(known) > 8 else ''}"


def _below(url: str, base: str) -> bool:
    return url == base.rstrip("/") or url.startswith(base.rstrip("/") + "/")
