"""Matchers: what a request can be told apart by. One file a matcher; the tables are in `values` and `places`.

`read` makes plain `Condition`s of the TOML's Structs, once. `compile` makes a fast function of each, `explain` says
slowly why one does not hold; each is true exactly when the other is silent.
"""

from keymock.match.condition import Condition, Fault, Mismatch, Observation
from keymock.match.overlap import impossible, overlap, request_of, witness
from keymock.match.places import (
    compile,
    cost,
    count,
    discriminator,
    discriminator_values,
    explain,
    needs_body,
    observe,
    read,
)
from keymock.match.spelling import Auth, Basic, Body, Conditions, GraphQL, JsonRpc, Part
from keymock.match.values import Table, Value

__all__ = [
    "Auth",
    "Basic",
    "Body",
    "Condition",
    "Conditions",
    "Fault",
    "GraphQL",
    "JsonRpc",
    "Mismatch",
    "Observation",
    "Part",
    "Table",
    "Value",
    "compile",
    "cost",
    "count",
    "discriminator",
    "discriminator_values",
    "explain",
    "impossible",
    "needs_body",
    "observe",
    "overlap",
    "read",
    "request_of",
    "witness",
]
