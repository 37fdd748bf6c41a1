"""`keymock new --from KIND:NAME`: what a mock can be made from that is there already."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping

import msgspec

from keymock import distilling, media, saved
from keymock.catalog.library import Library, SavedRequest
from keymock.commands.request.naming import request_of, usable
from keymock.commands.seen import Seen
from keymock.commands.servers import client_of
from keymock.drafting import Another, Wish
from keymock.index import BodyFault
from keymock.journal import answered
from keymock.journal.whose import whose
from keymock.layout import project_of
from keymock.problems import Stop, did_you_mean, error
from keymock.redaction import SecretNames

CALLED = "keymock new"


class Origin(msgspec.Struct, frozen=True):
    """A mock to be, and the space it would lie in if nobody says otherwise; empty where nothing tells."""

    wish: Wish
    space: str


def of_request(seen: Seen, name: str, example: str) -> Origin:
    """The mock that answers a saved request: with one of its examples by name, else with all of them. Raises Stop.

    Of several, the first good one is what callers get, the others are theirs by `Prefer: example=NAME`.
    """
    library = Library(seen.catalog, seen.rights)
    found = usable(seen, request_of(seen, library, name))
    request = found.request
    if request is None:
        raise AssertionError("usable says that it is whole")
    chosen = _example(found, request, example)
    others = [] if example else [each for each in request.examples if each is not chosen]
    method = "GET" if request.method is msgspec.UNSET else request.method
    path = _without_base(seen, found, distilling.route_of(str(request.url or "/")))
    body, kind = _body(library, found, chosen)
    wish = distilling.wish_of(method, path, chosen.status, chosen.headers, body, kind, _names(seen))
    tail = found.id.partition("/requests/")[2]
    more = tuple(_another(seen, library, found, each) for each in others)
    wish = msgspec.structs.replace(wish, name=tail, title=request.name, answer=chosen.name if more else "", more=more)
    return Origin(wish, found.item.space)


def _another(seen: Seen, library: Library, found: SavedRequest, example: saved.Example) -> Another:
    """One more answer of the mock, by the name of its example."""
    body, kind = _body(library, found, example)
    wish = distilling.wish_of("GET", "/", example.status, example.headers, body, kind, _names(seen))
    return Another(name=example.name, status=wish.status, headers=wish.headers, body=wish.body,
                   content_type=wish.content_type, literal=wish.literal)  # fmt: skip


def of_journal(seen: Seen, name: str, example: str) -> Origin:
    """The mock that answers again what a running server answered: `journal:17`. Raises Stop.

    That may be the real API. Of a request that nobody answered, one that answers it with 200. It takes what the
    journal shows: no secrets.
    """
    if example:
        raise Stop(error(CALLED, "usage", "--example belongs to --from request:ID"))
    if not name.isdecimal():
        raise Stop(error(CALLED, "usage", f"`{name}` is no number of an exchange", hint="see keymock journal"))
    entry = client_of(seen.invocation, "").entry(int(name))
    known = {each: seen.catalog.projects[each] for each in seen.projects}
    whose_ = whose(entry, known)
    try:
        return Origin(answered.wish_of(entry, whose_.inner, _names(seen)), whose_.space)
    except answered.NotKept as fault:
        raise Stop(error(CALLED, "no-body", str(fault))) from None


def _names(seen: Seen) -> SecretNames:
    return seen.catalog.settings.redact.names


def of_operation(seen: Seen, name: str, example: str) -> Origin:
    """The mock that answers what an operation of a contract answers: `operation:shop#getUser`, or its id alone."""
    from keymock.contract.answering import Answering, usual  # noqa: PLC0415  (for workspaces with a contract)
    from keymock.contract.paths import as_mock  # noqa: PLC0415

    known = {route.id: route for route in seen.routes.values() if route.contract}
    project, mark, inner = name.rpartition("#")
    within = [each for each in known if each.endswith(f"#{inner}") and (not mark or f"/{project}/" in f"{each}/")]
    if len(within) != 1:
        ids = [each.rpartition("#")[2] for each in known]
        hint = did_you_mean(inner, ids) or "what there is: keymock ls"
        said = "is in several contracts: write PROJECT#ID" if within else "is no operation of a contract"
        raise Stop(error(CALLED, "no-such-operation", f"`{name}` {said}", hint=hint))
    route = known[within[0]]
    contract = seen.service.world.contracts[route.contract][0].contract
    operation = contract.operation(route.operation)
    status, response = usual(operation)
    answering = Answering(contract)
    names = [each.name for media in (response.content if response else ()) for each in media.examples if each.name]
    if example and example not in names:
        hint = did_you_mean(example, names) or ("there are " + ", ".join(names) if names else "it has none")
        raise Stop(error(CALLED, "no-such-example", f"the operation has no example `{example}`", hint=hint))
    made = answering.answer(operation, status, response, example=example)
    headers = {key.decode(): value.decode("utf-8", "replace") for key, value in made.headers}
    kind = headers.pop("content-type", "")
    wish = Wish(
        methods=(operation.method,), path=as_mock(operation.path), status=made.status, headers=headers,
        body=made.body, content_type=kind, name=_slug(operation.id), title=route.name, literal=True,
    )  # fmt: skip
    return Origin(wish, route.space)


def _slug(text: str) -> str:
    """`getUser` → `get-user`."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", text)
    return re.sub(r"[^a-z0-9]+", "-", spaced.lower()).strip("-") or "operation"


