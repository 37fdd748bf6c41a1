"""A workspace read into what is served: settings, roles, projects, and one route for each mock."""

from keymock.catalog.loaded import Catalog, scene_of
from keymock.catalog.loading import Crew, alone, load, owner_of, policy_of
from keymock.catalog.making import Unit
from keymock.catalog.shelf import Scene, Sheet, Shelf, put_away
from keymock.catalog.source import MAX_BODY, MAX_DOCUMENT, Source, Stamp
from keymock.catalog.updating import update

__all__ = [
    "MAX_BODY",
    "MAX_DOCUMENT",
    "Catalog",
    "Crew",
    "Scene",
    "Sheet",
    "Shelf",
    "Source",
    "Stamp",
    "Unit",
    "alone",
    "load",
    "owner_of",
    "policy_of",
    "put_away",
    "scene_of",
    "update",
]
