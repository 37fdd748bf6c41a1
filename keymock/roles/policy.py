"""Who may do what: the one decision that every face of keymock asks for."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec

from keymock.roles import globs
from keymock.roles.grammar import Roles, Rule
from keymock.roles.people import ANYONE, People, Stands
from keymock.roles.places import VERBS, Scope, Verb, as_folder, is_own, scope_of, space_of, verb_for

SEE, USE, CHANGE, ADMINISTER = 1, 2, 3, 4
NEEDS: dict[Verb, int] = {
    "see": SEE,
    "use": USE,
    "create": CHANGE,
    "update": CHANGE,
    "delete": CHANGE,
    "administer": ADMINISTER,
}
# What a role is worth, and what it is called there: on shared paths editor and admin count as member, elsewhere
# member counts as user.
PROJECT: dict[str, int] = {"viewer": SEE, "user": USE, "member": USE, "editor": CHANGE, "admin": ADMINISTER}
SHARED: dict[str, int] = {"viewer": SEE, "user": USE, "member": CHANGE, "editor": CHANGE, "admin": CHANGE}
PROJECT_ROLES = ("", "viewer", "user", "editor", "admin")
SHARED_ROLES = ("", "viewer", "user", "member")
# Outside of `workspace/` and `projects/` settings are the workspace's own: admin of a line is no more than editor.
ROOT: dict[str, int] = {**PROJECT, "admin": CHANGE}

WORKSPACE_ADMIN = "workspace admin"
HELP_ORDER = ("admin", "editor", "member", "user", "viewer", WORKSPACE_ADMIN)


class Decision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether somebody may do something, and why.

    `role` is what they are there: `viewer`, `user`, `member`, `editor`, `admin`, `workspace admin`, `creator` of a
    private folder, or empty. `reason` is a sentence for people; `rule` the line that decided, if one did.
    """

    allowed: bool
    role: str
    reason: str
    rule: Rule | None = None


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One person's standing at one path; `line` is that of the rule, 0 where no file rules."""

    path: str
    who: str
    role: str
    verbs: tuple[Verb, ...]
    line: int


def decide(
    roles: Roles, actor: str | None, verb: Verb, path: str, *, enforce: bool = True, contracts: Collection[str] = ()
) -> Decision:
    """One decision. Whoever asks twice makes a `Policy` and asks that."""
    return Policy(roles, enforce=enforce, contracts=contracts).decide(actor, verb, path)


def who_can(roles: Roles, verb: Verb, path: str) -> tuple[str, ...]:
    """Who may do this, as ROLES names them; see `Policy.who_can`."""
    return Policy(roles).who_can(verb, path)


def table(roles: Roles, paths: Iterable[str]) -> tuple[Row, ...]:
    """Who may do what at each of these paths; see `Policy.table`."""
    return Policy(roles).table(paths)


