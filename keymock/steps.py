"""The shape of flows, as Structs: steps that send requests, keep what came, and say what should have come.

A step is a request with more keys, so whatever a saved request can say, a step can say too, and lays it over the saved
request that it names. Every text may hold `{{ … }}`, filled in when the step runs.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from keymock.match import Value
from keymock.saved import Sent, Text, Timeout
from keymock.spec import Mode

Identifier = Annotated[str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$(?!\n)", description="letters, digits and `_`")]


class Capture(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is kept of an answer: one of its places. `default` is kept where nothing is found; else that fails."""

    jsonpath: Text | UnsetType = UNSET
    header: Text | UnsetType = UNSET
    cookie: Text | UnsetType = UNSET
    regex: Annotated[str, Meta(min_length=1, description="The first group of it, or all of it.")] | UnsetType = UNSET
    status: Literal[True] | UnsetType = UNSET
    default: Any = UNSET

    def __post_init__(self) -> None:
        places = (self.jsonpath, self.header, self.cookie, self.regex, self.status)
        if sum(place is not UNSET for place in places) != 1:
            raise ValueError("a capture looks at one place: `jsonpath`, `header`, `cookie`, `regex` or `status`")


Status = Annotated[int, Meta(ge=100, le=599)]


class Expect(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What should come back. All of it must hold. Matchers are those of `[request]` in a mock."""

    status: Annotated[Value, Meta(description='A number, a list of them, "2xx", or a matcher.')] | UnsetType = UNSET
    headers: dict[str, Value] = {}
    cookies: dict[str, Value] = {}
    jsonpath: Annotated[dict[str, Value], Meta(description="Selector = matcher of what it finds.")] = {}
    json: Annotated[Any, Meta(description="JSON with at least these keys; a matcher's keys carry `$`.")] = UNSET
    json_equals: Annotated[Any, Meta(description="Exactly this JSON.")] = UNSET
    text: Annotated[Value, Meta(description="The whole body as text.")] | UnsetType = UNSET
    xpath: dict[str, Value] = {}
    schema: Annotated[str | dict[str, Any], Meta(description="JSON Schema: a file, or a table.")] | UnsetType = UNSET
    contract: (
        Annotated[bool | str, Meta(description="As its contract declares it: true, or the operation by name.")]
        | UnsetType
    ) = UNSET
    time: Annotated[Timeout, Meta(description="It has come within this time.")] | UnsetType = UNSET


class Repeat(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`repeat`: the request again and again, until its answer is as it should be or the time is over."""

    until: Expect
    every: Timeout = "1s"
    within: Timeout = "30s"


class Retry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`retry`: once more when no answer came, or none as expected; each pause twice as long as the one before."""

    times: Annotated[int, Meta(ge=1, le=100)]
    backoff: Timeout = "100ms"
    most: Annotated[Timeout, Meta(description="The longest pause.")] = "10s"


class Step(Sent, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"given": "with"}):
    """One of `[[steps]]`: a request, saved (`request`) or inline; or a flow; or a group whose members run together."""

    id: Identifier | UnsetType = UNSET
    name: str = ""
    request: Annotated[str, Meta(min_length=1, description="A saved request, by the end of its id.")] | UnsetType = (
        UNSET
    )
    flow: Annotated[str, Meta(min_length=1, description="A flow, run as one step.")] | UnsetType = UNSET
    given: Annotated[dict[str, Any], Meta(description="Variables for the flow that is run as a step.")] = {}  # noqa: RUF012  (msgspec gives each its own)
    parallel: Annotated[list[Any], Meta(description="Steps that run at the same time.")] = []  # noqa: RUF012  (msgspec gives each its own)
    project: Annotated[str, Meta(description="Whose addresses and variables hold.")] | UnsetType = UNSET
    target: Mode | UnsetType = UNSET
    when: Annotated[str, Meta(description="A template; the step runs if it comes to true.")] | UnsetType = UNSET
    for_each: Annotated[dict[str, Any], Meta(description="A name = a list: the step runs once for each.")] = {}  # noqa: RUF012  (msgspec gives each its own)
    capture: dict[Identifier, str | Capture] = {}  # noqa: RUF012  (msgspec gives each its own)
    expect: Expect = Expect()
    repeat: Repeat | UnsetType = UNSET
    retry: Retry | UnsetType = UNSET
    pause: Annotated[Timeout, Meta(description="How long to wait before it.")] | UnsetType = UNSET
    keep_going: Annotated[bool, Meta(description="Go on with the flow if this step fails.")] = False


class Flow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`flows/**/*.toml`: requests one after the other, each able to use what came before."""

    name: str = ""
    description: str = ""
    tags: list[str] = []
    target: Mode = "mock"
    environment: str = ""
    data: Annotated[str, Meta(description="A CSV or JSON file beside the flow: the flow runs once for each row.")] = ""
    variables: dict[str, Any] = {}
    setup: list[Step] = []
    steps: list[Step] = []
    teardown: Annotated[list[Step], Meta(description="Run in the end, whatever came before.")] = []