SOURCES: Mapping[str, Callable[[Seen, str, str], Origin]] = {
    "request": of_request,
    "journal": of_journal,
    "operation": of_operation,
}
"""The kinds by their name: each reads a name (and an example), and gives the mock to be."""


def origin_of(seen: Seen, text: str, example: str) -> Origin:
    """What `--from KIND:NAME` means. Raises Stop."""
    kind, colon, name = text.partition(":")
    if not colon or kind not in SOURCES:
        kinds = (*SOURCES, "flow")
        hint = did_you_mean(kind, kinds) or f"--from {' or '.join(f'{each}:NAME' for each in kinds)}"
        raise Stop(error(CALLED, "usage", f"`--from {text}` names nothing that a mock is made from", hint=hint))
    return SOURCES[kind](seen, name, example)


def free(wish: Wish, space: str, taken: Collection[str]) -> Wish:
    """The same under a name that no mock has yet."""
    used = {each.casefold() for each in taken}
    number, name = 2, wish.name
    while f"{space}/mocks/{name}".casefold() in used:
        name, number = f"{wish.name}-{number}", number + 1
    return msgspec.structs.replace(wish, name=name)


def _example(found: SavedRequest, request: saved.Request, wanted: str) -> saved.Example:
    names = [example.name for example in request.examples]
    if wanted:
        if wanted not in names:
            hint = did_you_mean(wanted, names) or ("there are " + ", ".join(names) if names else "it has none")
            raise Stop(error(found.file, "no-such-example", f"the request has no example `{wanted}`", hint=hint))
        return request.examples[names.index(wanted)]
    if not names:
        tail = found.id.partition("/requests/")[2]
        hint = f"send it, and keep the answer: keymock request send {tail} --save-example ok"
        raise Stop(error(found.file, "no-such-example", "the request has no example to answer with", hint=hint))
    good = [example for example in request.examples if 200 <= example.status < 300]
    return (good or request.examples)[0]


def _without_base(seen: Seen, found: SavedRequest, path: str) -> str:
    """The path below the project's `base_path`, which is put in front of every mock's."""
    project = seen.catalog.projects.get(project_of(found.item.space))
    base = project.base_path.rstrip("/") if project is not None else ""
    return path.removeprefix(base) or "/" if base and f"{path}/".startswith(f"{base}/") else path


def _body(library: Library, found: SavedRequest, example: saved.Example) -> tuple[bytes, str]:
    """The body of an example, and its type if that is said."""
    kind = "" if example.content_type is msgspec.UNSET else example.content_type
    if example.body_file is not msgspec.UNSET:
        over = found.place.over.path if found.place.over is not None else ""
        try:
            return library.beside(example.body_file, found.item, over), kind or media.media_type(example.body_file)
        except BodyFault as fault:
            raise Stop(error(found.file, fault.code, fault.message, hint=fault.hint)) from None
    if example.json_text is not msgspec.UNSET:
        return example.json_text.encode(), kind or media.JSON
    if example.json is not msgspec.UNSET:
        return msgspec.json.encode(example.json), kind or media.JSON
    return example.body.encode() if isinstance(example.body, str) else b"", kind
