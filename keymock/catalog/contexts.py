"""The defaults above a mock: settings of workspace and project, then every `_defaults.toml` down to its folder."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec
from msgspec import UNSET, UnsetType

from keymock import spec, units
from keymock.catalog.environments import Names
from keymock.catalog.recorded import Kept
from keymock.faults import AT_ONCE, NO_WAIT, pace, wait
from keymock.index import Context, Cors
from keymock.layout import Item, Layout, project_of
from keymock.overlay import merge


class Contexts:
    """The defaults above each mock, laid on one another once per folder."""

    def __init__(
        self,
        settings: spec.Workspace,
        projects: Mapping[str, spec.Project],
        defaults: Mapping[str, spec.Defaults],
        layout: Layout,
        names: Names,
        recordings: Mapping[str, Kept],
    ) -> None:
        self.settings = settings
        self.projects = projects
        self.defaults = defaults
        self.layout = layout
        self.names = names
        self.recordings = recordings
        self._of: dict[tuple[str, str], tuple[Context, str]] = {}

    def of(self, item: Item) -> tuple[Context, str]:
        """What a mock starts from, and the digest of it."""
        folder = item.file.rpartition("/")[0]
        key = item.space, folder
        found = self._of.get(key)
        if found is None:
            context = self._context(item.space, folder)
            told = msgspec.structs.replace(context, recordings={})
            versions = sorted(self.recordings[name].version for name in context.recordings)
            written = msgspec.msgpack.encode((told, versions), enc_hook=units.enc_hook)
            digest = hashlib.blake2b(written, digest_size=12).hexdigest()
            found = self._of[key] = (context, digest)
        return found

    def _context(self, space: str, folder: str) -> Context:
        base_path, headers, policy = "", dict[str, Any](), cors(self.settings.cors)
        guard: spec.Guard | None = None
        response = spec.ResponseDefaults()
        strictness: list[spec.Strictness | spec.Validate] = []
        for layer in self._layers(space, folder):
            base_path = layer.base_path or base_path
            headers = merge(headers, _by_lower_name(layer.response.headers))
            response = _nearest(layer.response, response)
            policy = cors(layer.cors) if layer.cors is not UNSET else policy
            if layer.validate is not UNSET:
                strictness.insert(0, layer.validate)
            if layer.guard is not UNSET:
                guard = layer.guard if isinstance(layer.guard, spec.Guard) else None
        before = wait(response.delay) if response.delay is not UNSET else NO_WAIT
        first_byte = wait(response.first_byte) if response.first_byte is not UNSET else NO_WAIT
        slowed = pace(response.throttle) if response.throttle is not UNSET else AT_ONCE
        drawn = [each.of.key for each in (before, first_byte, slowed.spread) if each.of is not None]
        return Context(
            base_path=base_path,
            headers=headers,
            wait=before,
            first_byte=first_byte,
            pace=slowed,
            fault=response.fault if response.fault is not UNSET and response.fault != "none" else "",
            guard=guard,
            cors=policy,
            env=tuple(self.settings.allow_env),
            vars=self.names.variables(space),
            validate=msgspec.json.encode(strictness).decode() if self._differs(space, strictness) else "",
            upstream=self._has_upstream(space),
            prefixes=prefixes_of(self.projects.get(project_of(space))),
            recordings={key: self.recordings[key].recording for key in drawn},
        )

    def _differs(self, space: str, strictness: list[spec.Strictness | spec.Validate]) -> bool:
        """Whether anybody but the project says how strictly its contract is kept."""
        project = self.projects.get(project_of(space))
        return (
            strictness != [project.validate]
            if project is not None and project.validate is not UNSET
            else bool(strictness)
        )

    def _has_upstream(self, space: str) -> bool:
        project = self.projects.get(project_of(space))
        return project is not None and project.upstream is not UNSET and bool(project.upstream.urls)

    def _layers(self, space: str, folder: str) -> Iterator[Layer]:
        """Farthest first: keymock.toml, project.toml, then every `_defaults.toml` from the space down to the mock."""
        yield from _of_settings(self.settings.defaults)
        project = self.projects.get(project_of(space))
        if project is not None:
            yield Layer(cors=project.cors, validate=project.validate)
            yield from _of_settings(project.defaults)
            yield Layer(base_path=project.base_path)
        root = self.layout.folder_of(space)
        parts = folder.removeprefix(root).strip("/").split("/")
        for length in range(len(parts) + 1):
            found = self.defaults.get("/".join([root, *parts[:length]]))
            if found is not None:
                yield Layer(found.base_path, found.response, found.cors, found.guard, found.validate)


def prefixes_of(project: spec.Project | None) -> tuple[tuple[str, ...], ...]:
    """What may stand in front of a mock's path where it was recorded: the mount, the paths of the real API."""
    if project is None:
        return ()
    paths = [project.mount]
    if project.upstream is not UNSET:
        paths += [urlsplit(url).path for url in project.upstream.urls.values()]
    return tuple(dict.fromkeys(tuple(path.strip("/").split("/")) for path in paths if path.strip("/")))


class Layer(NamedTuple):
    """What one file says for everything beneath it."""

    base_path: str = ""
    response: spec.ResponseDefaults = spec.ResponseDefaults()
    cors: spec.Cors | UnsetType = UNSET
    guard: spec.Guard | bool | UnsetType = UNSET
    validate: spec.Strictness | spec.Validate | UnsetType = UNSET


def _of_settings(defaults: spec.SettingsDefaults) -> Iterator[Layer]:
    """`[defaults]` may have its `headers` and the like at its top or under `response`; the top is nearer."""
    if defaults.response is not UNSET:
        yield Layer(response=defaults.response)
    yield Layer(defaults.base_path, defaults, defaults.cors, defaults.guard, defaults.validate)


def headers_of(document: Any) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """The tables of headers that a settings file hands down, each with the keys that lead to it."""
    if isinstance(document, spec.Defaults):
        yield ("response", "headers"), document.response.headers
    if isinstance(document, spec.Workspace | spec.Project):
        yield ("defaults", "headers"), document.defaults.headers
        if document.defaults.response is not UNSET:
            yield ("defaults", "response", "headers"), document.defaults.response.headers


def _nearest(near: spec.ResponseDefaults, far: spec.ResponseDefaults) -> spec.ResponseDefaults:
    """The settings of `near`, and where it has none those of `far`. Headers are merged elsewhere."""
    given = {key: getattr(near, key) for key in ("delay", "first_byte", "throttle", "fault")}
    return msgspec.structs.replace(far, **{key: value for key, value in given.items() if value is not UNSET})


def _by_lower_name(headers: Mapping[str, Any]) -> dict[str, Any]:
    return {name.lower(): value for name, value in headers.items()}


def cors(setting: spec.Cors) -> Cors:
    if setting == "loopback":
        return Cors()
    if isinstance(setting, spec.CorsPolicy):
        return Cors(tuple(setting.origins), setting.credentials)
    return Cors(("*",)) if setting else Cors(())
