"""`keymock flow new`."""

from __future__ import annotations

from a_store import Store, store

__all__ = ["store"]


def test_a_step_for_each_request(store: Store) -> None:
    code, out, _ = store("flow", "new", "Two things", "auth/login", "orders/get", "--scope", "project:store")
    assert (code, out) == (0, "wrote  projects/store/flows/two-things.toml\n")
    assert (store.shell.folder / "projects/store/flows/two-things.toml").read_text() == (
        'name = "Two things"\n\n[[steps]]\nrequest = "auth/login"\nexpect.status = "2xx"\n\n'
        '[[steps]]\nrequest = "orders/get"\nexpect.status = "2xx"\n'
    )
    assert store("flow", "show", "two-things")[0] == 0


def test_nothing_is_overwritten_and_requests_must_be_there(store: Store) -> None:
    for words, told in (
        (["checkout", "auth/login", "--scope", "project:store"], "is there already"),
        (["a", "auth/lgoin"], "did you mean `auth/login`?"),
        (["a"], "REQUEST is missing"),
    ):
        code, _, err = store("flow", "new", *words)
        assert (code, told in err) == (2, True), err
