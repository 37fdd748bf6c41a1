"""What works in a ROLES file and is probably not meant."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from keymock.problems import Problem, did_you_mean, nearest
from keymock.roles.globs import Automaton, Patience, TooComplex, covers, overlap
from keymock.roles.grammar import Roles, Rule
from keymock.roles.people import ANYONE, People
from keymock.roles.policy import PROJECT, PROJECT_ROLES, SHARED, SHARED_ROLES, Policy

MAX_MOVES = 2_000_000  # spent on comparing patterns, a few seconds: check must end on a hostile file too
MAX_STANDINGS = 1_000_000  # people times rules, for the same reason
MAX_NAMED = 3  # people listed in one message


def warnings(roles: Roles) -> tuple[Problem, ...]:
    """Lines that take rights away, roles that a path cannot use, lines that never decide, mistyped groups.

    In the order of the file; none for a broken file, whose errors come first.
    """
    policy = Policy(roles)
    lines = _Lines(roles)
    found = [
        *_groups_mistyped(roles, policy.people),
        *_unusable(roles, lines),
        *_unreachable(roles, lines, policy),
        *_narrowed(roles, lines, policy),
    ]
    if lines.given_up:
        message = "the rules are too many to compare each with each: lines that take or never decide may be missed"
        found.append(Problem(roles.path, 0, 0, "roles-many", "warning", message, "use groups and wider patterns"))
    return tuple(sorted(found))


class _Lines:
    """How the patterns of the rules stand to each other, as far as there is patience to find out."""

    def __init__(self, roles: Roles) -> None:
        self.machines = [Automaton(rule.pattern) for rule in roles.rules]
        self.patience = Patience(MAX_MOVES)
        self.given_up = False

    def covers(self, outer: Automaton, inner: Automaton) -> bool:
        return self._ask(covers, outer, inner)

    def overlap(self, one: Automaton, other: Automaton) -> bool:
        return self._ask(overlap, one, other)

    def _ask(
        self, question: Callable[[Automaton, Automaton, Patience], bool], one: Automaton, other: Automaton
    ) -> bool:
        if self.given_up:
            return False
        try:
            return question(one, other, self.patience)
        except TooComplex:
            self.given_up = True
            return False


def _warn(roles: Roles, rule: Rule, code: str, message: str, hint: str = "", word: str = "") -> Problem:
    column = max(rule.text.find(word), 0) + 1
    return Problem(roles.path, rule.line, column, code, "warning", message, hint, rule.text)


def _groups_mistyped(roles: Roles, people: People) -> Iterator[Problem]:
    """`@shpo` beside a group `@shop`: a handle by the rules, a slip by experience."""
    groups = [f"@{group.name}" for group in roles.groups]
    if not groups:
        return
    for rule in roles.rules:
        for name in dict.fromkeys(name for grant in rule.grants for name in grant.who):
            if name.startswith("@") and name.lower() not in groups and not people.is_joined(name):
                hint = did_you_mean(name, groups)
                if hint:
                    message = f"`{name}` is no group, so it stands for the account of that name"
                    yield _warn(roles, rule, "group-unknown", message, hint, name)


PRIVATE, SHARED_SPACE, EVERYTHING = Automaton("/private/"), Automaton("/workspace/"), Automaton("*")
SETTINGS = [Automaton(pattern) for pattern in ("/ROLES", "/keymock.toml", "/environments/")]
SPACES = ("workspace", "projects", "private", "environments")


def _unusable(roles: Roles, lines: _Lines) -> Iterator[Problem]:
    """Roles on paths where they mean nothing, or less than they say."""
    for rule, machine in zip(roles.rules, lines.machines, strict=True):
        admins = any(grant.role == "admin" for grant in rule.grants)
        if lines.covers(PRIVATE, machine):
            message = "this line is without effect: a private folder is its creator's alone, whatever ROLES says"
            yield _warn(roles, rule, "role-unusable", message, "delete the line")
        elif lines.covers(SHARED_SPACE, machine) and admins:
            message = "admin counts as member here: the shared workspace has no admin of its own"
            yield _warn(roles, rule, "role-unusable", message, "write `member:`, or admin on the pattern `*`", "admin:")
        elif any(lines.covers(setting, machine) for setting in SETTINGS) and _changes(rule):
            message = "these files are changed by workspace admins alone; here every role only lets people see them"
            yield _warn(roles, rule, "role-unusable", message, "write `viewer:`, or admin on the pattern `*`")
        elif rule.pattern != "*" and admins and lines.covers(machine, EVERYTHING):
            message = f"`{rule.pattern}` makes no workspace admins, though it matches everything"
            yield _warn(roles, rule, "role-unusable", message, "only the pattern `*` does", "admin:")
        elif mistyped := _mistyped_top(rule.pattern):
            yield _warn(
                roles,
                rule,
                "pattern-unusual",
                f"keymock keeps nothing under `{mistyped}/`",
                did_you_mean(mistyped, SPACES),
            )
        elif (slip := _plain_escape(rule.pattern)) is not None:
            message = f"`\\{slip}` is just `{slip}`"
            yield _warn(roles, rule, "pattern-unusual", message, "folders are separated by `/`", f"\\{slip}")


def _changes(rule: Rule) -> bool:
    return any(grant.role in {"member", "editor", "admin"} for grant in rule.grants)


def _mistyped_top(pattern: str) -> str:
    """The folder at the top of an anchored pattern, if it is nearly one of keymock's; else empty."""
    top, slash, rest = pattern.removeprefix("/").partition("/")
    anchored = slash and (rest or pattern.startswith("/"))
    return top if anchored and top not in SPACES and not set(top) & set("*?\\") and nearest(top, SPACES) else ""


