"""The text of ROLES ⇄ its meaning: rules, groups, joined names and keys, or everything that is wrong with it."""

from __future__ import annotations

import base64
import binascii
import re

import msgspec

from keymock.problems import Problem, Severity, did_you_mean
from keymock.roles import globs
from keymock.roles.places import identity

ROLES = ("viewer", "user", "member", "editor", "admin")
MAX_BYTES = 1 << 20
MAX_RULES = 2_000  # far beyond any real team, and few enough that a hostile file costs a second, not an hour

KEY_KINDS = (
    "ssh-ed25519",
    "ssh-rsa",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
)


class Grant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One `role:who,who` of a rule; `who` as written."""

    role: str
    who: tuple[str, ...]


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line that decides about the paths its pattern matches. `line` counts from 1."""

    pattern: str
    line: int
    text: str
    grants: tuple[Grant, ...] = ()


class Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`@name: member, member`; `name` is in lower case without its `@`, members as written."""

    name: str
    line: int
    members: tuple[str, ...]


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`name = other other`: one person's names, as written."""

    name: str
    line: int
    names: tuple[str, ...]


class Key(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`key who kind material`: a key that signs for a person."""

    who: str
    line: int
    kind: str
    material: str


class Roles(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a ROLES file says. Without arguments it is the file that is not there.

    `broken` says that the file could not be read or parsed: then nothing else in it counts, and nobody may do
    anything but in their own private folder.
    """

    path: str = "ROLES"
    rules: tuple[Rule, ...] = ()
    groups: tuple[Group, ...] = ()
    people: tuple[Person, ...] = ()
    keys: tuple[Key, ...] = ()
    broken: bool = False

    @property
    def open(self) -> bool:
        """Whether there is no rule at all, so that whoever has the files may do everything."""
        return not self.rules and not self.broken


def parse(text: str | bytes, path: str = "ROLES") -> tuple[Roles, tuple[Problem, ...]]:
    """Read a ROLES file; all its problems at once, in the order of the file. Any error makes the result `broken`."""
    source, unreadable = _decode(text, path)
    if unreadable:
        return Roles(path, broken=True), (unreadable,)
    draft = _Draft(path, source.split("\n"))
    for number, line in enumerate(draft.lines, 1):
        _read_line(draft, number, line.removesuffix("\r"))
    _check_groups(draft)
    _check_names(draft)
    problems = tuple(sorted(draft.problems))
    if any(problem.severity == "error" for problem in problems):
        return Roles(path, broken=True), problems
    people = tuple(
        Person(name.text, line, tuple(other.text for other in others)) for line, (name, *others) in draft.joined
    )
    return Roles(path, tuple(draft.rules), tuple(draft.groups), people, tuple(draft.keys)), problems


def _decode(text: str | bytes, path: str) -> tuple[str, Problem | None]:
    size = len(text) if isinstance(text, bytes) else len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        message = f"the file has {size} bytes, {MAX_BYTES} are allowed"
        return "", Problem(path, 0, 0, "roles-too-large", "error", message)
    if isinstance(text, str):
        return text.removeprefix("\ufeff"), None
    try:
        return text.decode("utf-8").removeprefix("\ufeff"), None
    except UnicodeDecodeError as fault:
        before = text[: fault.start]
        start = before.rfind(b"\n") + 1
        end = text.find(b"\n", start)
        excerpt = text[start : end if end >= 0 else None].decode("utf-8", "replace").rstrip("\r")
        column = len(before[start:].decode("utf-8")) + 1
        message = f"byte 0x{text[fault.start]:02x} is not UTF-8"
        line = before.count(b"\n") + 1
        return "", Problem(path, line, column, "roles-not-utf8", "error", message, "save the file as UTF-8", excerpt)


class _Draft:
    """What has been read so far."""

    def __init__(self, path: str, lines: list[str]) -> None:
        self.path = path
        self.lines = lines
        self.rules: list[Rule] = []
        self.groups: list[Group] = []
        self.group_lines: dict[str, int] = {}
        self.joined: list[tuple[int, list[_Word]]] = []
        self.keys: list[Key] = []
        self.problems: list[Problem] = []

    def complain(
        self, line: int, column: int, code: str, message: str, hint: str = "", severity: Severity = "error"
    ) -> None:
        excerpt = self.lines[line - 1].removesuffix("\r")
        self.problems.append(Problem(self.path, line, column, code, severity, message, hint, excerpt))


class _Word(msgspec.Struct, frozen=True):
    """A word of a line and the column where it begins."""

    text: str
    column: int


_WORD = re.compile(r"(?:\\.?|[^ \t\\])+")  # `\ ` is a space inside a word
_MEMBER = re.compile(r"[^ \t,]+")
_GROUP = re.compile(r"[ \t]*@([^ \t:/,]+)[ \t]*:")
_GROUP_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
_HOST = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,31}")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")


