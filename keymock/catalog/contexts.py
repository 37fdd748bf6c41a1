"""The defaults above a mock: settings of workspace and project, then every `_defaults.toml` down to its folder."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET

from keymock import spec
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
    ) -> None:
        self.settings = settings
        self.projects = projects
        self.defaults = defaults
        self.layout = layout
        self._of: dict[str, tuple[Context, str]] = {}

    def of(self, item: Item) -> tuple[Context, str]:
        """What a mock starts from, and the digest of it."""
        folder = item.file.rpartition("/")[0]
        key = f"{item.space} {folder}"
        found = self._of.get(key)
        if found is None:
            context = self._context(item.space, folder)
            digest = hashlib.blake2b(msgspec.msgpack.encode(context), digest_size=12).hexdigest()
            found = self._of[key] = (context, digest)
        return found

    def _context(self, space: str, folder: str) -> Context:
        base_path, headers, delay = "", dict[str, Any](), 0.0
        policy = cors(self.settings.cors)
        for layer in self._layers(space, folder):
            base_path = layer.base_path or base_path
            headers = merge(headers, _by_lower_name(layer.headers))
            delay = layer.delay if isinstance(layer.delay, float) else delay
            policy = cors(layer.cors) if layer.cors is not UNSET else policy
        return Context(base_path, headers, delay, policy)

    def _layers(self, space: str, folder: str) -> Iterator[Layer]:
        """Farthest first: keymock.toml, project.toml, then every `_defaults.toml` from the space down to the mock."""
        yield Layer.of_settings(self.settings.defaults)
        project = self.projects.get(project_of(space))
        if project is not None:
            yield Layer("", {}, UNSET, project.cors)
            yield Layer.of_settings(project.defaults)
            yield Layer(project.base_path, {}, UNSET, UNSET)
        root = self.layout.folder_of(space)
        parts = folder.removeprefix(root).strip("/").split("/")
        for length in range(len(parts) + 1):
            defaults = self.defaults.get("/".join([root, *parts[:length]]))
            if defaults is not None:
                yield Layer(defaults.base_path, defaults.response.headers, defaults.response.delay, defaults.cors)


class Layer(NamedTuple):
    base_path: str
    headers: Mapping[str, Any]
    delay: Any
    cors: Any

    @classmethod
    def of_settings(cls, defaults: spec.SettingsDefaults) -> Layer:
        """`[defaults]` may have `headers` at its top or under `response`."""
        inner = defaults.response if defaults.response is not UNSET else spec.ResponseDefaults()
        delay = defaults.delay if defaults.delay is not UNSET else inner.delay
        return cls(defaults.base_path, {**inner.headers, **defaults.headers}, delay, defaults.cors)


def _by_lower_name(headers: Mapping[str, Any]) -> dict[str, Any]:
    return {name.lower(): value for name, value in headers.items()}


def cors(setting: spec.Cors) -> Cors:
    if setting == "loopback":
        return Cors()
    if isinstance(setting, spec.CorsPolicy):
        return Cors(tuple(setting.origins), setting.credentials)
    return Cors(("*",)) if setting else Cors(())
