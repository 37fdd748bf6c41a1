"""Who is who in ROLES: the names that belong to one person, and the groups a person is in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from keymock.roles.grammar import Roles, name_key
from keymock.roles.places import identity

INVITED = "*"  # everyone whom ROLES names
ANYONE = "anyone:"  # anyone at all; no person can be called so, for a name does not end in a colon
Stands = frozenset[str]
"""All that a person is for a rule: their own key, the groups they are in, INVITED if named, ANYONE."""


class People:
    """The people of one ROLES file. A *key* is a person's canonical name in lower case, or `@group:`."""

    def __init__(self, roles: Roles) -> None:
        self._groups = {group.name for group in roles.groups}
        self._handles = {name_key(name) for name in _names(roles) if name.startswith("@")} - self._groups
        self._canonical = _joined(roles, self._handles)
        self._shown: dict[str, str] = {}
        for name in _names(roles):
            key = self.key(name)
            if key != INVITED and not key.endswith(":"):
                self._shown.setdefault(key, name)
        self._members = {f"@{group.name}:": tuple(map(self.key, group.members)) for group in roles.groups}
        self._within: dict[str, list[str]] = {}
        for group, members in self._members.items():
            for member in members:
                self._within.setdefault(member, []).append(group)

    @property
    def named(self) -> tuple[str, ...]:
        """The keys of all people whom ROLES names, in the order of the file."""
        return tuple(self._shown)

    def key(self, name: str) -> str:
        """The key of a name as ROLES writes it."""
        if name == "*":
            return INVITED
        if name == "anyone":
            return ANYONE
        key = name_key(name)
        if name.startswith("@") and key in self._groups:
            return f"@{key}:"
        return self._canonical.get(key, key)

    def is_joined(self, name: str) -> bool:
        """Whether ROLES says whose name this is."""
        return name_key(name) in self._canonical

    def shown(self, key: str) -> str:
        """A key as people read it: the name that ROLES writes first."""
        return "anyone" if key == ANYONE else self._shown.get(key, key)

    def find(self, actor: str | None) -> str | None:
        """The key of the person who acts, or None if ROLES does not name them.

        An account on a host (`github:ada-l`) is also the handle `@ada-l`, where ROLES writes that.
        """
        if not actor:
            return None
        host, _, account = actor.rpartition(":")
        if not identity(account):
            return None
        key = name_key(actor)
        key = self._canonical.get(key, key)
        if key not in self._shown and host and account.lower() in self._handles:
            key = self._canonical.get(account.lower(), account.lower())
        return key if key in self._shown else None

    def stands(self, key: str | None) -> Stands:
        """All that the person with this key is for a rule; of None, somebody whom ROLES does not name."""
        found = {ANYONE} if key is None else {key, INVITED, ANYONE}
        waiting = list(found)
        while waiting:
            for group in self._within.get(waiting.pop(), ()):
                if group not in found:
                    found.add(group)
                    waiting.append(group)
        return frozenset(found)

    def expand(self, keys: Iterable[str]) -> tuple[str, ...]:
        """The people behind these keys, each once, in the order met; ANYONE stays what it is."""
        found: dict[str, None] = {}
        seen: set[str] = set()
        waiting = list(keys)[::-1]
        while waiting:
            key = waiting.pop()
            if key in seen:
                continue
            seen.add(key)
            if key == INVITED:
                found.update(dict.fromkeys(self._shown))
            elif key in self._members:
                waiting += self._members[key][::-1]
            else:
                found[key] = None
        return tuple(found)


def _joined(roles: Roles, handles: set[str]) -> dict[str, str]:
    """Every name of a person who has several → that person's key.

    A handle (`@ada-l`) is also the account of that name, if ROLES joins just one (`ada = github:ada-l`).
    """
    canonical = {
        name_key(name): name_key(person.name) for person in roles.people for name in (person.name, *person.names)
    }
    accounts: dict[str, set[str]] = {}
    for name, key in canonical.items():
        accounts.setdefault(name.rpartition(":")[2], set()).add(key)
    for handle in handles - canonical.keys():
        if len(holders := accounts.get(handle, set())) == 1:
            canonical[handle] = min(holders)
    return canonical


def _names(roles: Roles) -> Iterator[str]:
    """Whatever stands anywhere in the file for somebody, as written, in its order of kinds."""
    for person in roles.people:
        yield from (person.name, *person.names)
    for key in roles.keys:
        yield key.who
    for group in roles.groups:
        yield from group.members
    for rule in roles.rules:
        for grant in rule.grants:
            yield from grant.who
