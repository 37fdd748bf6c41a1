"""The conversation of a resource: a list and its records, read and written as REST APIs usually have it.

All answers here are the mock's own. The refusals are RFC 9457 problem details, and say nothing of keymock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from keymock.exchange import NOT_JSON, Headers, Reply, Request, read_json
from keymock.store import ids
from keymock.store.filters import Unclear
from keymock.store.ids import Key
from keymock.store.listing import Listing, listing, related
from keymock.store.parents import Within
from keymock.store.patches import BadPatch, Inapplicable, apply, merge
from keymock.store.records import Full, Misfit, Record, Store, Taken, Unfit, pointer
from keymock.store.relations import Stores, with_related

JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"

LIST_METHODS = ("GET", "POST")
RECORD_METHODS = ("GET", "PUT", "PATCH", "DELETE")

_TITLES = {
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
    507: "Insufficient Storage",
}

_ALONE: Stores = MappingProxyType({})
_NOTHING: Mapping[str, str] = MappingProxyType({})


class _Refused(Exception):
    """A request that gets a problem instead."""

    def __init__(self, status: int, detail: str, headers: Headers | None = None, **more: object) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers or []
        self.more = more


def answer(
    store: Store,
    request: Request,
    item: str | None,
    new_uuid: Callable[[], str],
    base_path: str,
    *,
    others: Stores = _ALONE,
    upsert: bool = False,
    said: Mapping[str, str] = _NOTHING,
) -> Reply:
    """The reply to a request for the list (`item` is None) or for one record; changes the store as it says.

    `item` is the decoded last segment. `base_path` is how the caller reached the list, percent-encoded, `/shop/orders`
    or a whole URL: `Location` and `Link` begin with it. `others` are the resources that records may be joined with.
    With `upsert`, a PUT to an id that is not there creates it. `said` are fields that the path says, `userId` of
    `/users/:userId/orders`. The request's body must have been read. HEAD is answered like GET.
    """
    try:
        within = Within(store, said, others)
        if within.orphan:
            raise _Refused(404, f"there is no record `{said[within.orphan]}` for `{within.orphan}`")
        if item is None:
            return _list_answer(store, request, new_uuid, base_path, others, within)
        return _record_answer(store, request, item, new_uuid, base_path, others, within, upsert=upsert)
    except _Refused as refused:
        return _problem(refused)
    except Unclear as unclear:
        return _problem(_Refused(400, str(unclear), parameter=unclear.parameter))
    except Unfit as unfit:
        return _problem(_unprocessable(unfit.misfits))
    except Taken as taken:
        return _problem(_Refused(409, str(taken)))
    except Full as full:
        return _problem(_Refused(507, str(full)))


def _list_answer(
    store: Store, request: Request, new_uuid: Callable[[], str], base_path: str, others: Stores, within: Within
) -> Reply:
    if request.method == "POST":
        key, record = store.create(within.filled(_sent_record(request)), new_uuid)
        return _created(key, record, base_path)
    if request.method not in ("GET", "HEAD"):
        raise _not_allowed(LIST_METHODS)
    found = listing(within.of(store), request.query)
    embed, expand = related(request.query)
    headers = [(b"x-total-count", b"%d" % found.total)]
    links = _links(found, request.query, base_path)
    if links:
        headers.append((b"link", links.encode()))
    return _json(200, with_related(found.records, store, others, embed, expand), headers)


def _record_answer(
    store: Store,
    request: Request,
    item: str,
    new_uuid: Callable[[], str],
    base_path: str,
    others: Stores,
    within: Within,
    *,
    upsert: bool,
) -> Reply:
    if request.method not in ("HEAD", *RECORD_METHODS):
        raise _not_allowed(RECORD_METHODS)
    key = store.find(item)
    if key is None:
        if request.method == "PUT" and upsert:
            return _put_new(store, request, item, new_uuid, base_path, within)
        raise _Refused(404, f"`{store.resource}` has no record `{item}`")
    if not within.holds(store.get(key)):
        raise _Refused(404, f"`{store.resource}` has no record `{item}` here")
    if request.method == "PUT":
        return _json(200, store.replace(key, within.filled(_sent_record(request))))
    if request.method == "PATCH":
        return _json(200, store.replace(key, within.filled(_patched(request, store.get(key)))))
    if request.method == "DELETE":
        store.delete(key)
        return Reply(204, [])
    embed, expand = related(request.query)
    return _json(200, with_related([store.get(key)], store, others, embed, expand)[0])


def _put_new(
    store: Store, request: Request, item: str, new_uuid: Callable[[], str], base_path: str, within: Within
) -> Reply:
    key = ids.from_text(store.id.kind, item)
    if key is None:
        raise _Refused(404, f"`{item}` can be no id here: an id is {ids.KINDS[store.id.kind]}")
    record = _sent_record(request)
    if store.id.field not in record:
        record = {store.id.field: key, **record}
    elif store.key(record) != key:
        raise _unprocessable((Misfit(pointer(store.id.field), f"the address says {item}"),))
    key, record = store.create(within.filled(record), new_uuid)
    return _created(key, record, base_path)


# ---- what is sent ------------------------------------------------------------------------------------------------


def _sent_record(request: Request) -> Record:
    kind = request.content_type
    if kind and kind != "application/json" and (not kind.endswith("+json") or kind in (JSON_PATCH, MERGE_PATCH)):
        raise _Refused(415, f"a record is sent as application/json, not as {kind}", [(b"accept", b"application/json")])
    return _as_record(_sent_json(request))


def _patched(request: Request, record: Record) -> Record:
    kind = request.content_type
    if kind == JSON_PATCH:
        return _json_patched(record, _sent_json(request))
    if kind in ("", "application/json", MERGE_PATCH):
        return _as_record(merge(record, _as_record(_sent_json(request))))
    accepted = f"{MERGE_PATCH}, {JSON_PATCH}, application/json"
    raise _Refused(415, f"a patch is one of {accepted}, not {kind}", [(b"accept-patch", accepted.encode())])


def _json_patched(record: Record, operations: Any) -> Record:
    try:
        patched = apply(record, operations)
        # Patch by patch, a record could grow deeper than anything that is read or written.
        if read_json(msgspec.json.encode(patched)) is NOT_JSON:
            raise _too_deep()
    except BadPatch as bad:
        raise _Refused(400, str(bad)) from None
    except Inapplicable as unfit:
        raise _Refused(409, str(unfit)) from None
    except RecursionError:
        raise _too_deep() from None
    return _as_record(patched)


def _too_deep() -> _Refused:
    return _unprocessable((Misfit("", "the record becomes too deep"),))


def _sent_json(request: Request) -> Any:
    if request.json is NOT_JSON:
        raise _Refused(400, "the body is empty" if not request.body else "the body is not JSON")
    return request.json


def _as_record(value: Any) -> Record:
    if isinstance(value, dict):
        return value
    raise _unprocessable((Misfit("", "a record is a JSON object"),))


# ---- what comes back ---------------------------------------------------------------------------------------------


def _json(status: int, value: Any, headers: Headers | None = None) -> Reply:
    return Reply(status, [(b"content-type", b"application/json"), *(headers or [])], msgspec.json.encode(value))


def _created(key: Key, record: Record, base_path: str) -> Reply:
    location = f"{base_path.rstrip('/')}/{quote(str(key), safe='')}"
    return _json(201, record, [(b"location", location.encode())])


def _links(found: Listing, query: Mapping[str, list[str]], base_path: str) -> str:
    """The Link header (RFC 8288): the same query at other pages."""
    return ", ".join(
        f'<{base_path}?{urlencode({**query, found.page_parameter: page}, doseq=True, safe=",:")}>; rel="{rel}"'
        for rel, page in found.neighbours().items()
    )


def _not_allowed(methods: tuple[str, ...]) -> _Refused:
    allowed = ", ".join(sorted({*methods, "HEAD", "OPTIONS"}))
    return _Refused(405, f"there are {allowed}", [(b"allow", allowed.encode())])


def _unprocessable(misfits: tuple[Misfit, ...]) -> _Refused:
    errors = [{"detail": misfit.detail, "pointer": f"#{misfit.pointer}"} for misfit in misfits]
    return _Refused(422, "the record does not fit", errors=errors)


def _problem(refused: _Refused) -> Reply:
    content = {
        "type": "about:blank",
        "title": _TITLES[refused.status],
        "status": refused.status,
        "detail": refused.detail,
        **refused.more,
    }
    body = msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n"
    return Reply(refused.status, [(b"content-type", b"application/problem+json"), *refused.headers], body)