def _read_line(draft: _Draft, number: int, line: str) -> None:
    words = _words(_WORD, line)
    if not _is_clean(draft, number, line) or not words:
        return
    if line.startswith(("<<<<<<< ", ">>>>>>> ", "=======", "||||||| ")):
        hint = "keep the lines that are meant, and delete this one"
        draft.complain(number, 1, "roles-conflict", "a merge conflict has been left in the file", hint)
    elif group := _GROUP.match(line):
        _read_group(draft, number, line, group)
    elif words[0].text == "key":
        _read_key(draft, number, words)
    elif len(words) > 1 and words[1].text == "=":
        _read_person(draft, number, words)
    else:
        _read_rule(draft, number, line, words)


def _words(kind: re.Pattern[str], line: str, start: int = 0) -> list[_Word]:
    """The words of a line up to its comment."""
    words = []
    for found in kind.finditer(line, start):
        if found[0].startswith("#"):
            break
        words.append(_Word(found[0], found.start() + 1))
    return words


def _is_clean(draft: _Draft, number: int, line: str) -> bool:
    """No character that hides, or that shows a line as something else than it is."""
    if line.isascii() and line.isprintable():
        return True
    comment = next((found.start() for found in _WORD.finditer(line) if found[0].startswith("#")), len(line))
    for column, char in enumerate(line, 1):
        if char == "\t" or (char.isprintable() and not _BIDI.match(char)):
            continue
        if column > comment and char > "\x9f" and not _BIDI.match(char):
            continue
        hint = "delete it; between words stand spaces or tabs"
        draft.complain(number, column, "roles-character", f"an invisible character, U+{ord(char):04X}", hint)
        return False
    return True


def _read_group(draft: _Draft, number: int, line: str, found: re.Match[str]) -> None:
    name, column = found[1], found.start(1)
    if not _GROUP_NAME.fullmatch(name):
        draft.complain(
            number, column, "group-invalid", f"`@{name}` cannot name a group", "letters, digits, `.`, `_`, `-`"
        )
        return
    earlier = draft.group_lines.setdefault(name.lower(), number)
    if earlier != number:
        hint = f"line {earlier} defines it: put all members there"
        draft.complain(number, column, "group-twice", f"the group `@{name}` is defined twice", hint)
    members = _words(_MEMBER, line, found.end())
    if not members:
        draft.complain(number, column, "group-empty", f"the group `@{name}` has no members", severity="warning")
    good = [word.text for word in members if _is_name(draft, number, word.text, word.column)]
    draft.groups.append(Group(name.lower(), number, tuple(good)))


def _read_person(draft: _Draft, number: int, words: list[_Word]) -> None:
    names = [words[0], *words[2:]]
    if len(names) == 1:
        hint = f"write `{names[0].text} = {names[0].text}@example.com github:{names[0].text}`"
        draft.complain(number, words[1].column, "person-invalid", "no name follows `=`", hint)
    good = [
        word for word in names if _is_name(draft, number, word.text, word.column) and _is_single(draft, number, word)
    ]
    if good:
        draft.joined.append((number, good))


def _read_key(draft: _Draft, number: int, words: list[_Word]) -> None:
    if len(words) < 4:
        hint = "write `key ada@example.com ssh-ed25519 AAAA…`; a file called key is `**/key`"
        draft.complain(number, words[0].column, "key-invalid", "a `key` line needs a person, a kind and the key", hint)
        return
    _, who, kind, material = words[:4]
    if not _is_name(draft, number, who.text, who.column) or not _is_single(draft, number, who):
        return
    if kind.text not in KEY_KINDS:
        hint = did_you_mean(kind.text, KEY_KINDS) or "one of " + ", ".join(KEY_KINDS)
        draft.complain(number, kind.column, "key-invalid", f"`{kind.text}` is no kind of signing key", hint)
        return
    if not _is_material(kind.text, material.text):
        hint = "copy the line of the .pub file; until then nothing signed with it is taken"
        message = f"this is not the whole of an {kind.text} key"
        draft.complain(number, material.column, "key-unusable", message, hint, "warning")
        return
    draft.keys.append(Key(who.text, number, kind.text, material.text))


def _is_material(kind: str, text: str) -> bool:
    """Whether this is base64 of a public key, which begins with its own kind (RFC 4253, section 6.6)."""
    try:
        blob = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    head = len(kind).to_bytes(4, "big") + kind.encode()
    return blob.startswith(head) and len(blob) > len(head) + 4


def _read_rule(draft: _Draft, number: int, line: str, words: list[_Word]) -> None:
    pattern, *tokens = words
    if fault := globs.fault(pattern.text):
        draft.complain(number, pattern.column, "pattern-invalid", fault)
    if len(draft.rules) == MAX_RULES:
        draft.complain(number, 1, "roles-too-many", f"more than {MAX_RULES} rules", "use groups and wider patterns")
    grants = [grant for token in tokens if (grant := _read_grant(draft, number, token, pattern.text))]
    if len(draft.rules) <= MAX_RULES:
        draft.rules.append(Rule(pattern.text, number, line.strip(), tuple(grants)))


