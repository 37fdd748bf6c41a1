"""ROLES and CODEOWNERS held against each other: one made of the other, and where they disagree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from keymock.layout import Layout
from keymock.problems import Problem, warning
from keymock.roles import Policy, Rule
from keymock.roles.globs import fault, last_match
from keymock.roles.people import ANYONE

HEAD = """\
# Made of ROLES by `keymock export codeowners`: whoever may change a path owns it, workspace admins own everything.
"""
EVERYTHING = frozenset({"*", "**", "/**", "**/"})
CHANGING = frozenset({"editor", "admin"})

SETTINGS = {"project.toml": "project.toml", "openapi.*": "openapi.yaml", "environments/": "environments/any.toml"}
"""What of a project its admins change: patterns beneath its folder, each with a path that it matches."""

HOSTS = ("github", "gitlab")


OF_WORKSPACE = (
    "/ROLES", "/keymock.toml", "/environments/", "/workspace/environments/", "/workspace/**/_defaults.toml",
    "/projects/**/_defaults.toml", *(f"/projects/*/{setting}" for setting in SETTINGS),
)  # fmt: skip
"""What workspace admins change, but for what the lines below it say."""


class Line(NamedTuple):
    """One rule of a CODEOWNERS file. Without owners nobody need approve."""

    number: int
    pattern: str
    owners: tuple[str, ...]


class Owners:
    """A CODEOWNERS file, compiled. `within` is the workspace's folder from the top of the repository."""

    def __init__(self, text: str, within: str = "") -> None:
        self.lines = list(_lines(text))
        self._within = f"{within}/" if within else ""
        self._deciding = last_match(line.pattern for line in self.lines)

    def of(self, file: str) -> Line | None:
        """The line that decides about a file of the workspace."""
        found = self._deciding.match(self._within + file)
        return None if found is None else self.lines[len(self.lines) - (found.lastindex or 0)]


def _lines(text: str) -> Iterator[Line]:
    for number, line in enumerate(text.splitlines(), 1):
        words = line.partition(" #")[0].split()
        if words and not words[0].startswith(("#", "[", "^[")) and not fault(words[0]):
            yield Line(number, words[0], tuple(words[1:]))


def disagreements(policy: Policy, owners: Owners, files: Mapping[str, str], name: str) -> Iterator[Problem]:
    """Owners who may approve what ROLES does not let them change; each line and owner told once.

    `files` are those of the workspace, with their id paths; `name` is where the CODEOWNERS file lies. Teams of a host
    are not known here.
    """
    told: set[tuple[int, str]] = set()
    for file, path in files.items():
        line = owners.of(file)
        for owner in line.owners if line is not None else ():
            if line is None or (owner.startswith("@") and "/" in owner) or (line.number, owner) in told:
                continue
            if not policy.rights_of(_key(policy, owner)).may("update", path):
                told.add((line.number, owner))
                message = f"{owner} owns {path} here, and may not change it by {policy.roles.path}"
                hint = f"keymock can {owner} update {path}; a CODEOWNERS that agrees: keymock export codeowners"
                yield warning(name, "codeowners-disagree", message, hint=hint, line=line.number)


def _key(policy: Policy, owner: str) -> str:
    """Who an owner is in ROLES: `@ada-l` is also the account of that name on a host."""
    people = policy.people
    accounts = (people.find(f"{host}:{owner.removeprefix('@')}") for host in HOSTS if owner.startswith("@"))
    return next(filter(None, accounts), None) or people.key(owner)


def owners_text(policy: Policy, layout: Layout, within: str = "") -> str:
    """A CODEOWNERS file that says of every path of the workspace who may change it, as far as that can be said there.

    People are written by an e-mail or an account that ROLES knows of them; who has neither is named in a comment.
    """
    return _Writing(policy, layout, within).text()


