"""OpenAPI documents as a source of mocks: read, answered from, held against requests and hand-written mocks."""

from keymock.contract.document import Contract, Trees, load, problems, reopened
from keymock.contract.library import Read, Spot, Unresolved
from keymock.contract.model import Flaw, Media, Operation, Parameter, Response, Stub

__all__ = [
    "Contract",
    "Flaw",
    "Media",
    "Operation",
    "Parameter",
    "Read",
    "Response",
    "Spot",
    "Stub",
    "Trees",
    "Unresolved",
    "load",
    "problems",
    "reopened",
]