def _read_grant(draft: _Draft, number: int, token: _Word, pattern: str) -> Grant | None:
    role, colon, people = token.text.partition(":")
    if not colon:
        draft.complain(
            number, token.column, "role-missing", f"`{token.text}` has no role", _role_hint(token.text, pattern)
        )
        return None
    if role not in ROLES:
        hint = did_you_mean(role, ROLES) or f"the roles are {', '.join(ROLES)}"
        draft.complain(number, token.column, "role-unknown", f"`{role}` is no role", hint)
        return None
    column = token.column + len(role) + 1
    who = []
    for name in people.split(","):
        if not name:
            hint = "write names with `,` between them and no spaces: `editor:ada@example.com,@shop`"
            draft.complain(number, column, "role-empty", f"a name is missing in `{token.text}`", hint)
        elif _is_name(draft, number, name, column):
            who.append(name)
        column += len(name) + 1
    return Grant(role, tuple(who))


def _role_hint(token: str, pattern: str) -> str:
    if token in ROLES:
        return f"say whose: `{token}:ada@example.com`, `{token}:@group`, `{token}:*`"
    if "=" in pattern:
        return "names are joined with spaces around the `=`: `ada = ada@example.com`"
    if pattern.startswith("@") and "/" not in pattern:
        return f"a group is defined with a colon: `{pattern}: {token}`"
    return f"write `viewer:{token}`, `editor:{token}`, …"


def _is_name(draft: _Draft, number: int, text: str, column: int) -> bool:
    """`*`, `anyone`, `@group`, `@handle`, an identity, or one on a host: `github:ada-l`."""
    if text in {"*", "anyone"}:
        return True
    if text.lower() == "anyone":
        draft.complain(number, column, "person-invalid", f"`{text}` cannot name a person", "everybody is `anyone`")
        return False
    host, colon, account = text.rpartition(":")
    if identity(account.removeprefix("@")) and host not in ROLES and (not colon or _HOST.fullmatch(host)):
        return True
    hint = "a name has letters, digits and `.` `_` `%` `+` `@` `-`, 128 at most, and no dot in front"
    if host in ROLES:
        hint = f"roles are given after a pattern, each to its own names: `/projects/shop/ {text}`"
    elif text.startswith("@") and "/" in text:
        hint = f"teams of a host are not known here; define a group: `@{text.rpartition('/')[2]}: ada@example.com`"
    draft.complain(number, column, "person-invalid", f"`{text}` cannot name a person", hint)
    return False


def _is_single(draft: _Draft, number: int, word: _Word) -> bool:
    if word.text.lower() not in {"*", "anyone"}:
        return True
    draft.complain(number, word.column, "person-invalid", f"`{word.text}` is no single person")
    return False


def name_key(name: str) -> str:
    """What names are compared by: no case, no `@` in front of a handle."""
    return name.lower().removeprefix("@")


def _check_groups(draft: _Draft) -> None:
    """Groups may hold groups, but not themselves."""
    inside = {
        group.name: [key for member in group.members if member.startswith("@") and (key := name_key(member))]
        for group in draft.groups
    }
    settled: set[str] = set()
    for group in draft.groups:
        chain = _find_cycle(group.name, inside, settled)
        if chain:
            message = "a group holds itself: " + " → ".join(f"`@{name}`" for name in chain)
            draft.complain(group.line, 1, "group-cycle", message, "take one of them out")


def _find_cycle(start: str, inside: dict[str, list[str]], settled: set[str]) -> list[str]:
    """The way from a group back to itself, first found; what needs no second look is added to `settled`.

    A loop of its own, for a file may nest groups deeper than Python can call.
    """
    trail: dict[str, None] = {}
    waiting: list[tuple[str, int]] = [(start, 0)]
    while waiting:
        name, depth = waiting.pop()
        while len(trail) > depth:
            settled.add(trail.popitem()[0])
        if name in trail:
            settled.update(trail)
            way = list(trail)
            return [*way[way.index(name) :], name]
        if name in settled or name not in inside:
            continue
        trail[name] = None
        waiting += [(member, depth + 1) for member in inside[name]]
    settled.update(trail)
    return []


def _check_names(draft: _Draft) -> None:
    """No name may stand for two people, or for a person and a group."""
    holders: dict[str, tuple[str, int]] = {}
    for line, names in draft.joined:
        person = names[0].text
        for word in names:
            key = name_key(word.text)
            if word.text.startswith("@") and key in draft.group_lines:
                message = f"`{word.text}` is a group, by line {draft.group_lines[key]}"
                draft.complain(line, word.column, "person-invalid", message, "name one person")
                continue
            holder, earlier = holders.setdefault(key, (person, line))
            if name_key(holder) != name_key(person):
                message = f"`{word.text}` is already a name of `{holder}`, by line {earlier}"
                draft.complain(line, word.column, "name-twice", message, f"join them all in line {earlier}")
