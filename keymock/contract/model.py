"""What every version of the format comes to: operations, what they take, what they answer."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import msgspec

from keymock.contract.library import Spot

Place = Literal["path", "query", "header", "cookie", "querystring"]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")


class Flaw(NamedTuple):
    """Something wrong with a document. `stops` says that the operation it is in cannot be served."""

    file: str
    pointer: tuple[str, ...]
    code: str
    message: str
    hint: str = ""
    stops: bool = False


class Stub(NamedTuple):
    """An operation before anybody asked for it: `item` is the path item it stands in, `spot` the operation itself."""

    key: str
    id: str
    method: str
    path: str
    summary: str
    item: Spot
    spot: Spot


class Example(NamedTuple):
    """A named example of a body or a parameter; the name is empty for the only one."""

    name: str
    value: Any


class Media(msgspec.Struct, frozen=True):
    """One content type of a body: its schema (`of_items`: that of each event of a stream), examples, encodings."""

    type: str
    schema: Spot | None = None
    examples: tuple[Example, ...] = ()
    encoding: Spot | None = None
    of_items: bool = False


class Parameter(msgspec.Struct, frozen=True):
    """One parameter. With `content` its value is text of that content type, else `style` and `explode` say how."""

    name: str
    place: Place
    spot: Spot
    required: bool = False
    schema: Spot | None = None
    style: str = "simple"
    explode: bool = False
    reserved: bool = False
    may_be_empty: bool = False
    content: str = ""
    examples: tuple[Example, ...] = ()


class Header(msgspec.Struct, frozen=True):
    """A header of a response. `name` as it is written."""

    name: str
    spot: Spot
    required: bool = False
    schema: Spot | None = None
    content: str = ""
    examples: tuple[Example, ...] = ()


class Response(msgspec.Struct, frozen=True):
    """One response. `status` is `200`, `4XX` or `default`."""

    status: str
    spot: Spot
    content: tuple[Media, ...] = ()
    headers: tuple[Header, ...] = ()


class Scheme(msgspec.Struct, frozen=True):
    """What a caller must bring: `kind` is basic, bearer, key or none (nothing that a request shows)."""

    title: str
    kind: Literal["basic", "bearer", "key", "none"]
    name: str = ""
    place: str = ""


class Operation(msgspec.Struct, frozen=True):
    """An operation, whole. `security` lists alternatives; each needs all of its schemes. None of them: open."""

    key: str
    id: str
    method: str
    path: str
    spot: Spot
    parameters: tuple[Parameter, ...] = ()
    body: tuple[Media, ...] = ()
    body_required: bool = False
    body_spot: Spot | None = None
    responses: tuple[Response, ...] = ()
    security: tuple[tuple[Scheme, ...], ...] = ()
    faults: tuple[Flaw, ...] = ()

    def response(self, status: int) -> Response | None:
        """The response that is declared for a status: by itself, by its range, or as the default."""
        by_name = {response.status: response for response in self.responses}
        return by_name.get(str(status)) or by_name.get(f"{status // 100}XX") or by_name.get("default")
