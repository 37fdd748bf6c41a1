"""What the name of a file says of a mock without TOML."""

from __future__ import annotations

import pytest

from keymock import bare


@pytest.mark.parametrize(
    ("name", "mock", "status"),
    [
        ("users.GET.json", "users.GET", 200),
        ("users/{id}.GET.404.json", "users/{id}.GET", 404),
        ("users/{id}.DELETE.204", "users/{id}.DELETE", 204),
        ("health.HEAD", "health.HEAD", 200),
        ("report.v1.csv.GET.csv", "report.v1.csv.GET", 200),
        ("photo.PUT.JPEG", "photo.PUT", 200),
        ("a.GET.POST.json", "a.GET.POST", 200),
        ("search.QUERY.json", "search.QUERY", 200),
    ],
)
def test_path_method_and_status_stand_in_the_name(name: str, mock: str, status: int) -> None:
    named = bare.read(name)
    assert named == (mock, mock.rpartition(".")[2], status)
    assert bare.misnamed(name) is None


@pytest.mark.parametrize(
    "name",
    [
        "users.json", "users.get.json", "photo.JPEG", "README.MD", "list.EN.json", "GET.json", "_users.GET.json",
        ".users.GET.json.swp", "users.GET.json~", "users.GET.json___jb_tmp___", "#users.GET.json#", "GET",
    ],
)  # fmt: skip
def test_any_other_file_is_left_alone(name: str) -> None:
    assert bare.read(name) is None
    assert bare.misnamed(name) is None


@pytest.mark.parametrize(
    ("name", "severity", "message", "hint"),
    [
        ("a.GET.99.json", "error", "99 is no status from 200 to 599", "for example a.GET.404"),
        ("a.GET.1000.json", "error", "1000 is no status from 200 to 599", "for example a.GET.404"),
        ("a.TRACE.json", "error", "TRACE is never answered by a mock", "the server refuses it"),
        ("a.PSOT.json", "warning", "`PSOT` is no usual method, so this file is no mock", "did you mean `POST`?"),
        ("a.GET.v2.json", "warning", "`v2` is in the place of the status, so this file is no mock",
         "PATH.METHOD.STATUS.EXTENSION; more than that takes a TOML file"),
        ("a.GET.404.500", "warning", "`500` is in the place of the status, so this file is no mock",
         "PATH.METHOD.STATUS.EXTENSION; more than that takes a TOML file"),
    ],
)  # fmt: skip
def test_a_name_that_nearly_is_one_is_told(name: str, severity: str, message: str, hint: str) -> None:
    assert bare.read(name) is None
    assert bare.misnamed(name) == (severity, message, hint)


@pytest.mark.parametrize(
    ("mock", "path"),
    [
        ("users.GET", "/users"),
        ("users/{id}/orders.POST", "/users/{id}/orders"),
        ("index.GET", "/"),
        ("users/index.GET", "/users"),
        ("index/index.GET", "/index"),
        ("100%.GET", "/100%"),
    ],
)
def test_the_path_is_the_name_and_index_is_the_folder(mock: str, path: str) -> None:
    assert bare.path_of(mock) == path