def _plain_escape(pattern: str) -> str | None:
    """The first character that is escaped without need."""
    after = (pattern[at + 1] for at, char in enumerate(pattern[:-1]) if char == "\\" and pattern[at - 1 : at] != "\\")
    return next((char for char in after if char.isalnum()), None)


def _unreachable(roles: Roles, lines: _Lines, policy: Policy) -> Iterator[Problem]:
    """Lines that never decide, because one later line matches all that they match."""
    machines = lines.machines
    for index, rule in enumerate(roles.rules):
        if rule is policy.top_rule and any(grant.role == "admin" for grant in rule.grants):
            continue  # names the workspace admins, whatever comes later
        later = next(
            (at for at in range(index + 1, len(roles.rules)) if lines.covers(machines[at], machines[index])), None
        )
        if later is not None:
            other = roles.rules[later]
            message = f"this line never decides: line {other.line} (`{other.pattern}`) matches all that it matches"
            hint = "the last line that matches decides; put the narrower pattern below, or delete this line"
            yield _warn(roles, rule, "role-unreachable", message, hint)


def _narrowed(roles: Roles, lines: _Lines, policy: Policy) -> Iterator[Problem]:
    """Lines that leave people with less than they had by the line that would decide without them."""
    standings, machines = _Standings(policy), lines.machines
    if len(standings.people) * len(roles.rules) > MAX_STANDINGS:
        lines.given_up = True
        return
    for index, rule in enumerate(roles.rules):
        where = machines[index]
        if lines.covers(PRIVATE, where):
            continue
        shared, project = lines.overlap(SHARED_SPACE, where), not lines.covers(SHARED_SPACE, where)
        for earlier in range(index - 1, -1, -1):
            if not lines.overlap(machines[earlier], where):
                continue
            lost = standings.lost(earlier, index, shared=shared, project=project)
            if lost:
                other = roles.rules[earlier]
                message = f"takes from {_listed(lost)}, given by line {other.line} (`{other.pattern}`)"
                hint = "the last line that matches decides alone: repeat here what they shall keep"
                yield _warn(roles, rule, "role-narrowed", message, hint)
            if lost or lines.covers(machines[earlier], where):
                break


def _listed(lost: list[str]) -> str:
    more = f" and {len(lost) - MAX_NAMED} more" if len(lost) > MAX_NAMED else ""
    return ", ".join(lost[:MAX_NAMED]) + more


class _Standings:
    """What each rule gives to each person; worked out once a rule."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        people = policy.people
        rights = {key: policy.rights_of(key) for key in (*people.named, ANYONE)}
        self.people = {key: right.stands for key, right in rights.items() if not right.is_workspace_admin}
        self._levels: dict[int, dict[str, tuple[int, int]]] = {}

    def levels(self, index: int) -> dict[str, tuple[int, int]]:
        """For each person who has a role in the rule: its worth on projects, and on the shared workspace."""
        if index not in self._levels:
            self._levels[index] = {
                key: (max(PROJECT[role] for role in held), max(SHARED[role] for role in held))
                for key, stands in self.people.items()
                if (held := self.policy.roles_in(index, stands))
            }
        return self._levels[index]

    def lost(self, earlier: int, later: int, *, shared: bool, project: bool) -> list[str]:
        """`ada (editor → user)` for each whom the later rule leaves with less.

        `shared` and `project` say whether it decides about the shared workspace, and about anything else.
        """
        after = self.levels(later)
        lost = []
        for key, (on_project, on_shared) in self.levels(earlier).items():
            now_on_project, now_on_shared = after.get(key, (0, 0))
            change = ""
            if project and now_on_project < on_project:
                change = f"{PROJECT_ROLES[on_project]} → {PROJECT_ROLES[now_on_project] or 'nothing'}"
            elif shared and now_on_shared < on_shared:
                change = f"{SHARED_ROLES[on_shared]} → {SHARED_ROLES[now_on_shared] or 'nothing'}"
            if change:
                lost.append(f"{self.policy.people.shown(key)} ({change})")
        return lost