class _Writing:
    """One run of `owners_text`."""

    def __init__(self, policy: Policy, layout: Layout, within: str) -> None:
        self.policy = policy
        self.layout = layout
        self.within = within
        self.unsaid: dict[str, None] = {}
        people = policy.people
        self.names: dict[str, list[str]] = {}
        for person in policy.roles.people:
            self.names.setdefault(people.key(person.name), []).extend((person.name, *person.names))
        self.admins = [key for key in people.named if policy.is_workspace_admin(people.stands(key))]

    def text(self) -> str:
        """The whole file."""
        rules = self.policy.roles.rules
        lines = [line for rule in rules for line in self._of_rule(rule)]
        lines += ["", "# Settings are their admins'."]
        for pattern in OF_WORKSPACE:
            lines += self._lines(pattern, self.admins)
        for rule in rules:
            lines += self._defaults(rule)
        for name in self.layout.projects:
            for setting, example in SETTINGS.items():
                able = [key for key in self.policy.people.named if self._may(key, f"projects/{name}/{example}")]
                lines += self._lines(f"/projects/{name}/{setting}", able)
        if self.unsaid:
            lines += ["", f"# Without an e-mail or an account in ROLES: {', '.join(self.unsaid)}"]
        return HEAD + "\n".join(lines) + "\n"

    def _defaults(self, rule: Rule) -> Iterator[str]:
        """The `_defaults.toml` of the folders that a rule speaks of; those of the workspace are no project's."""
        pattern = "/projects/" if rule.pattern in EVERYTHING else rule.pattern
        if pattern.endswith("/") and not pattern.lstrip("/").startswith("workspace"):
            yield from self._lines(f"{pattern}**/_defaults.toml", self._keys(rule, frozenset({"admin"})))

    def _may(self, key: str, path: str) -> bool:
        return self.policy.rights_of(key).may("update", path)

    def _of_rule(self, rule: Rule) -> Iterator[str]:
        keys = self._keys(rule, CHANGING)
        members = self._keys(rule, CHANGING | {"member"})
        if rule.pattern.lstrip("/").startswith("workspace"):
            keys = members
        yield from self._lines(rule.pattern, keys)
        if rule.pattern in EVERYTHING and members != keys:
            yield from self._lines("/workspace/", members)

    def _keys(self, rule: Rule, roles: frozenset[str]) -> list[str]:
        people = self.policy.people
        who = (people.key(name) for grant in rule.grants if grant.role in roles for name in grant.who)
        return list(people.expand(who))

    def _lines(self, pattern: str, keys: Iterable[str]) -> Iterator[str]:
        """A pattern and its owners, for each place that the pattern means; none if anyone may."""
        keys = list(keys)
        names = [self._name(key) for key in dict.fromkeys([*keys, *self.admins])] if ANYONE not in keys else []
        owners = [name for name in names if name]
        for place in self._places(pattern):
            yield f"{place:<40} {' '.join(owners)}".rstrip()

    def _name(self, key: str) -> str:
        """How a host knows somebody: by e-mail, else by account. Empty if ROLES says neither."""
        known: list[str] = [self.policy.people.shown(key), *self.names.get(key, ())]
        for name in known:
            if "@" in name[1:] and ":" not in name:
                return name
        for name in known:
            if name.startswith("@") or ":" in name:
                return "@" + name.rpartition(":")[2].removeprefix("@")
        self.unsaid[known[0]] = None
        return ""

    def _places(self, pattern: str) -> list[str]:
        """A pattern of ROLES as one from the top of the repository; projects that lie elsewhere have theirs there."""
        found = [self._from_top(pattern)]
        anchored = pattern.lstrip("/")
        for name, folder in self.layout.projects.items():
            if folder == f"projects/{name}":
                continue
            for start in (f"projects/{name}/", "projects/*/", "projects/"):
                if anchored.startswith(start):
                    rest = anchored.removeprefix(start)
                    if start != "projects/" or not rest or rest.startswith("**/"):
                        found.append(self._from_top(f"/{folder}/{rest}"))
                    break
        return found

    def _from_top(self, pattern: str) -> str:
        if not self.within:
            return pattern
        if pattern in EVERYTHING:
            return f"/{self.within}/"
        if "/" in pattern[:-1]:
            return f"/{self.within}/{pattern.lstrip('/')}"
        return f"/{self.within}/**/{pattern}"
