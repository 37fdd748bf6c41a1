"""Children and parents beside a record."""

from __future__ import annotations

import pytest

from keymock.spec import Data, DataId
from keymock.store import Record, Store
from keymock.store.filters import Unclear
from keymock.store.relations import references, singulars, with_related

POSTS = Store(Data(resource="posts"), [{"id": 1}, {"id": 2}])
COMMENTS = Store(
    Data(resource="comments"),
    [{"id": 1, "postId": 1}, {"id": 2, "post_id": "1"}, {"id": 3, "postId": 9}, {"id": 4, "postId": True}],
)
CATEGORIES = Store(Data(resource="order-categories", id=DataId(kind="string")), [{"id": "a"}])
OTHERS = {store.resource: store for store in (POSTS, COMMENTS, CATEGORIES)}


def joined(store: Store, embed: str = "", expand: str = "") -> list[Record]:
    return with_related(store, store, OTHERS, embed.split(), expand.split())


def test_children_are_found_by_the_kind_of_the_id() -> None:
    assert joined(POSTS, embed="comments") == [
        {"id": 1, "comments": [{"id": 1, "postId": 1}, {"id": 2, "post_id": "1"}]},
        {"id": 2, "comments": []},
    ]
    assert list(POSTS) == [{"id": 1}, {"id": 2}]


def test_a_parent_stands_beside_the_record_if_there_is_one() -> None:
    expected = [
        {"id": 1, "postId": 1, "post": {"id": 1}},
        {"id": 2, "post_id": "1", "post": {"id": 1}},
        {"id": 3, "postId": 9},
        {"id": 4, "postId": True},
    ]
    assert joined(COMMENTS, expand="post") == expected == joined(COMMENTS, embed="post")


def test_names_of_several_words() -> None:
    records: list[Record] = [{"orderCategoryId": "a"}, {"order_category_id": "a"}]
    found = with_related(records, POSTS, OTHERS, [], ["order-category"])
    assert [record["order-category"] for record in found] == [{"id": "a"}] * 2


@pytest.mark.parametrize(
    ("resource", "word", "field"),
    [
        ("posts", "post", "postId"),
        ("boxes", "box", "box_id"),
        ("cases", "case", "caseId"),
        ("categories", "category", "categoryId"),
        ("sheep", "sheep", "sheepId"),
    ],
)
def test_one_of_many(resource: str, word: str, field: str) -> None:
    assert word in singulars(resource)
    assert field in references(resource)


def test_a_name_that_is_no_resource() -> None:
    with pytest.raises(Unclear, match="did you mean `post`"):
        joined(COMMENTS, expand="poste")
    with pytest.raises(Unclear, match="there is none beside"):
        with_related(POSTS, POSTS, {}, ["comments"], [])