class Policy:
    """A ROLES file, compiled. Make it once for each version of the file; it is never changed.

    `enforce=False` is `roles = "review"` on one's own machine: everything is open but another's private folder.
    `contracts` are the logical paths of contracts that projects name besides their `openapi.*`.
    """

    def __init__(self, roles: Roles, *, enforce: bool = True, contracts: Collection[str] = ()) -> None:
        self.roles = roles
        self.enforce = enforce
        self.open = not enforce or roles.open
        self.contracts = frozenset(contracts)
        self.people = People(roles)
        self._deciding = globs.last_match(rule.pattern for rule in roles.rules)
        self._grants = [
            [(grant.role, frozenset(map(self.people.key, grant.who))) for grant in rule.grants] for rule in roles.rules
        ]
        stars = [index for index, rule in enumerate(roles.rules) if rule.pattern == "*"]
        self._top = stars[-1] if stars else None
        """The index of the last line for `*`, which names the workspace admins."""

    def for_actor(self, actor: str | None) -> Rights:
        """What one person, or nobody (None), may do; keep it to ask about many paths."""
        return Rights(self, actor, self.people.stands(self.people.find(actor)))

    def decide(self, actor: str | None, verb: Verb, path: str, *, you: str = "you") -> Decision:
        """Whether `actor` may do `verb` at `path`; the reason speaks of `you`, or of whom is named there."""
        return self.for_actor(actor).decide(verb, path, you=you)

    def deciding(self, path: str) -> int | None:
        """The index of the last rule that matches `path`."""
        found = self._deciding.match(path)
        return None if found is None else len(self.roles.rules) - (found.lastindex or 0)

    def roles_in(self, index: int, stands: Stands) -> tuple[str, ...]:
        """The roles that one rule gives to one person."""
        return tuple(role for role, who in self._grants[index] if not who.isdisjoint(stands))

    def is_workspace_admin(self, stands: Stands) -> bool:
        """Whether the last line for `*` gives this person admin."""
        return self._top is not None and "admin" in self.roles_in(self._top, stands)

    @property
    def top_rule(self) -> Rule | None:
        """The line that names the workspace admins."""
        return None if self._top is None else self.roles.rules[self._top]

    def who_can(self, verb: Verb, path: str) -> tuple[str, ...]:
        """Whom to turn to: all whom ROLES lets do this, the highest roles of the deciding line first.

        Workspace admins come last: they are the fewest, and asked by everybody. `anyone` stands for
        anyone at all. Nobody can help with a private folder, or while ROLES is broken.
        """
        if scope_of(path) == "private" or (self.roles.broken and not self.open):
            return ()
        if self.open:
            return ("anyone",)
        index = self.deciding(as_folder(path))
        rules = [self.roles.rules[at] for at in (index, self._top) if at is not None]
        keys = self.people.expand(
            self.people.key(name) for rule in rules for grant in rule.grants for name in grant.who
        )
        rights = {key: self.rights_of(key) for key in keys}
        able = [key for key in keys if rights[key].may(verb, path)]
        able.sort(key=lambda key: HELP_ORDER.index(rights[key].role(path)))
        return ("anyone",) if ANYONE in able else tuple(map(self.people.shown, able))

    def table(self, paths: Iterable[str]) -> tuple[Row, ...]:
        """Everybody's standing at each path, for those who have one; `anyone` is whoever ROLES does not name."""
        rows = []
        for path in paths:
            for key in (*self.people.named, ANYONE):
                rights = self.rights_of(key)
                verbs = tuple(verb for verb in VERBS if rights.may(verb, path))
                if verbs:
                    decision = rights.decide(verbs[0], path)
                    line = decision.rule.line if decision.rule else 0
                    rows.append(Row(path, self.people.shown(key), decision.role, verbs, line))
        return tuple(rows)

    def rights_of(self, key: str) -> Rights:
        """What the person with this key may do, private folders aside."""
        return Rights(self, None, self.people.stands(None if key == ANYONE else key))


class _Verdict(msgspec.Struct, frozen=True):
    """A decision before it is put in words."""

    allowed: bool
    why: str
    role: str = ""
    index: int | None = None


