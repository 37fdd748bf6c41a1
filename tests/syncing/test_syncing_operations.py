from __future__ import annotations

from versions import opened, pets

from keymock.syncing.operations import Versions

STRING = {"type": "string"}


def test_an_operation_with_another_id_is_the_same_one() -> None:
    versions = Versions(opened(pets(STRING)), opened(pets(STRING, name="readPet", path="/pets/{id}")))
    found = versions.operations()
    assert [(was.id, now.id) for was, now in found.renamed] == [("getPet", "readPet")]
    assert (found.added, found.removed) == ((), ())
    was = versions.was("readPet")
    assert was is not None
    assert was.id == "getPet"
    assert versions.was("nothing") is None


def test_an_operation_that_moved_keeps_its_id() -> None:
    versions = Versions(opened(pets(STRING)), opened(pets(STRING, path="/animals/{id}")))
    now = versions.now("GET /pets/{id}")
    assert now is not None
    assert now.key == "GET /animals/{id}"
    assert [(was.path, now.path) for was, now in versions.operations().renamed] == [("/pets/{id}", "/animals/{id}")]


def test_another_name_of_a_parameter_is_no_difference() -> None:
    old, new = pets(STRING), pets(STRING, path="/pets/{id}")
    new["paths"] = {"/pets/{pet}": {**new["paths"]["/pets/{id}"], "parameters": [
        {"name": "pet", "in": "path", "required": True, "schema": STRING}]}}  # fmt: skip
    assert Versions(opened(old), opened(new)).operations() == ((), (), ())


def test_one_that_has_neither_is_gone_and_the_other_one_is_new() -> None:
    found = Versions(opened(pets(STRING)), opened(pets(STRING, name="", path="/cats"))).operations()
    assert [stub.key for stub in found.added] == ["GET /cats"]
    assert [stub.key for stub in found.removed] == ["GET /pets/{id}"]


def test_an_id_that_went_over_to_an_older_operation_does_not_take_the_mocks_along() -> None:
    old, new = pets(STRING), pets(STRING, name="getPet", path="/cats")
    old["paths"] |= pets(STRING, name="getCat", path="/cats")["paths"]
    versions = Versions(opened(old), opened(new))
    assert versions.now("GET /pets/{id}") is None
    named = versions.now("GET /pets/{id}", by_name=True)
    assert named is not None
    assert named.key == "GET /cats"
