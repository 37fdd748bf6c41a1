"""Records of sibling resources beside a record: `_embed=comments` its children, `_expand=user` its parent.

A comment belongs to the post whose id stands in its `postId` or `post_id`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from keymock.problems import did_you_mean
from keymock.store.filters import Unclear
from keymock.store.ids import Key
from keymock.store.records import Record, Store

Stores = Mapping[str, Store]
"""The resources of one space, by name."""


def with_related(
    records: Iterable[Record], store: Store, others: Stores, embed: Iterable[str], expand: Iterable[str]
) -> list[Record]:
    """Copies of the records with what a query wants beside them. Raises Unclear for what is no sibling.

    `embed` may name a parent too, as json-server 1 has it.
    """
    found = list(records)
    for name in embed:
        if name in others:
            found = _with_children(found, store, others[name], name)
        else:
            found = _with_parent(found, _parent("_embed", name, others), name)
    for name in expand:
        found = _with_parent(found, _parent("_expand", name, others), name)
    return found


def singulars(resource: str) -> tuple[str, ...]:
    """What one record of a resource may be called: `boxes` → `boxe`, `box`. English endings do not say which it is."""
    words = [resource]
    if resource.endswith("ies"):
        words.append(resource[:-3] + "y")
    if resource.endswith("s"):
        words.append(resource[:-1])
    if resource.endswith("es"):
        words.append(resource[:-2])
    return tuple(words)


def references(resource: str) -> tuple[str, ...]:
    """The fields that may hold the id of a record of this resource: `postId`, `post_id`."""
    fields = []
    for word in singulars(resource.replace("-", "_")):
        first, *rest = word.split("_")
        fields += [first + "".join(part.capitalize() for part in rest) + "Id", f"{word}_id"]
    return tuple(fields)


def _referenced(record: Record, owner: Store, fields: Iterable[str]) -> Key | None:
    """The key of the record of `owner` that a record refers to by one of these fields, if it is there."""
    for field in fields:
        value = record.get(field)
        if isinstance(value, str | int) and not isinstance(value, bool):
            return owner.find(str(value))
    return None


def _with_children(records: list[Record], store: Store, children: Store, name: str) -> list[Record]:
    fields = references(store.resource)
    by_parent: dict[Key | None, list[Record]] = {}
    for child in children:
        by_parent.setdefault(_referenced(child, store, fields), []).append(child)
    return [{**record, name: by_parent.get(store.key(record), [])} for record in records]


def _with_parent(records: list[Record], parents: Store, name: str) -> list[Record]:
    fields = references(parents.resource)
    found = []
    for record in records:
        key = _referenced(record, parents, fields)
        found.append(record if key is None else {**record, name: parents.get(key)})
    return found


def _parent(parameter: str, name: str, others: Stores) -> Store:
    for resource, store in others.items():
        if name in singulars(resource):
            return store
    names = [name for resource in others for name in singulars(resource)]
    hint = did_you_mean(name, names) or (
        f"there are {', '.join(others)}" if others else "there is none beside this one"
    )
    raise Unclear(parameter, f"`{name}` is no resource here; {hint}")