class Rights:
    """What one person may do. Asking is all it can; it keeps what each rule gives them, which never changes."""

    def __init__(self, policy: Policy, actor: str | None, stands: Stands) -> None:
        self.policy = policy
        self.actor = actor
        self.stands = stands
        self.is_workspace_admin = policy.is_workspace_admin(stands)
        self._levels: dict[tuple[int, Scope], int] = {}

    @property
    def open(self) -> bool:
        """Whether everybody may do everything, private folders aside, so that nothing need be decided path by path."""
        return self.policy.open

    def who_can(self, verb: Verb, path: str) -> tuple[str, ...]:
        """Who could help where this person may not; see `Policy.who_can`."""
        return self.policy.who_can(verb, path)

    def may(self, verb: Verb, path: str) -> bool:
        """The same answer as `decide`, without a reason: for thousands of paths."""
        return self._judge(verb, path).allowed

    def role(self, path: str) -> str:
        """What this person is at `path`; as `Decision.role`."""
        return self._judge("see", path).role

    def decide(self, verb: Verb, path: str, *, you: str = "you") -> Decision:
        """Whether this person may do `verb` at `path`, and why."""
        verdict = self._judge(verb, path)
        rule = None if verdict.index is None else self.policy.roles.rules[verdict.index]
        return Decision(verdict.allowed, verdict.role, self._reason(verdict, verb, path, rule, you), rule)

    def _judge(self, verb: Verb, path: str) -> _Verdict:
        policy = self.policy
        scope = scope_of(path)
        if scope == "nowhere":
            return NOWHERE
        if scope == "private":
            if not is_own(self.actor, path):
                return ANOTHERS
            return OWN_SETTINGS if verb == "administer" else OWN
        if policy.open:
            return OPEN
        if policy.roles.broken:
            return BROKEN
        if self.is_workspace_admin:
            return _Verdict(True, "rule", WORKSPACE_ADMIN, policy._top)
        if scope == "twin":
            return TWIN
        path = as_folder(path)
        index = policy.deciding(path)
        if index is None:
            return NO_LINE
        level = self._level(index, scope)
        role = (SHARED_ROLES if scope == "shared" else PROJECT_ROLES)[level]
        needed = NEEDS[verb_for(path, verb, policy.contracts)]
        return _Verdict(level >= needed, "rule", role, index)

    def _level(self, index: int, scope: Scope) -> int:
        """The worth of the highest role that a rule gives this person in a scope."""
        level = self._levels.get((index, scope))
        if level is None:
            worth = {"shared": SHARED, "project": PROJECT}.get(scope, ROOT)
            level = max((worth[role] for role in self.policy.roles_in(index, self.stands)), default=0)
            self._levels[index, scope] = level
        return level

    def _reason(self, verdict: _Verdict, verb: Verb, path: str, rule: Rule | None, you: str) -> str:
        are = "you are" if you == "you" else f"{you} is"
        file = self.policy.roles.path
        space = space_of(path)
        if verdict.why == "own":
            return f"private/{path.split('/')[1]}/ belongs to {you} alone, whatever {file} says"
        if verdict.why == "another's":
            return "a private folder is its creator's alone; for everyone else it does not exist"
        if verdict.why == "open":
            if self.policy.enforce:
                return f"{file} has no rule: whoever has the files may do everything"
            return 'roles = "review": local use is open, hook and CI enforce'
        if verdict.why != "rule":
            return SENTENCES[verdict.why].format(path=path, file=file, needs=self._needs(verb, path))
        line = f"{file}:{rule.line}" if rule else file
        if verdict.role == WORKSPACE_ADMIN:
            return f"{are} workspace admin by {line}"
        if verdict.allowed:
            return f"{are} {_article(verdict.role)} of {space} by {line}"
        if verdict.role:
            return f"{are} {_article(verdict.role)} of {space} by {line}; {self._needs(verb, path)}"
        hint = "" if self.actor else "; nobody is named: set KEYMOCK_USER"
        return f"{line} decides about {path} and gives {you} no role; {self._needs(verb, path)}{hint}"

    def _needs(self, verb: Verb, path: str) -> str:
        """`using its mocks needs user, editor or admin`"""
        scope = scope_of(path)
        needed = NEEDS[verb_for(as_folder(path), verb, self.policy.contracts)]
        if needed == ADMINISTER:
            deed = "changing its settings"
            return f"{deed} needs " + ("admin of the project" if scope == "project" else "admin on the pattern `*`")
        if scope == "twin":
            return f"{DEEDS[verb]} needs admin on the pattern `*`"
        names = (SHARED_ROLES if scope == "shared" else PROJECT_ROLES)[needed:]
        return f"{DEEDS[verb]} needs " + " or ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)


OWN = _Verdict(True, "own", "creator")
OWN_SETTINGS = _Verdict(False, "own settings", "creator")
ANOTHERS = _Verdict(False, "another's")
NOWHERE = _Verdict(False, "nowhere")
OPEN = _Verdict(True, "open")
BROKEN = _Verdict(False, "broken")
TWIN = _Verdict(False, "twin")
NO_LINE = _Verdict(False, "no line")

SENTENCES = {
    "own settings": "a private folder has no roles and settings to administer",
    "nowhere": "`{path}` is no path inside the workspace",
    "broken": "{file} cannot be read, so nobody may do anything outside their private folder; keymock check says where",
    "twin": "`{path}` looks like one of keymock's own names, and some systems take it for that; {needs}",
    "no line": "no line of {file} matches {path}; {needs}",
}
DEEDS: dict[Verb, str] = {
    "see": "seeing it",
    "use": "using its mocks",
    "create": "adding to it",
    "update": "changing it",
    "delete": "deleting from it",
    "administer": "changing its settings",
}


def _article(role: str) -> str:
    return f"an {role}" if role[0] in "ea" else f"a {role}"
