"""The answer of an operation: which response, which content type, which example; else one that is made up.

What is made up is a function of the operation alone, so that it is the same in every run, unless the caller asks for
something dynamic.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from keymock import generate
from keymock.chance import Chance, Stream
from keymock.contract.document import Contract
from keymock.contract.model import Example, Header, Media, Operation, Response
from keymock.contract.rendering import content_type, rendered
from keymock.contract.schemas import Schema
from keymock.contract.types import bare, choose, kind_of, sent
from keymock.contract.writing import written_header
from keymock.exchange import Headers

Streams = Callable[[str], Stream]


class Made(NamedTuple):
    """An answer, ready to send. `example` is the name of the one that was taken; `problem` why there is no body."""

    status: int
    headers: Headers
    body: bytes
    example: str = ""
    problem: str = ""


class NotAcceptable(Exception):
    """The caller takes none of the content types."""

    def __init__(self, offered: Sequence[str]) -> None:
        super().__init__(", ".join(offered))
        self.offered = tuple(offered)


def usual(operation: Operation) -> tuple[int, Response | None]:
    """The status and response of a request with nothing wrong: the lowest 2xx, else its range, the default, any."""
    numbers = sorted(int(each.status) for each in operation.responses if each.status.isdigit())
    for status in numbers:
        if 200 <= status <= 299:
            return status, operation.response(status)
    by_name = {each.status: each for each in operation.responses}
    for name, status in (("2XX", 200), ("default", 200)):
        if name in by_name:
            return status, by_name[name]
    for status in numbers:
        if status >= 200:
            return status, operation.response(status)
    for name, status in (("3XX", 302), ("4XX", 400), ("5XX", 500)):
        if name in by_name:
            return status, by_name[name]
    return 200, None


def refusal(operation: Operation, statuses: Sequence[int]) -> tuple[int, Response] | None:
    """The declared answer to a request that is wrong: the first of the statuses that is there, else the default."""
    by_name = {each.status: each for each in operation.responses}
    for status in statuses:
        if str(status) in by_name:
            return status, by_name[str(status)]
    for name in ("4XX", "default"):
        if name in by_name:
            return statuses[0], by_name[name]
    return None


def offered(response: Response) -> tuple[str, ...]:
    """The content types of a response."""
    return tuple(media.type for media in response.content)


class Answering:
    """The answers of one contract, kept once they are made."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self._made: dict[tuple[str, int, int, str], Made] = {}

    def answer(
        self,
        operation: Operation,
        status: int,
        response: Response | None,
        accept: str = "",
        example: str = "",
        streams: Streams | None = None,
    ) -> Made:
        """The answer of a response in a content type that the caller takes. Raises NotAcceptable.

        `example` is the name of the one that is wanted; `streams` make a value up, whatever examples there are.
        """
        if response is None or not response.content:
            headers = self._headers(operation, response, status, streams) if response is not None else []
            return Made(status, headers, b"")
        number = choose(offered(response), accept)
        if example:
            number = self._with_example(response, number, example)
        if number is None:
            raise NotAcceptable(offered(response))
        key = (operation.key, status, number, example)
        known = self._made.get(key) if streams is None else None
        if known is None:
            known = self._make(operation, status, response, number, example, streams)
            if streams is None:
                self._made[key] = known
        return known

    def _with_example(self, response: Response, number: int | None, name: str) -> int | None:
        """The content type that has an example of that name, if the one that was chosen has none."""
        having = [at for at, media in enumerate(response.content) if any(each.name == name for each in media.examples)]
        return number if number in having or not having else having[0]

    def _make(
        self,
        operation: Operation,
        status: int,
        response: Response,
        number: int,
        wanted: str,
        streams: Streams | None,
    ) -> Made:
        media = response.content[number]
        headers = self._headers(operation, response, status, streams)
        schema = self._schema(media)
        found = self.example(media, wanted) if streams is None else None
        if found is not None:
            kind = content_type(sent(media.type, structured=isinstance(found.value, dict | list)))
            body = rendered(found.value, kind, schema)
            return Made(status, [(b"content-type", kind.encode()), *headers], body, found.name)
        drawn = streams or _still(operation, f"{status} {bare(media.type)}")
        try:
            value = self.made_up(media, drawn, examples=streams is None)
        except generate.Refused as no:
            return Made(status, headers, b"", problem=f"no answer of {operation.key} can be made up: {no}")
        kind = content_type(sent(media.type, structured=not isinstance(value, str)))
        body = rendered(value, kind, schema, generated=True)
        return Made(status, [(b"content-type", kind.encode("latin-1", "replace")), *headers], body)

    def _schema(self, media: Media) -> Schema | None:
        return self.contract.schemas.bundle(media.schema, "response") if media.schema is not None else None

    def example(self, media: Media, wanted: str = "") -> Example | None:
        """The example of that name; without one the first that fits the schema, else the first."""
        if wanted:
            named = [each for each in media.examples if each.name == wanted]
            if named:
                return named[0]
        if not media.examples:
            return None
        if len(media.examples) > 1:
            for each in media.examples:
                if not self.contract.objections(media.schema, "response", each.value):
                    return each
        return media.examples[0]

    def made_up(self, media: Media, streams: Streams, *, examples: bool = True) -> Any:
        """A value that the schema of a content type allows. Raises generate.Refused."""
        if media.schema is None:
            return {} if kind_of(media.type) in ("json", "form", "multipart") else ""
        schema = self._schema(media)
        return generate.sample(schema if schema is not None else True, streams, examples=examples)

    # ---- headers -------------------------------------------------------------------------------------------------

    def _headers(
        self, operation: Operation, response: Response | None, status: int, streams: Streams | None
    ) -> Headers:
        found: Headers = []
        for header in response.headers if response is not None else ():
            drawn = streams or _still(operation, f"{status} header {header.name.lower()}")
            text = self._header(header, drawn)
            if text and header.name.lower() not in _FRAMING:
                found.append((header.name.lower().encode("latin-1", "replace"), text.encode("utf-8")))
        return found

    def _header(self, header: Header, streams: Streams) -> str:
        if header.examples:
            return written_header(header.examples[0].value)
        if header.schema is None:
            return ""
        try:
            value = generate.sample(self.contract.schemas.bundle(header.schema, "response"), streams)
        except generate.Refused:
            return ""
        return written_header(value)


