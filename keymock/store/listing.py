"""A list as a query asks for it: filtered, searched, sorted, cut into pages.

The names are json-server's, `_sort _order _page _per_page _limit _start _end`; `sort page per_page limit` and `q` mean
the same as long as no record has a field of that name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from keymock.store.filters import Record, Unclear, has_field, keep, reach, search

PER_PAGE = 10
"""Records of a page if the query names a page and no size."""

RELATIONS = ("_embed", "_expand")
_SORT = ("_sort", "sort")
_PAGE = ("_page", "page")
_SIZE = ("_per_page", "_limit", "per_page", "limit")
_CONTROLS = (*RELATIONS, *_SORT, *_PAGE, *_SIZE, "_order", "_start", "_end", "q")

Query = Mapping[str, list[str]]


class Listing(NamedTuple):
    """What a list shows. `total` counts before paging; `page` and `pages` are 0 without paging, pages count from 1."""

    records: list[dict[str, Any]]
    total: int
    page: int = 0
    pages: int = 0
    page_parameter: str = _PAGE[0]

    def neighbours(self) -> dict[str, int]:
        """The pages that one may go to from here, by the name of the link; none without paging."""
        if not self.page:
            return {}
        near = {"prev": min(self.page - 1, self.pages), "next": self.page + 1}
        within = {rel: number for rel, number in near.items() if 1 <= number <= self.pages}
        return {"first": 1, **within, "last": self.pages}


def listing(records: Sequence[Record], query: Query) -> Listing:
    """The part of `records` that a query asks for. Raises Unclear."""
    controls = {name for name in _CONTROLS if name in query and (name[0] == "_" or not has_field(records, name))}
    filters = {name: texts for name, texts in query.items() if name not in controls}
    asked = {name: query[name] for name in controls}
    kept = search(keep(records, filters, _CONTROLS), asked.get("q", ()))
    return _cut(_sorted(kept, asked), asked)


# ---- sorting -----------------------------------------------------------------------------------------------------


def _sorted(records: list[Any], asked: Query) -> list[Any]:
    names = _words(asked, *_SORT)
    orders = _words(asked, "_order")
    for index, order in enumerate(orders):
        if order.lower() not in ("asc", "desc"):
            raise Unclear("_order", f"`{order}` is neither `asc` nor `desc`")
        if index >= len(names):
            raise Unclear("_order", "there is no `_sort` for it")
    # From the last name to the first: sorting is stable, so the first decides.
    for index in reversed(range(len(names))):
        backwards = names[index].startswith("-")
        if index < len(orders) and orders[index].lower() == "desc":
            backwards = True
        records = _sorted_by(records, names[index].lstrip("-+"), backwards=backwards)
    return records


def _sorted_by(records: list[Any], name: str, *, backwards: bool) -> list[Any]:
    """By one field: false and true, numbers, texts. What has none of them comes last, whichever way."""
    find = reach(name)
    ranked, rest = [], []
    for record in records:
        rank = _rank(find(record))
        if rank is None:
            rest.append(record)
        else:
            ranked.append((rank, record))
    ranked.sort(key=lambda pair: pair[0], reverse=backwards)
    return [record for _, record in ranked] + rest


def _rank(values: Sequence[Any]) -> tuple[int, Any] | None:
    value = values[0] if values else None
    if isinstance(value, bool):
        return 0, value
    if isinstance(value, int | float):
        return 1, value
    return (2, value) if isinstance(value, str) else None


def _words(asked: Query, *names: str) -> list[str]:
    """What stands between the commas of all these parameters."""
    texts = [text for name in names for text in asked.get(name, ())]
    return [word.strip() for text in texts for word in text.split(",") if word.strip()]


def related(query: Query) -> tuple[list[str], list[str]]:
    """What a query wants embedded, and what expanded."""
    return _words(query, "_embed"), _words(query, "_expand")


# ---- pages -------------------------------------------------------------------------------------------------------


def _cut(records: list[Any], asked: Query) -> Listing:
    total = len(records)
    start, end = _number(asked, "_start", least=0), _number(asked, "_end", least=0)
    page, size = _number(asked, *_PAGE, least=1), _number(asked, *_SIZE, least=1)
    if start is not None or end is not None:
        first = start or 0
        stop = end if end is not None else first + size if size else total
        return Listing(records[first:stop], total)
    if page is None and size is None:
        return Listing(records, total)
    page, size = page or 1, size or PER_PAGE
    pages = max(1, -(-total // size))
    parameter = next((name for name in _PAGE if name in asked), _PAGE[0])
    return Listing(records[(page - 1) * size : page * size], total, page, pages, parameter)


def _number(asked: Query, *names: str, least: int) -> int | None:
    """The whole number that a parameter says; None if none of these names was given."""
    name = next((name for name in names if name in asked), None)
    if name is None:
        return None
    text = asked[name][-1]
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) >= least):
        raise Unclear(name, f"`{text[:40]}` is no whole number from {least}")
    return int(text)
