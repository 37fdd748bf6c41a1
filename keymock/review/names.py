"""Names of files that look like others, or that some systems cannot have: in a review nobody may add them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from keymock.problems import Problem, error, printable
from keymock.roles.places import folded

RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?")
"""What Windows takes for a device, whatever stands behind the first dot."""

FORBIDDEN = frozenset('<>:"|?*\\')

OWN_TOPS = ("workspace", "projects", "private", "environments", "keymock.toml", "ROLES")


def check(files: Iterable[str], new: Iterable[str]) -> Iterator[Problem]:
    """What is wrong with the names of `new` files, among all the `files` of the tree as it would be."""
    fresh = set(new)
    twins = _twins(files)
    for file in sorted(fresh):
        yield from _name(file, twins)


def _name(file: str, twins: dict[str, list[str]]) -> Iterator[Problem]:
    shown = printable(file)
    hint = "give it another name"
    if any(0xD800 <= ord(char) <= 0xDFFF for char in file):
        yield error(shown, "bad-name", "the name is not UTF-8", hint=hint)
        return
    odd = [char for char in file if not char.isprintable() or unicodedata.category(char) == "Cf"]
    if odd:
        signs = ", ".join(f"U+{ord(char):04X}" for char in dict.fromkeys(odd))
        yield error(shown, "odd-name", f"the name has an invisible or control character ({signs})", hint=hint)
    elif mixed := next(filter(None, map(_mixed, file.split("/"))), ""):
        yield error(shown, "look-alike", f"the name mixes alphabets ({mixed}), and may pass for another", hint=hint)
    bad = next((part for part in file.split("/") if _unportable(part)), "")
    if bad:
        yield error(shown, "odd-name", f"Windows cannot have a file called `{printable(bad)}`", hint=hint)
    top = file.partition("/")[0]
    own = next((name for name in OWN_TOPS if folded(name) == folded(top) and name != top), "")
    others = _others(file, twins)
    if own:
        message = f"some systems take `{printable(top)}` for `{own}`, which is keymock's"
        yield error(shown, "look-alike", message, hint=f"if it is meant, write it `{own}`")
    elif others:
        message = f"some systems take it for `{printable(others[0])}`: they differ in case or in accents' form alone"
        yield error(shown, "look-alike", message, hint=hint)


def _twins(files: Iterable[str]) -> dict[str, list[str]]:
    """Files and folders by their name as the most careless file system sees it, those that have company."""
    found: dict[str, set[str]] = {}
    for file in files:
        parts = file.split("/")
        for length in range(1, len(parts) + 1):
            path = "/".join(parts[:length])
            found.setdefault(_fold(path), set()).add(path)
    alike = {key: names for key, names in found.items() if len(names) > 1}
    return {key: sorted(names) for key, names in alike.items()}


def _others(file: str, twins: dict[str, list[str]]) -> list[str]:
    """What looks like the file, or like a folder above it."""
    parts = file.split("/")
    for length in range(len(parts), 0, -1):
        path = "/".join(parts[:length])
        found = [other for other in twins.get(_fold(path), ()) if other != path]
        if found:
            return found
    return []


def _fold(path: str) -> str:
    return "/".join(folded(part) or part for part in path.split("/"))


def _mixed(part: str) -> str:
    """The alphabets of a word that has letters of Latin and of one that looks like it; empty if it has not."""
    for word in re.split(r"[\W\d_]+", part):
        found = {unicodedata.name(char, "").partition(" ")[0] for char in word if not char.isascii()}
        alike = found & {"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "FULLWIDTH"}
        if alike and any(char.isascii() for char in word):
            return " and ".join(["Latin", *(name.capitalize() for name in sorted(alike))])
    return ""


def _unportable(part: str) -> bool:
    return bool(RESERVED.fullmatch(part)) or bool(FORBIDDEN & set(part)) or part.endswith((" ", "."))
