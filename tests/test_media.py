from __future__ import annotations

import pytest

from keymock.media import BY_EXTENSION, extension, media_type


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("a.json", "application/json"),
        ("a.JSON", "application/json"),
        ("a.body.html", "text/html; charset=utf-8"),
        ("a.png", "image/png"),
        ("a", "application/octet-stream"),
        ("a.unknown", "application/octet-stream"),
    ],
)
def test_a_type_by_name(file: str, kind: str) -> None:
    assert media_type(file) == kind


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("application/json; charset=utf-8", "json"),
        ("application/problem+json", "json"),
        ("application/atom+xml", "xml"),
        ("image/svg+xml", "svg"),
        ("text/plain", "txt"),
        ("IMAGE/JPEG", "jpg"),
        ("application/x-nobody-knows", "bin"),
        ("", "bin"),
    ],
)
def test_a_name_by_type(kind: str, name: str) -> None:
    assert extension(kind) == name


@pytest.mark.parametrize("kind", sorted({kind for kind in BY_EXTENSION.values() if "+json" not in kind}))
def test_there_and_back(kind: str) -> None:
    assert media_type(f"a.{extension(kind)}") == kind