_FRAMING = frozenset({"content-length", "transfer-encoding", "connection", "date", "server", "content-type",
                      "content-encoding"})  # fmt: skip
"""Headers that say how an answer travels; what a document says of them is left to the server."""


def _still(operation: Operation, purpose: str) -> Streams:
    """Draws that are the same in every run."""
    chance = Chance(0, "", f"{operation.key} {purpose}")
    return chance.stream


def paired(
    operation: Operation, response: Response | None, values: Mapping[str, Any], body: Any, content_type: str
) -> str:
    """The name of the example whose request was sent: parameters and body by the same name as in the response.

    `values` are the parameters that came, by place and name. Empty if no example's request is this one.
    """
    names = {each.name for media in (response.content if response is not None else ()) for each in media.examples}
    for name in sorted(names - {""}):
        asked = 0
        for parameter in operation.parameters:
            for each in parameter.examples:
                if each.name == name:
                    asked += 1
                    if not generate.equal(values.get(f"{parameter.place}.{parameter.name}", _NOTHING), each.value):
                        break
            else:
                continue
            break
        else:
            wanted = [
                each.value
                for media in operation.body
                if not content_type or bare(media.type) == content_type
                for each in media.examples
                if each.name == name
            ]
            if (wanted and generate.equal(body, wanted[0])) or (asked and not wanted):
                return name
    return ""


_NOTHING = object()


def has_pairs(operation: Operation) -> bool:
    """Whether any example of a request could have one of a response by its name."""
    asked = {each.name for parameter in operation.parameters for each in parameter.examples}
    asked |= {each.name for media in operation.body for each in media.examples}
    answers = {each.name for one in operation.responses for media in one.content for each in media.examples}
    return bool((asked & answers) - {""})


def pairs_by_body(operation: Operation) -> bool:
    """Whether the body has a part in which example it is."""
    return has_pairs(operation) and any(each.name for media in operation.body for each in media.examples)
