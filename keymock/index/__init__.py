"""The route index: mocks compiled once, found by one dictionary look-up per shape of path, swapped whole."""

from __future__ import annotations

from keymock.index.compile import compile_mock
from keymock.index.find import NEEDS_BODY, Found, NeedsBody, allowed_methods, find, find_among, methods_of
from keymock.index.report import Bodies, BodyFault, Context, Listed
from keymock.index.route import ANY, Answer, Cors, Route
from keymock.index.stock import Label, Stock, known_of, label_of, stock_of
from keymock.index.switch import Pinned, Switch
from keymock.index.table import Table
from keymock.index.views import Address, Views

__all__ = [
    "ANY",
    "NEEDS_BODY",
    "Address",
    "Answer",
    "Bodies",
    "BodyFault",
    "Context",
    "Cors",
    "Found",
    "Label",
    "Listed",
    "NeedsBody",
    "Pinned",
    "Route",
    "Stock",
    "Switch",
    "Table",
    "Views",
    "allowed_methods",
    "compile_mock",
    "find",
    "find_among",
    "known_of",
    "label_of",
    "methods_of",
    "stock_of",
]
