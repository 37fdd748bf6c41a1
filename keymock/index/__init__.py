"""The route index: mocks compiled once, found by one dictionary look-up per shape of path, swapped whole."""

from __future__ import annotations

from keymock.index.compile import compile_mock
from keymock.index.find import NEEDS_BODY, Found, NeedsBody, allowed_methods, find, find_among, methods_of
from keymock.index.report import Bodies, BodyFault, Context, Listed
from keymock.index.route import ANY, Answer, Cors, Route
from keymock.index.stock import Columns, Filing, Kind, Label, Stock, columns_of, kinds_of, known_of, stock_of
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
    "Columns",
    "Context",
    "Cors",
    "Filing",
    "Found",
    "Kind",
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
    "columns_of",
    "compile_mock",
    "find",
    "find_among",
    "kinds_of",
    "known_of",
    "methods_of",
    "stock_of",
]
