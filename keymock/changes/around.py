"""What is different around the mocks: settings of workspace and projects, presets, and who may do what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import UNSET

from keymock import roles, spec
from keymock.catalog import Catalog
from keymock.changes.change import Change, Detail, Place, Severity
from keymock.changes.words import code, codes, shown
from keymock.layout import project_of


def compare(before: Catalog, after: Catalog) -> Iterator[Change]:
    """One change for each thing that is different."""
    yield from _workspace(before, after)
    yield from _projects(before, after)
    yield from _presets(before, after)
    yield from _rights(before, after)


def _about(kind: Any, about: str, says: str, details: list[Detail], before: str, after: str) -> Change:
    return Change(
        kind, "", "", about, says, tuple(details), Place(before) if before else None, Place(after) if after else None,
        project_of("/".join(about.split("/")[:2])),
    )  # fmt: skip


# ---- keymock.toml ----------------------------------------------------------------------------------------------

PLAIN_SETTINGS: tuple[tuple[str, str, Severity], ...] = (
    ("port", "the port", "change"),
    ("allow_hosts", "the hosts that requests may name", "change"),
    ("roles", "`roles`", "change"),
    ("metadata_headers", "`metadata_headers`", "change"),
    ("session_from", "where the session's name is looked for", "change"),
    ("format", "the version of the format", "change"),
)


def _workspace(before: Catalog, after: Catalog) -> Iterator[Change]:
    was, now = before.settings, after.settings
    details = [
        Detail(key, severity, f"{name} is {_value(getattr(now, key))}, was {_value(getattr(was, key))}",
               {"before": getattr(was, key), "after": getattr(now, key)})
        for key, name, severity in PLAIN_SETTINGS
        if getattr(was, key) != getattr(now, key)
    ]  # fmt: skip
    details += _variables(was.variables, now.variables)
    details += _profiles(was.faults, now.faults)
    if details:
        yield _about("changed", "keymock.toml", "settings of the workspace", details, "keymock.toml", "keymock.toml")


def _value(value: Any) -> str:
    if isinstance(value, str):
        return code(value)
    return "none" if value in ([], (), UNSET) else shown(value)


def _variables(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Detail]:
    for name in dict.fromkeys([*was, *now]):
        data = {"name": name, "before": was.get(name), "after": now.get(name)}
        if name not in now:
            yield Detail("variable", "breaking", f"the variable {code(name)} is gone", data)
        elif name not in was:
            yield Detail("variable", "addition", f"the variable {code(name)} is new ({shown(now[name])})", data)
        elif was[name] != now[name]:
            yield Detail(
                "variable", "change", f"the variable {code(name)} is {shown(now[name])}, was {shown(was[name])}", data
            )


def _profiles(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Detail]:
    for name in dict.fromkeys([*was, *now]):
        if was.get(name) == now.get(name):
            continue
        word = "is gone" if name not in now else "is new" if name not in was else "is another"
        severity: Severity = "addition" if name not in was else "change"
        yield Detail("profile", severity, f"the fault profile {code(name)} {word}", {"name": name})


# ---- projects --------------------------------------------------------------------------------------------------


def _projects(before: Catalog, after: Catalog) -> Iterator[Change]:
    for name in sorted({*before.projects, *after.projects}):
        was, now = before.projects.get(name), after.projects.get(name)
        old, new = _settings_of(before, name), _settings_of(after, name)
        if was is None or now is None:
            if now is None:
                detail = Detail("project", "breaking", f"the project {code(name)} is gone")
                yield _about("removed", f"projects/{name}", f"the project {name}", [detail], old, "")
            else:
                detail = Detail("project", "addition", f"the project {code(name)} is new")
                yield _about("added", f"projects/{name}", f"the project {name}", [detail], "", new)
            continue
        details = [*_addresses(was, now), *_variables(was.variables, now.variables)]
        if details:
            yield _about("changed", f"projects/{name}", f"settings of {name}", details, old, new)


def _settings_of(catalog: Catalog, name: str) -> str:
    folder = catalog.tree.layout.projects.get(name, f"projects/{name}")
    file = f"{folder}/project.toml"
    return file if file in catalog.items else folder


def _addresses(was: spec.Project, now: spec.Project) -> Iterator[Detail]:
    for key, name in (("mount", "it answers under"), ("host", "its host is"), ("port", "its own port is")):
        one, other = getattr(was, key), getattr(now, key)
        if one != other:
            severity: Severity = "addition" if one is UNSET else "breaking"
            data = {"before": None if one is UNSET else one, "after": None if other is UNSET else other}
            yield Detail(key, severity, f"{name} {_value(other)}, was {_value(one)}", data)


# ---- presets ---------------------------------------------------------------------------------------------------


def _presets(before: Catalog, after: Catalog) -> Iterator[Change]:
    was, now = before.presets.presets, after.presets.presets
    for name in sorted({*was, *now}):
        one, other = was.get(name), now.get(name)
        file = before.preset_files[name].item.file if name in before.preset_files else ""
        new = after.preset_files[name].item.file if name in after.preset_files else ""
        title = f"the preset {code(name.rpartition('/')[2])}"
        if other is None:
            yield _about("removed", name, title, [Detail("preset", "breaking", f"{title} is gone")], file, "")
        elif one is None:
            yield _about("added", name, title, [Detail("preset", "addition", f"{title} is new")], "", new)
        elif msgspec.to_builtins(one) != msgspec.to_builtins(other):
            mocks = {key.rpartition("/")[2] for key in {*one.switches, *other.switches}
                     if one.switches.get(key) != other.switches.get(key)}  # fmt: skip
            what = f" for {codes(sorted(mocks))}" if mocks else ""
            detail = Detail("preset", "change", f"{title} switches otherwise{what}", {"mocks": sorted(mocks)})
            yield _about("changed", name, title, [detail], file, new)


# ---- roles -----------------------------------------------------------------------------------------------------


def _rights(before: Catalog, after: Catalog) -> Iterator[Change]:
    """Who may do what now, at the spaces and wherever a rule of either file points."""
    was, now = before.policy, after.policy
    if was == now:
        return
    old, new = ("ROLES" if "ROLES" in catalog.items else "" for catalog in (before, after))
    details: list[Detail] = []
    if now.broken:
        details.append(Detail("roles", "breaking", "ROLES cannot be read: nobody may do anything but at home"))
    elif was.open != now.open:
        word = "everybody may do everything now: ROLES has no rule" if now.open else "ROLES decides who may do what now"
        details.append(Detail("roles", "change" if now.open else "breaking", word))
    if not now.broken and not now.open:
        details += _standings(roles.Policy(was), roles.Policy(now), _places(before, after))
    if {(key.who, key.material) for key in was.keys} != {(key.who, key.material) for key in now.keys}:
        details.append(Detail("key", "change", "the keys that sign for people are others"))
    if not details:
        details.append(Detail("roles", "note", "ROLES is written otherwise, and means the same"))
    yield _about("changed", "ROLES", "rights", details, old, new)


def _places(before: Catalog, after: Catalog) -> list[str]:
    """The spaces, and the folders that rules single out."""
    found = ["workspace/", *(f"projects/{name}/" for name in {*before.projects, *after.projects})]
    for policy in (before.policy, after.policy):
        for rule in policy.rules:
            path = rule.pattern.lstrip("/")
            if path.startswith(("workspace/", "projects/")) and not set(path) & set("*?[\\"):
                found.append(path)
    return sorted(set(found))


def _standings(was: roles.Policy, now: roles.Policy, places: list[str]) -> Iterator[Detail]:
    """Roles given and taken; who loses the use of mocks breaks."""
    old = {(row.path, row.who.lower()): row for row in was.table(places)} if not was.open else {}
    new = {(row.path, row.who.lower()): row for row in now.table(places)}
    admins = [{row.who.lower() for row in rows.values() if row.role == "workspace admin"} for rows in (old, new)]
    for who in sorted(admins[1] - admins[0]):
        yield Detail("role", "change", f"{code(who)} is workspace admin now", {"who": who, "after": "workspace admin"})
    for who in sorted(admins[0] - admins[1]):
        yield Detail(
            "role", "change", f"{code(who)} is no longer workspace admin", {"who": who, "before": "workspace admin"}
        )
    for key in sorted({*old, *new}):
        one, other = old.get(key), new.get(key)
        role, became = one.role if one else "", other.role if other else ""
        if role == became or "workspace admin" in (role, became):
            continue
        lost = bool(one and "use" in one.verbs) and not (other and "use" in other.verbs)
        path, who = key[0].rstrip("/"), (other or one).who  # type: ignore[union-attr]  # one of them is there
        says = f"{code(who)} is {became} of {code(path)} now"
        if not became:
            says = f"{code(who)} has no role at {code(path)} any more"
        says += f", was {role}" if role and became else ""
        severity: Severity = "breaking" if lost and not was.open else "change"
        yield Detail("role", severity, says, {"who": who, "path": key[0], "before": role, "after": became})
